// The interpreter of row programs. An instruction runs over a block: all columns of a few rows where a section is narrow, some columns of
// one row where it is wide. Registers hold one block; scalars one vector of 16 equal values per row.

#define REGISTER_FLOATS 1024   // of a block: what an instruction costs by itself is spread over as many
#define ROW_BLOCK 32           // the most rows whose scalars are alive
#define REDUCED_ROWS 4         // that are added up side by side
#define ROW_BLOCK_FLOATS 8192  // fewer rows where they are wide: what sections hand on should stay in the cache

typedef struct {
  const rondo_row_program *program;
  const rondo_stream *streams;
  float *registers, *scalars, *splats;
} frame;

// rows × columns of a section.
typedef struct {
  size_t first_row, scalar_row, rows;
  size_t first_column, columns;
  size_t register_row;  // columns rounded up to 16
  int opens, closes;    // contains the section's first column, its last column
} block;

// What moves columns is in no table: it has one operand.
static int operand_count(int op) { return operations[op].operands > 0 ? operations[op].operands : 1; }

static size_t row_program_scratch_size(const rondo_row_program *program) {
  return (size_t)program->register_count * REGISTER_FLOATS + (size_t)program->scalar_count * ROW_BLOCK * 16 + 3 * ROW_BLOCK * 16;
}

INLINE float *register_address(const frame *f, uint16_t index) { return f->registers + (size_t)index * REGISTER_FLOATS; }
INLINE float *scalar_address(const frame *f, uint16_t index, size_t row) {
  return f->scalars + ((size_t)index * ROW_BLOCK + row) * 16;
}

// Constants and values of width 1 are spread over the 16 floats (per row) of splat number `slot`.
static __attribute__((noinline)) source spread(const frame *f, const block *b, rondo_operand operand, size_t slot) {
  float *to = f->splats + slot * ROW_BLOCK * 16;
  if (operand.kind == RONDO_CONSTANT) {
    store(to, splat(f->program->constants[operand.index]));
    return one_value(to, 0);
  }
  const rondo_stream *stream = &f->streams[operand.index];
  const float *base = stream->base + b->first_row * stream->row_stride;
  size_t values = stream->row_stride == 0 ? 1 : b->rows;
  for (size_t r = 0; r < values; r++) store(to + r * 16, splat(base[r * stream->row_stride]));
  return one_value(to, stream->row_stride == 0 ? 0 : 16);
}

// *whole stays set if the memory beyond a row's columns can be read up to a multiple of 16.
INLINE source resolve(const frame *f, const block *b, rondo_operand operand, size_t slot, int *whole, int *values) {
  if (operand.kind == RONDO_REGISTER) return every_column(register_address(f, operand.index), b->register_row);
  if (operand.kind == RONDO_STREAM) {
    const rondo_stream *stream = &f->streams[operand.index];
    if (stream->column_stride != 0) {
      *whole = 0;
      return every_column(stream->base + b->first_row * stream->row_stride + b->first_column, stream->row_stride);
    }
  }
  *values = 1;
  if (operand.kind == RONDO_SCALAR) return one_value(scalar_address(f, operand.index, b->scalar_row), 16);
  return spread(f, b, operand, slot);
}

// What a reduction makes of the values so far and the columns it has come to.
INLINE lanes reduced(int op, lanes value, lanes x, lanes y) {
  switch (op) {
    case RONDO_OP_SUM_OF_PRODUCTS: return value + x * y;
    case RONDO_OP_SUM_OF_NEGATIVES: return value - x;
    case RONDO_OP_MAXIMUM: return maximum(x, value);
    default: return value + x;
  }
}

