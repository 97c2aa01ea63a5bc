// Rondo's single-precision kernels.
//
// Every loop here is written once and compiled for AVX-512, AVX2+FMA, NEON and portable C; `rondo_isa_select` picks the variant at start-up.
// The caller owns all memory and all threads: nothing here allocates, blocks or keeps state beside the dispatch table.
//
// Bits: a product is one chain of fused multiply-adds over k, ascending, beginning at its start value, so results depend neither on the
// vector width nor on how rows and columns are divided among calls. AVX-512, AVX2 and NEON give the same bits; the portable variant, which
// may lack a hardware multiply-add, agrees within tolerance. Unless an argument says otherwise, strides count floats and buffers do not alias.

#ifndef RONDO_KERNELS_H
#define RONDO_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Instruction sets ----

// Chooses the variant of every kernel: "avx512", "avx2", "neon", "portable", or NULL for the best one this processor has.
// Returns 0, -1 for a name that is none of these, -2 for one that this processor does not have. Not thread-safe: call it before kernels run.
int rondo_isa_select(const char *name);

// The name of the variant in use (selects the best one if none was selected yet).
const char *rondo_isa_name(void);

// ---- Products with packed weights ----

// Weights are packed into panels of RONDO_PANEL columns; the last panel is as wide as n needs, rounded up to 16, and its columns beyond n are
// zero. The order within a panel is the variant's own.
#define RONDO_PANEL 64

size_t rondo_panel_count(size_t n);
// Floats that `rondo_pack` writes for an n × k matrix; packed buffers are 64-byte aligned.
size_t rondo_packed_size(size_t n, size_t k);

// Packs panels panel_begin..<panel_end of the matrix whose element (column j of the product, depth i) is w[j * column_stride + i * depth_stride].
void rondo_pack(size_t n, size_t k, const float *w, size_t column_stride, size_t depth_stride,
                size_t panel_begin, size_t panel_end, float *packed);

// c[r][j] = start[r][j] + Σ_i a[r][i] · W(j, i), for rows r < rows and the columns of panels panel_begin..<panel_end.
// start: [rows][n] with start_stride, or one row for all (start_stride 0: a bias), or NULL for zero; may be c itself (accumulation).
// a: [rows][k]; c: [rows][n]. Any row count.
void rondo_gemm(size_t rows, size_t n, size_t k, const float *a, size_t a_stride, const float *packed,
                size_t panel_begin, size_t panel_end, const float *start, size_t start_stride, float *c, size_t c_stride);

// c[i][j] += Σ_r a[r][i] · b[r][j] for i in column_begin..<column_end and j < n, r ascending from 0: the gradient of a weight.
// a: [rows][≥ column_end]; b: [rows][n]; c: rows indexed by i, with c_stride. A thread owns a range of i.
// scratch: rondo_outer_scratch_size(n) floats, 64-byte aligned, one per thread.
size_t rondo_outer_scratch_size(size_t n);
void rondo_outer(size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride, const float *b,
                 size_t b_stride, float *c, size_t c_stride, float *scratch);

// out[j] += Σ_r a[r][j] for j in column_begin..<column_end, r ascending.
void rondo_column_sum(size_t rows, size_t column_begin, size_t column_end, const float *a, size_t a_stride, float *out);
// out[j] += (Σ_r a[r][j] · b[r][j]) for columns column_begin..<column_end: one chain over r from zero, each step one multiply-add, or one
// addition if b is NULL; then one addition. a[r] and b[r] are rows anywhere in memory.
void rondo_sum_of_rows(size_t count, const float *const *a, const float *const *b, size_t column_begin, size_t column_end, float *out);

// ---- Row programs ----

