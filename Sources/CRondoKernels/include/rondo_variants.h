// Every variant of the kernels as a table of functions, for those who compare variants: tests and measurements. Everything else calls the
// functions of rondo_kernels.h, which go through the table that `rondo_isa_select` chose.

#ifndef RONDO_VARIANTS_H
#define RONDO_VARIANTS_H

#include "rondo_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// The list of kernels: the table's fields, the exported functions and the tables' contents all follow from it.
// KERNEL(result, name, parameters, arguments)
#define RONDO_KERNELS(KERNEL)                                                                                          \
  KERNEL(size_t, panel_count, (size_t n), (n))                                                                         \
  KERNEL(size_t, packed_size, (size_t n, size_t k), (n, k))                                                            \
  KERNEL(void, pack,                                                                                                   \
         (size_t n, size_t k, const float *w, size_t column_stride, size_t depth_stride, size_t panel_begin,           \
          size_t panel_end, float *packed),                                                                            \
         (n, k, w, column_stride, depth_stride, panel_begin, panel_end, packed))                                       \
  KERNEL(void, gemm,                                                                                                   \
         (size_t rows, size_t n, size_t k, const float *a, size_t a_stride, const float *packed, size_t panel_begin,   \
          size_t panel_end, const float *start, size_t start_stride, float *c, size_t c_stride),                       \
         (rows, n, k, a, a_stride, packed, panel_begin, panel_end, start, start_stride, c, c_stride))                  \
  KERNEL(size_t, outer_scratch_size, (size_t n), (n))                                                                  \
  KERNEL(void, outer,                                                                                                  \
         (size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride,              \
          const float *b, size_t b_stride, float *c, size_t c_stride, float *scratch),                                 \
         (rows, column_begin, column_end, n, a, a_stride, b, b_stride, c, c_stride, scratch))                          \
  KERNEL(void, sum_of_rows,                                                                                            \
         (size_t count, const float *const *a, const float *const *b, size_t column_begin, size_t column_end,          \
          float *out),                                                                                                 \
         (count, a, b, column_begin, column_end, out))                                                                 \
  KERNEL(void, column_sum,                                                                                             \
         (size_t rows, size_t column_begin, size_t column_end, const float *a, size_t a_stride, float *out),           \
         (rows, column_begin, column_end, a, a_stride, out))                                                           \
  KERNEL(int, operand_count, (int op), (op))                                                                           \
  KERNEL(size_t, row_program_scratch_size, (const rondo_row_program *program), (program))                              \
  KERNEL(void, row_program_run,                                                                                        \
         (const rondo_row_program *program, const rondo_stream *streams, size_t rows, float *scratch),                 \
         (program, streams, rows, scratch))                                                                            \
  KERNEL(void, unary, (int op, size_t n, const float *x, float *y), (op, n, x, y))                                     \
  KERNEL(void, binary, (int op, size_t n, const float *a, const float *b, float *y), (op, n, a, b, y))                 \
  KERNEL(void, axpy, (size_t n, float s, const float *x, float *y), (n, s, x, y))                                      \
  KERNEL(void, scale, (size_t n, float s, float *x), (n, s, x))                                                        \
  KERNEL(double, sum_of_squares, (size_t n, const float *x), (n, x))                                                   \
  KERNEL(size_t, first_nonfinite, (size_t n, const float *x), (n, x))                                                  \
  KERNEL(void, cross_entropy_forward,                                                                                  \
         (size_t rows, size_t n, const float *logits, size_t stride, const int32_t *targets, float *losses,            \
          float *log_sums),                                                                                            \
         (rows, n, logits, stride, targets, losses, log_sums))                                                         \
  KERNEL(void, cross_entropy_backward,                                                                                 \
         (size_t rows, size_t n, const float *logits, size_t stride, const int32_t *targets, const float *log_sums,    \
          const float *scales, float *gradient, size_t gradient_stride, int accumulate),                               \
         (rows, n, logits, stride, targets, log_sums, scales, gradient, gradient_stride, accumulate))                  \
  KERNEL(void, softmax,                                                                                                \
         (size_t rows, size_t n, const float *x, size_t x_stride, float *y, size_t y_stride, int logarithm),           \
         (rows, n, x, x_stride, y, y_stride, logarithm))                                                               \
  KERNEL(void, softmax_over_rows,                                                                                      \
         (size_t rows, size_t n, const float *x, size_t x_stride, float *y, size_t y_stride),                          \
         (rows, n, x, x_stride, y, y_stride))                                                                          \
  KERNEL(void, gather,                                                                                                 \
         (size_t rows, size_t width, const float *table, const int32_t *indices, float *y, size_t y_stride),           \
         (rows, width, table, indices, y, y_stride))                                                                   \
  KERNEL(void, scatter_add,                                                                                            \
         (size_t rows, size_t width, size_t column_begin, size_t column_end, const float *y, size_t y_stride,          \
          const int32_t *indices, float *table),                                                                       \
         (rows, width, column_begin, column_end, y, y_stride, indices, table))                                         \
  KERNEL(void, sgd,                                                                                                    \
         (size_t n, float *w, const float *g, float *velocity, float rate, float momentum, int nesterov,               \
          float weight_decay),                                                                                         \
         (n, w, g, velocity, rate, momentum, nesterov, weight_decay))                                                  \
  KERNEL(void, adam,                                                                                                   \
         (size_t n, float *w, const float *g, float *m, float *v, float rate, float beta1, float beta2, float epsilon, \
          float c1, float c2, float weight_decay, int decoupled),                                                      \
         (n, w, g, m, v, rate, beta1, beta2, epsilon, c1, c2, weight_decay, decoupled))                                \
  KERNEL(void, rmsprop,                                                                                                \
         (size_t n, float *w, const float *g, float *square, float *velocity, float rate, float beta, float momentum,  \
          float epsilon, float weight_decay),                                                                          \
         (n, w, g, square, velocity, rate, beta, momentum, epsilon, weight_decay))                                     \
  KERNEL(void, average, (size_t n, float *mean, const float *w, float share), (n, mean, w, share))                     \
  KERNEL(void, dropout_mask, (size_t n, uint32_t key0, uint32_t key1, float p, float *mask), (n, key0, key1, p, mask)) \
  KERNEL(uint32_t, random_bits, (uint32_t key0, uint32_t key1, uint32_t position), (key0, key1, position))             \
  KERNEL(float, peak_run, (size_t iterations), (iterations))                                                           \
  KERNEL(double, peak_flops_per_iteration, (void), ())

struct rondo_kernels {
  const char *name;
#define RONDO_FIELD(result, name, parameters, arguments) result(*name) parameters;
  RONDO_KERNELS(RONDO_FIELD)
#undef RONDO_FIELD
};

// The variant of that name ("avx512", "avx2", "neon", "portable"), or NULL if there is none or this processor does not have it.
const struct rondo_kernels *rondo_variant(const char *name);

#ifdef __cplusplus
}
#endif

#endif
