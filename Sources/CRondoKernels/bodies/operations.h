// The pointwise operations on one row of operands of any origin.

// Where an operand is read: column j of row r at base[r · row + j] or, where one value stands for all columns, at base[r · row] to
// base[r · row + 15], all equal. `index` is all ones or, for one value, zero.
typedef struct {
  const float *base;
  size_t row, index;
} source;

INLINE source every_column(const float *base, size_t row) { return (source){base, row, ~(size_t)0}; }
INLINE source one_value(const float *base, size_t row) { return (source){base, row, 0}; }

// Column j of row r at to[r · to_row + j] = op(operand 0, 1, 2 there); operands that the operation does not have are not looked at.
typedef void row_operation(size_t rows, size_t columns, float *to, size_t to_row, const source *operands);

#define LOOP(name, OPERANDS, GROUPS, LOAD, LOAD_REST, expression)                                                   \
  static void name(size_t rows, size_t columns, float *to, size_t to_row, const source *operands) {                \
    const size_t whole = columns & ~(size_t)15, rest = columns & 15;                                               \
    OPERANDS(FIRST_ROW)                                                                                            \
    for (;;) {                                                                                                     \
      size_t j = 0;                                                                                                \
      GROUPS(OPERANDS, expression)                                                                                 \
      const lanes zero = splat(0), one = splat(1);                                                                 \
      (void)zero, (void)one;                                                                                       \
      _Pragma("clang loop unroll(disable)") for (; j < whole; j += 16) {                                           \
        OPERANDS(LOAD)                                                                                             \
        store(to + j, expression);                                                                                 \
      }                                                                                                            \
      if (rest != 0) {                                                                                             \
        OPERANDS(LOAD_REST)                                                                                        \
        store_first(to + whole, rest, expression);                                                                 \
      }                                                                                                            \
      if (--rows == 0) return;                                                                                     \
      OPERANDS(NEXT_ROW)                                                                                           \
      to += to_row;                                                                                                \
    }                                                                                                              \
  }
#if RONDO_GROUP > 16
#define IN_GROUPS(OPERANDS, expression)                                                                            \
  {                                                                                                                \
    const group zero = (group)0.0f, one = (group)1.0f;                                                             \
    (void)zero, (void)one;                                                                                         \
    _Pragma("clang loop unroll(disable)") for (; j + RONDO_GROUP <= whole; j += RONDO_GROUP) {                     \
      OPERANDS(GROUP_COLUMNS)                                                                                      \
      group_store(to + j, expression);                                                                             \
    }                                                                                                              \
  }
