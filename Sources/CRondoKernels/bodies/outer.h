// The gradient of a weight: a product whose depth is rows. Both operands are copied in blocks of rows, b as a panel, a with rows at a
// distance that spreads them over the sets of a cache; an element of c is reloaded between blocks, which leaves its chain as it is.

#define OUTER_ROWS 384                        // the most rows of a block
#define OUTER_COLUMNS 192                     // columns of a at a time
#define OUTER_STRIDE (OUTER_COLUMNS + 16)

static size_t outer_scratch_size(size_t n) {
  (void)n;
  return OUTER_ROWS * (OUTER_STRIDE + RONDO_PANEL);
}

// Each row is filled up with zeros to a multiple of 16.
INLINE void copy_rows(size_t rows, size_t columns, const float *from, size_t from_stride, float *to, size_t to_stride) {
  for (size_t r = 0; r < rows; r++) {
    size_t j = 0;
    for (; j + 16 <= columns; j += 16) store(to + r * to_stride + j, load(from + r * from_stride + j));
    if (j < columns) store(to + r * to_stride + j, load_first(from + r * from_stride + j, columns - j));
  }
}

static void outer(size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride, float *scratch) {
  float *block_a = scratch, *block_b = scratch + OUTER_ROWS * OUTER_STRIDE;
  size_t blocks = (rows + OUTER_ROWS - 1) / OUTER_ROWS;
  for (size_t block = 0, row = 0; block < blocks; block++) {
    size_t depth = (rows + block) / blocks;
    const product p = {.depth = depth, .a_row = 1, .a_depth = OUTER_STRIDE, .start_stride = c_stride, .c_stride = c_stride};
    for (size_t begin = column_begin; begin < column_end; begin += OUTER_COLUMNS) {
      size_t count = smaller(OUTER_COLUMNS, column_end - begin);
      copy_rows(depth, count, a + row * a_stride + begin, a_stride, block_a, OUTER_STRIDE);
      for (size_t first = 0; first < n; first += RONDO_PANEL) {
        size_t columns = smaller(RONDO_PANEL, n - first), width = smaller(RONDO_STRIP, rounded_up(columns, 16));
        for (size_t j = 0; j < columns; j += RONDO_STRIP)
          copy_rows(depth, smaller(RONDO_STRIP, columns - j), b + row * b_stride + first + j, b_stride, block_b + j * depth, width);
        float *to = c + begin * c_stride + first;
        multiply_panel(count, columns, p, block_a, block_b, to, to);
      }
    }
    row += depth;
  }
}
