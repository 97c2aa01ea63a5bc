// The gradient of a weight: a product whose depth is rows. It runs over blocks of rows, of which b is copied as panels and a, of which a tile
// needs single floats, is read where it is; an element of c is reloaded between blocks, which leaves its chain as it is.

#define OUTER_ROWS 384                        // the most rows of a block
#define OUTER_COLUMNS 192                     // columns of a at a time: they stay in a second-level cache of 1 MB
#define OUTER_GROUP 256                       // columns of b at a time: the other half of it
#define OUTER_NARROW (2 * RONDO_NATIVE_LANES) // columns of b up to which vectors run over the columns of a instead

static size_t outer_scratch_size(size_t n) {
  (void)n;
  return OUTER_ROWS * OUTER_GROUP;
}

// The transposed product, for so few columns of b that many lanes of a tile would be idle: the same chains, both operands where they are.
// The columns of a fill whole vectors.
static void outer_narrow(size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride, const float *b,
                         size_t b_stride, float *c, size_t c_stride) {
  const product p = {
    .depth = rows, .a_row = 1, .a_depth = b_stride, .b_stride = a_stride, .strip_stride = RONDO_STRIP,
    .start_stride = RONDO_PANEL, .c_stride = RONDO_PANEL,
  };
  size_t tile_count = (n + RONDO_TILE_ROWS - 1) / RONDO_TILE_ROWS;
  size_t tile_columns = RONDO_TILE_VECTORS(n / tile_count) * RONDO_NATIVE_LANES;
  for (size_t first = column_begin; first < column_end; first += tile_columns) {
    size_t columns = smaller(tile_columns, column_end - first);
    float turned[OUTER_NARROW * RONDO_PANEL];
    for (size_t i = 0; i < columns; i++)
      for (size_t j = 0; j < n; j++) turned[j * RONDO_PANEL + i] = c[(first + i) * c_stride + j];
    for (size_t t = 0, j = 0; t < tile_count; t++) {
      size_t count = (n + t) / tile_count;
      float *to = turned + j * RONDO_PANEL;
      tiles[count - 1][columns / RONDO_NATIVE_LANES - 1](&p, b + j, a + first, to, to, columns);
      j += count;
    }
    for (size_t i = 0; i < columns; i++)
      for (size_t j = 0; j < n; j++) c[(first + i) * c_stride + j] = turned[j * RONDO_PANEL + i];
  }
}

static void outer_blocks(size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride, const float *b,
                         size_t b_stride, float *c, size_t c_stride, float *panels) {
  size_t blocks = (rows + OUTER_ROWS - 1) / OUTER_ROWS;
  for (size_t group = 0; group < n; group += OUTER_GROUP) {
    size_t group_columns = smaller(OUTER_GROUP, n - group);
    for (size_t block = 0, row = 0; block < blocks; block++) {
      size_t depth = (rows + block) / blocks;
      const product p = {.depth = depth, .a_row = 1, .a_depth = a_stride, .start_stride = c_stride, .c_stride = c_stride};
      pack(group_columns, depth, b + row * b_stride + group, 1, b_stride, 0, panel_count(group_columns), panels);
      for (size_t begin = column_begin; begin < column_end; begin += OUTER_COLUMNS) {
        size_t count = smaller(OUTER_COLUMNS, column_end - begin);
        for (size_t first = 0; first < group_columns; first += RONDO_PANEL) {
          float *to = c + begin * c_stride + group + first;
          multiply_panel(count, smaller(RONDO_PANEL, group_columns - first), p, a + row * a_stride + begin, panels + first * depth, to, to);
        }
      }
      row += depth;
    }
  }
}

static void outer(size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride, float *scratch) {
  size_t narrow = n % RONDO_PANEL, wide = n - narrow;
  if (narrow > OUTER_NARROW) narrow = 0, wide = n;
  if (wide > 0) outer_blocks(rows, column_begin, column_end, wide, a, a_stride, b, b_stride, c, c_stride, scratch);
  if (narrow == 0) return;
  size_t split = column_end - (column_end - column_begin) % RONDO_NATIVE_LANES;
  outer_narrow(rows, column_begin, split, narrow, a, a_stride, b + wide, b_stride, c + wide, c_stride);
  if (split < column_end)
    outer_blocks(rows, split, column_end, narrow, a, a_stride, b + wide, b_stride, c + wide, c_stride, scratch);
}
