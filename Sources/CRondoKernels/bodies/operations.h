// The pointwise operations on one row of operands of any origin.

// to[j] = op(a[j], b[j], c[j]) for j < columns; operands that the operation does not have are ignored. Bit i of `repeated` says that operand
// i is 16 equal floats that stand for all columns.
typedef void row_operation(float *to, const float *a, const float *b, const float *c, size_t columns, size_t repeated);

#define OPERATION(name, OPERANDS, expression)                                                                          \
  static void row_##name(float *to, const float *a, const float *b, const float *c, size_t columns, size_t repeated) { \
    const lanes zero = splat(0), one = splat(1);                                                                       \
    (void)zero, (void)one, (void)b, (void)c;                                                                           \
    const size_t whole = columns & ~(size_t)15, rest = columns & 15;                                                   \
    /* The index, or 0 where an operand is repeated. */                                                                \
    const size_t a_index = (repeated & 1) - 1, b_index = (repeated >> 1 & 1) - 1, c_index = (repeated >> 2 & 1) - 1;   \
    (void)b_index, (void)c_index;                                                                                      \
    if (repeated == 0) {                                                                                               \
      _Pragma("clang loop unroll(disable)") for (size_t j = 0; j < whole; j += 16) {                                   \
        OPERANDS(load(a + j), load(b + j), load(c + j))                                                                \
        store(to + j, expression);                                                                                     \
      }                                                                                                                \
    } else {                                                                                                           \
      _Pragma("clang loop unroll(disable)") for (size_t j = 0; j < whole; j += 16) {                                   \
        OPERANDS(load(a + (j & a_index)), load(b + (j & b_index)), load(c + (j & c_index)))                            \
        store(to + j, expression);                                                                                     \
      }                                                                                                                \
    }                                                                                                                  \
    if (rest != 0) {                                                                                                   \
      OPERANDS(load_first(a + (whole & a_index), rest), load_first(b + (whole & b_index), rest),                       \
               load_first(c + (whole & c_index), rest))                                                                \
      store_first(to + whole, rest, expression);                                                                       \
    }                                                                                                                  \
  }
#define ONE_OPERAND(first, second, third) lanes x = first;
#define TWO_OPERANDS(first, second, third) lanes x = first, y = second;
#define THREE_OPERANDS(first, second, third) lanes x = first, y = second, z = third;
#define UNARY(name, expression) OPERATION(name, ONE_OPERAND, expression)
#define BINARY(name, expression) OPERATION(name, TWO_OPERANDS, expression)
#define TERNARY(name, expression) OPERATION(name, THREE_OPERANDS, expression)

UNARY(copy, x)
BINARY(add, x + y)
BINARY(sub, x - y)
BINARY(mul, x * y)
BINARY(div, x / y)
BINARY(min, minimum(x, y))
BINARY(max, maximum(x, y))
BINARY(less, x < y ? one : zero)
TERNARY(select, x != zero ? y : z)
TERNARY(fma, multiply_add(x, y, z))
UNARY(neg, -x)
UNARY(abs, absolute(x))
UNARY(exp, exp_lanes(x))
UNARY(log, log_lanes(x))
UNARY(sigmoid, sigmoid_lanes(x))
UNARY(tanh, tanh_lanes(x))
UNARY(relu, maximum(x, zero))
UNARY(softplus, softplus_lanes(x))
UNARY(sqrt, square_root(x))
UNARY(sin, sin_lanes(x))
UNARY(cos, cos_lanes(x))

static const struct {
  row_operation *run;
  int operands;
} operations[RONDO_OP_COUNT] = {
  [RONDO_OP_COPY] = {row_copy, 1},
  [RONDO_OP_ADD] = {row_add, 2},
  [RONDO_OP_SUB] = {row_sub, 2},
  [RONDO_OP_MUL] = {row_mul, 2},
  [RONDO_OP_DIV] = {row_div, 2},
  [RONDO_OP_MIN] = {row_min, 2},
  [RONDO_OP_MAX] = {row_max, 2},
  [RONDO_OP_LESS] = {row_less, 2},
  [RONDO_OP_SELECT] = {row_select, 3},
  [RONDO_OP_FMA] = {row_fma, 3},
  [RONDO_OP_NEG] = {row_neg, 1},
  [RONDO_OP_ABS] = {row_abs, 1},
  [RONDO_OP_EXP] = {row_exp, 1},
  [RONDO_OP_LOG] = {row_log, 1},
  [RONDO_OP_SIGMOID] = {row_sigmoid, 1},
  [RONDO_OP_TANH] = {row_tanh, 1},
  [RONDO_OP_RELU] = {row_relu, 1},
  [RONDO_OP_SOFTPLUS] = {row_softplus, 1},
  [RONDO_OP_SQRT] = {row_sqrt, 1},
  [RONDO_OP_SIN] = {row_sin, 1},
  [RONDO_OP_COS] = {row_cos, 1},
};