#else
#define IN_GROUPS(OPERANDS, expression)
#endif
#define ONE_BY_ONE(OPERANDS, expression)
#define OPERATION(name, OPERANDS, GROUPS, expression)                                                              \
  LOOP(row_##name, OPERANDS, GROUPS, COLUMNS, REST, expression)                                                    \
  LOOP(row_##name##_values, OPERANDS, ONE_BY_ONE, COLUMNS_OR_VALUE, REST_OR_VALUE, expression)
#define FIRST_ROW(x, i) const float *x##_row = operands[i].base;
#define NEXT_ROW(x, i) x##_row += operands[i].row;
#define GROUP_COLUMNS(x, i) group x = group_load(x##_row + j);
#define COLUMNS(x, i) lanes x = load(x##_row + j);
#define COLUMNS_OR_VALUE(x, i) lanes x = load(x##_row + (j & operands[i].index));
#define REST(x, i) lanes x = load_first(x##_row + whole, rest);
#define REST_OR_VALUE(x, i) lanes x = load_first(x##_row + (whole & operands[i].index), rest);
#define ONE_OPERAND(DO) DO(x, 0)
#define TWO_OPERANDS(DO) DO(x, 0) DO(y, 1)
#define THREE_OPERANDS(DO) DO(x, 0) DO(y, 1) DO(z, 2)
#define UNARY(name, expression) OPERATION(name, ONE_OPERAND, ONE_BY_ONE, expression)
#define BINARY(name, expression) OPERATION(name, TWO_OPERANDS, ONE_BY_ONE, expression)
#define TERNARY(name, expression) OPERATION(name, THREE_OPERANDS, ONE_BY_ONE, expression)
// A chain of many dependent instructions.
#define FUNCTION(name, expression) OPERATION(name, ONE_OPERAND, IN_GROUPS, expression)

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
FUNCTION(exp, exponential(x))
FUNCTION(log, logarithm(x))
FUNCTION(sigmoid, sigmoid(x))
FUNCTION(tanh, hyperbolic_tangent(x))
UNARY(relu, maximum(x, zero))
FUNCTION(softplus, softplus(x))
UNARY(sqrt, square_root(x))
FUNCTION(sin, sine(x))
FUNCTION(cos, cosine(x))
BINARY(complement_mul, (one - x) * y)
TERNARY(complement_fma, multiply_add(one - x, y, z))
UNARY(square_complement, one - x * x)
TERNARY(mul_mul, (x * y) * z)
BINARY(sigmoid_gradient, x * ((one - y) * y))
TERNARY(mul_sigmoid_gradient, (x * y) * ((one - z) * z))
BINARY(tanh_gradient, x * (one - y * y))
TERNARY(tanh_gradient_add, multiply_add(x, one - y * y, z))
TERNARY(mul_tanh_gradient, (x * y) * (one - z * z))

static const struct {
  row_operation *run[2];  // all operands have columns, or some are one value
  int operands;
} operations[RONDO_OP_COUNT] = {
  [RONDO_OP_COPY] = {{row_copy, row_copy_values}, 1},
  [RONDO_OP_ADD] = {{row_add, row_add_values}, 2},
  [RONDO_OP_SUB] = {{row_sub, row_sub_values}, 2},
  [RONDO_OP_MUL] = {{row_mul, row_mul_values}, 2},
  [RONDO_OP_DIV] = {{row_div, row_div_values}, 2},
  [RONDO_OP_MIN] = {{row_min, row_min_values}, 2},
  [RONDO_OP_MAX] = {{row_max, row_max_values}, 2},
  [RONDO_OP_LESS] = {{row_less, row_less_values}, 2},
  [RONDO_OP_SELECT] = {{row_select, row_select_values}, 3},
  [RONDO_OP_FMA] = {{row_fma, row_fma_values}, 3},
  [RONDO_OP_NEG] = {{row_neg, row_neg_values}, 1},
  [RONDO_OP_ABS] = {{row_abs, row_abs_values}, 1},
  [RONDO_OP_EXP] = {{row_exp, row_exp_values}, 1},
  [RONDO_OP_LOG] = {{row_log, row_log_values}, 1},
  [RONDO_OP_SIGMOID] = {{row_sigmoid, row_sigmoid_values}, 1},
  [RONDO_OP_TANH] = {{row_tanh, row_tanh_values}, 1},
  [RONDO_OP_RELU] = {{row_relu, row_relu_values}, 1},
  [RONDO_OP_SOFTPLUS] = {{row_softplus, row_softplus_values}, 1},
  [RONDO_OP_SQRT] = {{row_sqrt, row_sqrt_values}, 1},
  [RONDO_OP_SIN] = {{row_sin, row_sin_values}, 1},
  [RONDO_OP_COS] = {{row_cos, row_cos_values}, 1},
  [RONDO_OP_COMPLEMENT_MUL] = {{row_complement_mul, row_complement_mul_values}, 2},
  [RONDO_OP_COMPLEMENT_FMA] = {{row_complement_fma, row_complement_fma_values}, 3},
  [RONDO_OP_SQUARE_COMPLEMENT] = {{row_square_complement, row_square_complement_values}, 1},
  [RONDO_OP_MUL_MUL] = {{row_mul_mul, row_mul_mul_values}, 3},
  [RONDO_OP_SIGMOID_GRADIENT] = {{row_sigmoid_gradient, row_sigmoid_gradient_values}, 2},
  [RONDO_OP_MUL_SIGMOID_GRADIENT] = {{row_mul_sigmoid_gradient, row_mul_sigmoid_gradient_values}, 3},
  [RONDO_OP_TANH_GRADIENT] = {{row_tanh_gradient, row_tanh_gradient_values}, 2},
  [RONDO_OP_TANH_GRADIENT_ADD] = {{row_tanh_gradient_add, row_tanh_gradient_add_values}, 3},
  [RONDO_OP_MUL_TANH_GRADIENT] = {{row_mul_tanh_gradient, row_mul_tanh_gradient_values}, 3},
  // Reductions, which row_program.h runs.
  [RONDO_OP_SUM] = {{NULL, NULL}, 1},
  [RONDO_OP_SUM_OF_PRODUCTS] = {{NULL, NULL}, 2},
  [RONDO_OP_SUM_OF_NEGATIVES] = {{NULL, NULL}, 1},
  [RONDO_OP_MAXIMUM] = {{NULL, NULL}, 1},
};