// Reductions of some rows run in 16 lanes, kept in the scalar's place until the section's last column. A row is one chain of dependent
// operations; several rows side by side hide how long each takes.
INLINE void reduce_rows(const block *b, int op, source x, source y, size_t first, size_t rows, float *out) {
  const lanes start = splat(op == RONDO_OP_MAXIMUM ? -__builtin_inff() : 0);
  const integers lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const size_t whole = b->columns & ~(size_t)15, rest = b->columns & 15;
  const float *xs = x.base + first * x.row, *ys = y.base + first * y.row;
  lanes values[REDUCED_ROWS];
  out += first * 16;
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) values[r] = b->opens ? start : load(out + r * 16);
#pragma clang loop unroll(disable)
  for (size_t j = 0; j < whole; j += 16) {
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++)
      values[r] = reduced(op, values[r], load(xs + r * x.row + (j & x.index)), load(ys + r * y.row + (j & y.index)));
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
    if (rest != 0) {
      lanes value = reduced(op, values[r], load_first(xs + r * x.row + (whole & x.index), rest),
                            load_first(ys + r * y.row + (whole & y.index), rest));
      values[r] = lane < (int32_t)rest ? value : values[r];
    }
    float total = op == RONDO_OP_MAXIMUM ? maximum_of_lanes(values[r]) : sum_of_lanes(values[r]);
    store(out + r * 16, b->closes ? splat(total) : values[r]);
  }
}

#define REDUCTION(name, op)                                                                                        \
  static __attribute__((noinline)) void name(const block *b, source x, source y, float *out) {                     \
    size_t r = 0;                                                                                                  \
    for (; r + REDUCED_ROWS <= b->rows; r += REDUCED_ROWS) reduce_rows(b, op, x, y, r, REDUCED_ROWS, out);         \
    for (; r < b->rows; r++) reduce_rows(b, op, x, y, r, 1, out);                                                  \
  }
REDUCTION(sums, RONDO_OP_SUM)
REDUCTION(sums_of_products, RONDO_OP_SUM_OF_PRODUCTS)
REDUCTION(sums_of_negatives, RONDO_OP_SUM_OF_NEGATIVES)
REDUCTION(maxima, RONDO_OP_MAXIMUM)

static void reduce(const block *b, int op, source x, source y, float *out) {
  switch (op) {
    case RONDO_OP_SUM_OF_PRODUCTS: sums_of_products(b, x, y, out); break;
    case RONDO_OP_SUM_OF_NEGATIVES: sums_of_negatives(b, x, x, out); break;
    case RONDO_OP_MAXIMUM: maxima(b, x, x, out); break;
    default: sums(b, x, x, out);
  }
}

INLINE lanes first_lanes(lanes value, size_t count, lanes rest) {
  integers lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return lane < (int32_t)count ? value : rest;
}

// The sum or maximum of some columns, in the order in which a section of their number would reduce them.
INLINE float reduce_group(const float *from, size_t count, int sums) {
  lanes value = sums ? splat(0) : splat(-__builtin_inff());
  const size_t whole = count & ~(size_t)15, rest = count & 15;
  for (size_t j = 0; j < whole; j += 16) value = sums ? value + load(from + j) : maximum(load(from + j), value);
  if (rest != 0) {
    lanes x = load_first(from + whole, rest);
    value = sums ? value + x : maximum(first_lanes(x, rest, splat(-__builtin_inff())), value);
  }
  return sums ? sum_of_lanes(value) : maximum_of_lanes(value);
}

// One row of an instruction that moves columns: `from` is the whole row of its operand, `to` has the columns that begin at `first`.
INLINE void move_columns(uint32_t op, size_t n, size_t width, const float *from, float *to, size_t first, size_t columns) {
  switch (op) {
    case RONDO_OP_REPEAT:
      for (size_t j = 0; j < columns;) {
        size_t end = smaller(columns, ((first + j) / n + 1) * n - first);
        float value = from[(first + j) / n];
        for (; j < end; j++) to[j] = value;
      }
      break;
    case RONDO_OP_TILE:
      for (size_t j = 0; j < columns;) {
        size_t begin = (first + j) % n, count = smaller(columns - j, n - begin);
        __builtin_memcpy(to + j, from + begin, count * sizeof(float));
        j += count;
      }
      break;
    case RONDO_OP_TILE_SUM:
      for (size_t j = 0; j < columns; j += 16) {
        size_t count = smaller(16, columns - j);
        lanes sum = splat(0);
        for (size_t group = 0; group < n; group++) sum = sum + load_first(from + group * width + first + j, count);
        store_first(to + j, count, sum);
      }
      break;
    default:
      for (size_t j = 0; j < columns; j++) to[j] = reduce_group(from + (first + j) * n, n, op == RONDO_OP_GROUP_SUM);
  }
}