// A row program computes pointwise values and reductions over features, row by row. It consists of sections; a section has one width and
// runs all its instructions over that many columns before the next section begins, so a reduction is complete for those that read it.
typedef enum {
  RONDO_OP_COPY = 0,
  RONDO_OP_ADD,       // a + b
  RONDO_OP_SUB,       // a - b
  RONDO_OP_MUL,       // a * b
  RONDO_OP_DIV,       // a / b, true division
  RONDO_OP_MIN,       // a < b ? a : b
  RONDO_OP_MAX,       // a > b ? a : b
  RONDO_OP_LESS,      // a < b ? 1 : 0
  RONDO_OP_SELECT,    // a != 0 ? b : c
  RONDO_OP_FMA,       // a * b + c, rounded once
  RONDO_OP_NEG,
  RONDO_OP_ABS,
  RONDO_OP_EXP,
  RONDO_OP_LOG,
  RONDO_OP_SIGMOID,
  RONDO_OP_TANH,
  RONDO_OP_RELU,      // a > 0 ? a : 0
  RONDO_OP_SOFTPLUS,  // log(1 + exp(a)) = max(a, 0) + log(1 + exp(-|a|))
  RONDO_OP_SQRT,
  RONDO_OP_SIN,
  RONDO_OP_COS,
  // What often follows from each other as one instruction, rounded where the single ones round.
  RONDO_OP_COMPLEMENT_MUL,        // (1 - a) * b
  RONDO_OP_COMPLEMENT_FMA,        // (1 - a) * b + c, the product and the sum rounded once
  RONDO_OP_SQUARE_COMPLEMENT,     // 1 - a * a
  RONDO_OP_MUL_MUL,               // (a * b) * c
  RONDO_OP_SIGMOID_GRADIENT,      // a * ((1 - b) * b)
  RONDO_OP_MUL_SIGMOID_GRADIENT,  // (a * b) * ((1 - c) * c)
  RONDO_OP_TANH_GRADIENT,         // a * (1 - b * b)
  RONDO_OP_TANH_GRADIENT_ADD,     // a * (1 - b * b) + c, the outer product and the sum rounded once
  RONDO_OP_MUL_TANH_GRADIENT,     // (a * b) * (1 - c * c)
  // What moves columns: `a` is a stream, b.index a number n, of the groups of equal width in which the wider one of `a` and `out` lies.
  RONDO_OP_REPEAT,    // n = columns of a group: out[j] = a[j / n]
  RONDO_OP_TILE,      // n = columns of a: out[j] = a[j mod n]
  RONDO_OP_GROUP_SUM,      // n = columns of a group: out[j] = the sum of a[j n] to a[j n + n - 1], in the order of RONDO_OP_SUM
  RONDO_OP_GROUP_MAXIMUM,  // the largest of them
  RONDO_OP_TILE_SUM,  // n = number of groups: out[j] = the sum of a[j], a[j + w], …, w being the section's width, in this order
  // Reductions, the last of all.
  RONDO_OP_SUM,       // out: a scalar; the sum of a over the section's columns: 16 lanes, lane j adds columns j, j+16, …; then a fixed tree
  RONDO_OP_SUM_OF_PRODUCTS,   // the same of a * b, rounded before they are added
  RONDO_OP_SUM_OF_NEGATIVES,  // the same of -a
  RONDO_OP_MAXIMUM,   // out: a scalar; the largest a over the section's columns; NaNs are passed over
  RONDO_OP_COUNT
} rondo_op;

typedef enum {
  RONDO_REGISTER = 0,  // a value of the section's width, alive within one section
  RONDO_SCALAR,        // one value a row, alive through the whole program: the result of a reduction, read by later sections only
  RONDO_STREAM,        // memory: streams[index]
  RONDO_CONSTANT       // constants[index]
} rondo_operand_kind;

typedef struct {
  uint16_t kind;   // rondo_operand_kind
  uint16_t index;
} rondo_operand;

typedef struct {
  uint32_t op;     // rondo_op
  rondo_operand out;  // register or stream; scalar for reductions
  rondo_operand a, b, c;  // the unused ones are zero
} rondo_instruction;

typedef struct {
  uint32_t width;
  uint32_t first, count;  // instructions
} rondo_section;

// Column j of row r is base[r * row_stride + j * column_stride]. row_stride 0: the same row for all; column_stride is 1, or 0 for a value
// of width 1 read in a wider section. A stream that an instruction writes may be read by a later instruction of the same section, or alias
// another stream only if both have the same base and strides.
typedef struct {
  float *base;
  size_t row_stride;
  size_t column_stride;
} rondo_stream;

typedef struct {
  const rondo_section *sections;
  const rondo_instruction *code;
  const float *constants;
  uint32_t section_count, register_count, scalar_count;
} rondo_row_program;

// The number of operands that an instruction has.
int rondo_operand_count(int op);

// Floats of scratch that running a program needs (64-byte aligned, one buffer per thread).
size_t rondo_row_program_scratch_size(const rondo_row_program *program);

// Runs the program for rows 0..<rows of the given streams. No result depends on how rows are divided among calls.
void rondo_row_program_run(const rondo_row_program *program, const rondo_stream *streams, size_t rows, float *scratch);

// ---- Elementwise over arrays ----

