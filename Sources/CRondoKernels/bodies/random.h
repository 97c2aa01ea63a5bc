// Random masks: a keyed hash of the position. The mixer is the 32-bit one found by the search program hash-prospector (Christopher Wellons
// and contributors, public domain; the multipliers 21f0aaad and 735a2d97 with shifts 16, 15, 15), applied twice with a key before each.

#define MIX(x)       \
  x ^= x >> 16;      \
  x *= 0x21f0aaadu;  \
  x ^= x >> 15;      \
  x *= 0x735a2d97u;  \
  x ^= x >> 15;

typedef struct {
  uint32_t first, second;
} mixed_keys;

// Keys are mixed as well, so that neighbouring keys do not give shifted copies of one sequence.
INLINE mixed_keys mix_keys(uint32_t key0, uint32_t key1) {
  uint32_t first = key0 + 0x9e3779b9u;
  MIX(first)
  uint32_t second = first ^ (key1 + 0x7f4a7c15u);
  MIX(second)
  return (mixed_keys){first, second};
}

static uint32_t random_bits(uint32_t key0, uint32_t key1, uint32_t position) {
  mixed_keys keys = mix_keys(key0, key1);
  uint32_t x = position + keys.first;
  MIX(x)
  x ^= keys.second;
  MIX(x)
  return x;
}

static void dropout_mask(size_t n, uint32_t key0, uint32_t key1, float p, float *mask) {
  mixed_keys keys = mix_keys(key0, key1);
  const unsigneds index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const lanes kept = splat(1.0f / (1.0f - p));
  for (size_t i = 0; i < n; i += 16) {
    unsigneds x = index + ((uint32_t)i + keys.first);
    MIX(x)
    x ^= keys.second;
    MIX(x)
    lanes uniform = __builtin_convertvector((integers)(x >> 8), lanes) * 0x1p-24f;
    lanes y = uniform < p ? splat(0) : kept;
    if (n - i >= 16)
      store(mask + i, y);
    else
      store_first(mask + i, n - i, y);
  }
}
