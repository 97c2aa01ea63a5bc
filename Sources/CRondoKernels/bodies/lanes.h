// Vectors. `lanes` is 16 floats on every instruction set (one, two or four registers), so that sums over features, which run lane by lane,
// have the same order everywhere. `native` is one register, for products. `group` is several lanes abreast where the instruction set has
// registers for them: long chains of dependent instructions, as functions are, overlap in it. All are clang vector types: arithmetic,
// comparisons and `mask ? x : y` are the compiler's, which selects on compare as min and max instructions do.

#define INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((ext_vector_type(16)));
typedef int32_t integers __attribute__((ext_vector_type(16)));
typedef uint32_t unsigneds __attribute__((ext_vector_type(16)));
typedef double doubles __attribute__((ext_vector_type(16)));
typedef float native __attribute__((ext_vector_type(RONDO_NATIVE_LANES)));
typedef float group __attribute__((ext_vector_type(RONDO_GROUP)));
typedef int32_t group_integers __attribute__((ext_vector_type(RONDO_GROUP)));
typedef uint32_t group_unsigneds __attribute__((ext_vector_type(RONDO_GROUP)));

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
INLINE size_t rounded_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

INLINE lanes splat(float x) { return (lanes)x; }

INLINE lanes load(const float *p) {
  lanes v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, lanes v) { __builtin_memcpy(p, &v, sizeof v); }

INLINE group group_load(const float *p) {
  group v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

INLINE void group_store(float *p, group v) { __builtin_memcpy(p, &v, sizeof v); }

typedef union {
  group whole;
  lanes parts[RONDO_GROUP / 16];
} group_lanes;

INLINE native native_load(const float *p) {
  native v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

INLINE void native_store(float *p, native v) { __builtin_memcpy(p, &v, sizeof v); }

// The first `count` ≤ RONDO_NATIVE_LANES floats; the other lanes are zero, their memory is not touched.
INLINE native native_load_first(const float *p, size_t count) {
#if RONDO_NATIVE_LANES == 16
  return (native)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif RONDO_NATIVE_LANES == 8
  __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  return (native)_mm256_maskload_ps(p, mask);
#else
  native v = 0;
  for (size_t i = 0; i < count; i++) v[i] = p[i];
  return v;
#endif
}

INLINE void native_store_first(float *p, size_t count, native v) {
#if RONDO_NATIVE_LANES == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#elif RONDO_NATIVE_LANES == 8
  __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  _mm256_maskstore_ps(p, mask, (__m256)v);
#else
  for (size_t i = 0; i < count; i++) p[i] = v[i];
#endif
}

// The first `count` ≤ 16 floats; the other lanes are zero, their memory is not touched.
INLINE lanes load_first(const float *p, size_t count) {
#if RONDO_NATIVE_LANES == 16
  return native_load_first(p, count);
#elif RONDO_NATIVE_LANES == 8
  lanes v;
  v.lo = native_load_first(p, count < 8 ? count : 8);
  v.hi = count > 8 ? native_load_first(p + 8, count - 8) : (native)0;
  return v;
#else
  float copy[16] = {0};
  for (size_t i = 0; i < count; i++) copy[i] = p[i];
  return load(copy);
#endif
}

INLINE void store_first(float *p, size_t count, lanes v) {
#if RONDO_NATIVE_LANES == 16
  native_store_first(p, count, v);
#elif RONDO_NATIVE_LANES == 8
  native_store_first(p, count < 8 ? count : 8, v.lo);
  if (count > 8) native_store_first(p + 8, count - 8, v.hi);
#else
  float copy[16];
  store(copy, v);
  for (size_t i = 0; i < count; i++) p[i] = copy[i];
#endif
}

// a · b + c in one rounding, where the processor has it.
#if defined(RONDO_TWO_ROUNDINGS)
INLINE native native_multiply_add(native a, native b, native c) { return a * b + c; }
INLINE float scalar_multiply_add(float a, float b, float c) { return a * b + c; }
#else
INLINE native native_multiply_add(native a, native b, native c) { return __builtin_elementwise_fma(a, b, c); }
INLINE float scalar_multiply_add(float a, float b, float c) { return __builtin_elementwise_fma(a, b, c); }
#endif

INLINE float sum_of_lanes(lanes v) {
  __typeof__(v.lo) eight = v.lo + v.hi;
  __typeof__(eight.lo) four = eight.lo + eight.hi;
  __typeof__(four.lo) two = four.lo + four.hi;
  return two.x + two.y;
}

INLINE float maximum_of_lanes(lanes v) {
  __typeof__(v.lo) eight = v.lo > v.hi ? v.lo : v.hi;
  __typeof__(eight.lo) four = eight.lo > eight.hi ? eight.lo : eight.hi;
  __typeof__(four.lo) two = four.lo > four.hi ? four.lo : four.hi;
  return two.x > two.y ? two.x : two.y;
}