// y[i] = op(x[i]) for a unary rondo_op; y may be x.
void rondo_unary(int op, size_t n, const float *x, float *y);
// y[i] = op(a[i], b[i]) for a binary rondo_op; y may be a or b.
void rondo_binary(int op, size_t n, const float *a, const float *b, float *y);
// y[i] += s * x[i]   (one fused multiply-add each)
void rondo_axpy(size_t n, float s, const float *x, float *y);
// x[i] *= s
void rondo_scale(size_t n, float s, float *x);
// The sum of x[i]² in double: fixed blocks of 512 elements (from the start of x), combined by a fixed tree.
double rondo_sum_of_squares(size_t n, const float *x);
// The first index whose value is NaN or infinite, or n.
size_t rondo_first_nonfinite(size_t n, const float *x);

// ---- Softmax with cross-entropy ----

// For each row: losses[r] = log Σ_j exp(logits[r][j]) − logits[r][targets[r]], and log_sums[r] the logarithm of that sum. A target < 0
// marks a row without a loss (losses[r] = 0). log_sums may be NULL.
void rondo_cross_entropy_forward(size_t rows, size_t n, const float *logits, size_t stride, const int32_t *targets, float *losses,
                                 float *log_sums);
// gradient[r][j] (=, or += if accumulate) scales[r] · (exp(logits[r][j] − log_sums[r]) − [j = targets[r]]); zero for rows whose target is
// negative. gradient may be logits itself if accumulate is 0.
void rondo_cross_entropy_backward(size_t rows, size_t n, const float *logits, size_t stride, const int32_t *targets, const float *log_sums,
                                  const float *scales, float *gradient, size_t gradient_stride, int accumulate);
// y = softmax(x) or log-softmax(x) of each row; y may be x.
void rondo_softmax(size_t rows, size_t n, const float *x, size_t x_stride, float *y, size_t y_stride, int logarithm);

// y = the softmax of each column of x over the rows; y may be x.
void rondo_softmax_over_rows(size_t rows, size_t n, const float *x, size_t x_stride, float *y, size_t y_stride);

// ---- Embedding ----

// y[r] = table[indices[r]]. Indices are checked by the caller.
void rondo_gather(size_t rows, size_t width, const float *table, const int32_t *indices, float *y, size_t y_stride);
// table[indices[r]] += y[r] for columns column_begin..<column_end, r ascending (threads own columns).
void rondo_scatter_add(size_t rows, size_t width, size_t column_begin, size_t column_end, const float *y, size_t y_stride,
                       const int32_t *indices, float *table);

// ---- Optimisers ----

// g' = g + weight_decay · w; v = momentum · v + g'; w −= rate · (nesterov ? g' + momentum · v : v). velocity may be NULL if momentum is 0.
void rondo_sgd(size_t n, float *w, const float *g, float *velocity, float rate, float momentum, int nesterov, float weight_decay);
// Adam with the bias corrections c1 = 1/(1−β₁ᵗ), c2 = 1/(1−β₂ᵗ) given. decoupled ≠ 0: AdamW (w −= rate · weight_decay · w first),
// otherwise weight_decay · w is added to the gradient.
void rondo_adam(size_t n, float *w, const float *g, float *m, float *v, float rate, float beta1, float beta2, float epsilon, float c1,
                float c2, float weight_decay, int decoupled);
// g' = g + weight_decay · w; square = beta · square + (1 − beta) · g'²; s = g' / (√square + epsilon); v = momentum · v + s; w −= rate · v.
// velocity may be NULL if momentum is 0.
void rondo_rmsprop(size_t n, float *w, const float *g, float *square, float *velocity, float rate, float beta, float momentum,
                   float epsilon, float weight_decay);
// mean += share · (w − mean)
void rondo_average(size_t n, float *mean, const float *w, float share);

// ---- Random masks ----

// mask[j] = keep ? 1 / (1 − p) : 0 for j < n, with P(drop) = p: a pure function of (key0, key1, j).
void rondo_dropout_mask(size_t n, uint32_t key0, uint32_t key1, float p, float *mask);
// 32 random bits: the same function the masks use.
uint32_t rondo_random_bits(uint32_t key0, uint32_t key1, uint32_t position);

// ---- Waiting ----

// Tells the processor that this thread is spinning on a value another thread will change.
static inline void rondo_cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// ---- Measuring ----

// Runs iterations × rondo_peak_flops_per_iteration() floating-point operations of independent fused multiply-adds in registers, on the
// calling thread.
float rondo_peak_run(size_t iterations);
double rondo_peak_flops_per_iteration(void);

#ifdef __cplusplus
}
#endif

#endif
