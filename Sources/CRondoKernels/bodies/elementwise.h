// Elementwise work over whole arrays.

static void unary(int op, size_t n, const float *x, float *y) {
  operations[op].run[0](1, n, y, 0, (source[]){every_column(x, 0)});
}
static void binary(int op, size_t n, const float *a, const float *b, float *y) {
  operations[op].run[0](1, n, y, 0, (source[]){every_column(a, 0), every_column(b, 0)});
}

static void axpy(size_t n, float s, const float *x, float *y) {
  lanes factor = splat(s);
  size_t i = 0;
  for (; i + 16 <= n; i += 16) store(y + i, multiply_add(factor, load(x + i), load(y + i)));
  if (i < n) store_first(y + i, n - i, multiply_add(factor, load_first(x + i, n - i), load_first(y + i, n - i)));
}

static void scale(size_t n, float s, float *x) {
  size_t i = 0;
  for (; i + 16 <= n; i += 16) store(x + i, s * load(x + i));
  if (i < n) store_first(x + i, n - i, s * load_first(x + i, n - i));
}

// 16 lanes of up to 512 elements. The square of a float is exact in double.
INLINE double block_sum_of_squares(size_t n, const float *x) {
  doubles sum = 0;
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    doubles wide = __builtin_convertvector(load(x + i), doubles);
    sum += wide * wide;
  }
  if (i < n) {
    doubles wide = __builtin_convertvector(load_first(x + i, n - i), doubles);
    sum += wide * wide;
  }
  __typeof__(sum.lo) eight = sum.lo + sum.hi;
  __typeof__(eight.lo) four = eight.lo + eight.hi;
  __typeof__(four.lo) two = four.lo + four.hi;
  return two.x + two.y;
}

static double sum_of_squares(size_t n, const float *x) {
  // partial[d] is the sum of 2^d blocks if bit d of the number of blocks so far is set: a binary tree over the blocks.
  double partial[64];
  size_t blocks = 0;
  for (size_t i = 0; i < n; i += 512) {
    double sum = block_sum_of_squares(smaller(512, n - i), x + i);
    size_t d = 0;
    for (; blocks >> d & 1; d++) sum = partial[d] + sum;
    partial[d] = sum;
    blocks++;
  }
  double total = 0;
  for (size_t d = 0; blocks >> d; d++)
    if (blocks >> d & 1) total = partial[d] + total;
  return total;
}

static size_t first_nonfinite(size_t n, const float *x) {
  size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    // 0 · x is NaN where x is not finite, and NaN survives the sum.
    lanes sum = (load(x + i) * 0.0f + load(x + i + 16) * 0.0f) + (load(x + i + 32) * 0.0f + load(x + i + 48) * 0.0f);
    float total = sum_of_lanes(sum);
    if (total != total) break;
  }
  for (; i < n; i++)
    if (x[i] * 0.0f != 0.0f) return i;
  return n;
}
