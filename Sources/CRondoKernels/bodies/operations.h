// The pointwise operations, over rows × columns of operands of any origin.

// Reads column j of row r at base[r · row + j / 16 · step + j % 16]: step is 16, or 0 for one value repeated in 16 floats.
typedef struct {
  const float *base;
  size_t row, step;
} source;

typedef struct {
  float *base;
  size_t row;
} target;

#define POINTWISE(LOAD_A, LOAD_B, LOAD_C, ADVANCE, expression)                                                         \
  for (size_t r = 0; r < rows; r++) {                                                                                  \
    float *to = out.base + r * out.row;                                                                                \
    const float *pa = a.base + r * a.row, *pb = b.base + r * b.row, *pc = c.base + r * c.row;                          \
    size_t left = columns;                                                                                             \
    for (; left >= 16; left -= 16) {                                                                                   \
      LOAD_A(load(pa)) LOAD_B(load(pb)) LOAD_C(load(pc)) store(to, expression);                                        \
      to += 16;                                                                                                        \
      ADVANCE                                                                                                          \
    }                                                                                                                  \
    if (left != 0) {                                                                                                   \
      LOAD_A(load_first(pa, left)) LOAD_B(load_first(pb, left)) LOAD_C(load_first(pc, left))                           \
      store_first(to, left, expression);                                                                               \
    }                                                                                                                  \
    (void)pb, (void)pc;                                                                                                \
  }                                                                                                                    \
  break;
#define OPERAND_X(value) lanes x = value;
#define OPERAND_Y(value) lanes y = value;
#define OPERAND_Z(value) lanes z = value;
#define NO_OPERAND(value)
#define UNARY(expression) POINTWISE(OPERAND_X, NO_OPERAND, NO_OPERAND, pa += a.step;, expression)
#define BINARY(expression) POINTWISE(OPERAND_X, OPERAND_Y, NO_OPERAND, pa += a.step; pb += b.step;, expression)
#define TERNARY(expression) \
  POINTWISE(OPERAND_X, OPERAND_Y, OPERAND_Z, pa += a.step; pb += b.step; pc += c.step;, expression)

// Runs any operation but a reduction. Operands that it does not have are ignored.
static void operate(uint32_t op, size_t rows, size_t columns, target out, source a, source b, source c) {
  const lanes zero = splat(0), one = splat(1);
  switch (op) {
  case RONDO_OP_COPY: UNARY(x)
  case RONDO_OP_ADD: BINARY(x + y)
  case RONDO_OP_SUB: BINARY(x - y)
  case RONDO_OP_MUL: BINARY(x * y)
  case RONDO_OP_DIV: BINARY(x / y)
  case RONDO_OP_MIN: BINARY(minimum(x, y))
  case RONDO_OP_MAX: BINARY(maximum(x, y))
  case RONDO_OP_LESS: BINARY(x < y ? one : zero)
  case RONDO_OP_SELECT: TERNARY(x != zero ? y : z)
  case RONDO_OP_FMA: TERNARY(multiply_add(x, y, z))
  case RONDO_OP_NEG: UNARY(-x)
  case RONDO_OP_ABS: UNARY(absolute(x))
  case RONDO_OP_EXP: UNARY(exp_lanes(x))
  case RONDO_OP_LOG: UNARY(log_lanes(x))
  case RONDO_OP_SIGMOID: UNARY(sigmoid_lanes(x))
  case RONDO_OP_TANH: UNARY(tanh_lanes(x))
  case RONDO_OP_RELU: UNARY(maximum(x, zero))
  case RONDO_OP_SOFTPLUS: UNARY(softplus_lanes(x))
  case RONDO_OP_SQRT: UNARY(square_root(x))
  default: __builtin_trap();
  }
}
