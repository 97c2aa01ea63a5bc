// Softmax and cross-entropy of rows, each row's largest value subtracted before exp.

INLINE float row_maximum(size_t n, const float *x) {
  lanes value = splat(-__builtin_inff());
  size_t j = 0;
  for (; j + 16 <= n; j += 16) value = maximum(load(x + j), value);
  float largest = maximum_of_lanes(value);
  for (; j < n; j++) largest = x[j] > largest ? x[j] : largest;
  return largest;
}

// Σ_j exp(x[j] − shift) in 16 lanes.
INLINE float row_sum_of_exp(size_t n, const float *x, float shift) {
  lanes sum = splat(0);
  size_t j = 0;
  for (; j + RONDO_GROUP <= n; j += RONDO_GROUP) {
    group_lanes e = {exponential(group_load(x + j) - shift)};
    for (size_t part = 0; part < RONDO_GROUP / 16; part++) sum += e.parts[part];
  }
  for (; j + 16 <= n; j += 16) sum += exponential(load(x + j) - shift);
  if (j < n) {
    integers index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    lanes rest = exponential(load_first(x + j, n - j) - shift);
    sum += index < (int32_t)(n - j) ? rest : splat(0);
  }
  return sum_of_lanes(sum);
}

static void cross_entropy_forward(size_t rows, size_t n, const float *logits, size_t stride, const int32_t *targets, float *losses,
                                  float *log_sums) {
  for (size_t r = 0; r < rows; r++) {
    const float *x = logits + r * stride;
    float log_sum = 0, loss = 0;
    if (targets[r] >= 0 || log_sums != NULL) {
      float largest = row_maximum(n, x), shifted = logarithm(splat(row_sum_of_exp(n, x, largest))).x;
      log_sum = largest + shifted;
      // Two large numbers are subtracted before a small one is added, so that the loss of large logits keeps its digits.
      if (targets[r] >= 0) loss = shifted + (largest - x[targets[r]]);
    }
    losses[r] = loss;
    if (log_sums != NULL) log_sums[r] = log_sum;
  }
}

static void cross_entropy_backward(size_t rows, size_t n, const float *logits, size_t stride, const int32_t *targets,
                                   const float *log_sums, const float *scales, float *gradient, size_t gradient_stride,
                                   int accumulate) {
  for (size_t r = 0; r < rows; r++) {
    const float *x = logits + r * stride;
    float *g = gradient + r * gradient_stride;
    if (targets[r] < 0) {
      if (!accumulate)
        for (size_t j = 0; j < n; j++) g[j] = 0;
      continue;
    }
    size_t target = (size_t)targets[r];
    float at_target = scales[r] * (exponential(splat(x[target] - log_sums[r])).x - 1.0f);
    if (accumulate) at_target = g[target] + at_target;
    size_t j = 0;
    for (; j + RONDO_GROUP <= n; j += RONDO_GROUP) {
      group y = scales[r] * exponential(group_load(x + j) - log_sums[r]);
      group_store(g + j, accumulate ? group_load(g + j) + y : y);
    }
    for (; j + 16 <= n; j += 16) {
      lanes y = scales[r] * exponential(load(x + j) - log_sums[r]);
      store(g + j, accumulate ? load(g + j) + y : y);
    }
    if (j < n) {
      lanes y = scales[r] * exponential(load_first(x + j, n - j) - log_sums[r]);
      store_first(g + j, n - j, accumulate ? load_first(g + j, n - j) + y : y);
    }
    g[target] = at_target;
  }
}

static void softmax(size_t rows, size_t n, const float *x, size_t x_stride, float *y, size_t y_stride, int is_logarithm) {
  const size_t whole = n & ~(size_t)15, rest = n & 15;
  for (size_t r = 0; r < rows; r++) {
    const float *from = x + r * x_stride;
    float *to = y + r * y_stride;
    float largest = row_maximum(n, from);
    if (is_logarithm) {
      float log_sum = logarithm(splat(row_sum_of_exp(n, from, largest))).x;
      for (size_t j = 0; j < whole; j += 16) store(to + j, (load(from + j) - largest) - log_sum);
      if (rest != 0) store_first(to + whole, rest, (load_first(from + whole, rest) - largest) - log_sum);
    } else {
      lanes lane_sums = splat(0);
      size_t j = 0;
      for (; j + RONDO_GROUP <= n; j += RONDO_GROUP) {
        group_lanes e = {exponential(group_load(from + j) - largest)};
        group_store(to + j, e.whole);
        for (size_t part = 0; part < RONDO_GROUP / 16; part++) lane_sums += e.parts[part];
      }
      for (; j < whole; j += 16) {
        lanes e = exponential(load(from + j) - largest);
        store(to + j, e);
        lane_sums += e;
      }
      if (rest != 0) {
        store_first(to + whole, rest, exponential(load_first(from + whole, rest) - largest));
        lane_sums += load_first(to + whole, rest);
      }
      float sum = sum_of_lanes(lane_sums);
      for (j = 0; j < whole; j += 16) store(to + j, load(to + j) / sum);
      if (rest != 0) store_first(to + whole, rest, load_first(to + whole, rest) / sum);
    }
  }
}

// Down the columns: 16 columns at a time, one chain over the rows each.
static void softmax_over_rows(size_t rows, size_t n, const float *x, size_t x_stride, float *y, size_t y_stride) {
  for (size_t j = 0; j < n; j += 16) {
    const size_t columns = smaller(16, n - j);
    lanes largest = splat(-__builtin_inff()), sum = splat(0);
    for (size_t r = 0; r < rows; r++) largest = maximum(load_first(x + r * x_stride + j, columns), largest);
    for (size_t r = 0; r < rows; r++) {
      lanes e = exponential(load_first(x + r * x_stride + j, columns) - largest);
      store_first(y + r * y_stride + j, columns, e);
      sum = sum + e;
    }
    for (size_t r = 0; r < rows; r++)
      store_first(y + r * y_stride + j, columns, load_first(y + r * y_stride + j, columns) / sum);
  }
}