static void run_move(const frame *f, const block *b, const rondo_instruction *instruction, size_t width) {
  const rondo_stream *stream = &f->streams[instruction->a.index];
  float *out = register_address(f, instruction->out.index);
  size_t out_row = b->register_row;
  if (instruction->out.kind != RONDO_REGISTER) {
    const rondo_stream *target = &f->streams[instruction->out.index];
    out = target->base + b->first_row * target->row_stride + b->first_column;
    out_row = target->row_stride;
  }
  for (size_t r = 0; r < b->rows; r++) {
    const float *from = stream->base + (b->first_row + r) * stream->row_stride;
    move_columns(instruction->op, instruction->b.index, width, from, out + r * out_row, b->first_column, b->columns);
  }
}

INLINE void run_instruction(const frame *f, const block *b, const rondo_instruction *instruction) {
  // Registers end at a multiple of 16 columns.
  int whole = 1, values = 0;
  source operands[3];
  operands[0] = resolve(f, b, instruction->a, 0, &whole, &values);
  int count = operations[instruction->op].operands;
  if (count > 1) operands[1] = resolve(f, b, instruction->b, 1, &whole, &values);
  if (instruction->op >= RONDO_OP_SUM) {
    reduce(b, (int)instruction->op, operands[0], operands[1], scalar_address(f, instruction->out.index, b->scalar_row));
    return;
  }
  if (count > 2) operands[2] = resolve(f, b, instruction->c, 2, &whole, &values);
  float *out = register_address(f, instruction->out.index);
  size_t out_row = b->register_row;
  if (instruction->out.kind != RONDO_REGISTER) {
    const rondo_stream *stream = &f->streams[instruction->out.index];
    out = stream->base + b->first_row * stream->row_stride + b->first_column;
    out_row = stream->row_stride;
    whole = 0;
  }
  operations[instruction->op].run[values](b->rows, whole ? b->register_row : b->columns, out, out_row, operands);
}

static void run_section(const frame *f, const rondo_section *section, size_t first_row, size_t rows) {
  size_t width = section->width, padded = rounded_up(width, 16);
  // Blocks of columns are of even size; lane j sees columns j, j + 16, … whatever their number.
  size_t parts = (padded + REGISTER_FLOATS - 1) / REGISTER_FLOATS;
  size_t part = parts < 2 ? padded : rounded_up((padded + parts - 1) / parts, 16);
  size_t group = parts < 2 ? REGISTER_FLOATS / padded : 1;
  for (size_t row = 0; row < rows; row += group) {
    for (size_t column = 0; column < width; column += part) {
      block b = {
        .first_row = first_row + row, .scalar_row = row, .rows = smaller(group, rows - row),
        .first_column = column, .columns = smaller(part, width - column),
        .opens = column == 0, .closes = column + part >= width,
      };
      b.register_row = rounded_up(b.columns, 16);
      for (uint32_t i = 0; i < section->count; i++) {
        const rondo_instruction *instruction = &f->program->code[section->first + i];
        if (instruction->op >= RONDO_OP_REPEAT && instruction->op <= RONDO_OP_TILE_SUM)
          run_move(f, &b, instruction, width);
        else
          run_instruction(f, &b, instruction);
      }
    }
  }
}

static void row_program_run(const rondo_row_program *program, const rondo_stream *streams, size_t rows, float *scratch) {
  frame f = {program, streams, scratch, NULL, NULL};
  f.scalars = f.registers + (size_t)program->register_count * REGISTER_FLOATS;
  f.splats = f.scalars + (size_t)program->scalar_count * ROW_BLOCK * 16;
  size_t widest = 1;
  for (uint32_t s = 0; s < program->section_count; s++)
    if (program->sections[s].width > widest) widest = program->sections[s].width;
  size_t group = smaller(ROW_BLOCK, 1 + (ROW_BLOCK_FLOATS - 1) / widest);
  for (size_t row = 0; row < rows; row += group)
    for (uint32_t s = 0; s < program->section_count; s++)
      run_section(&f, &program->sections[s], row, smaller(group, rows - row));
}
