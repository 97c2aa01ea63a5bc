// The gradient of a weight: a product whose chains run over rows. Both operands are packed in blocks of rows; an element of c is reloaded
// between blocks, which leaves its chain as it is.

#define OUTER_ROWS 256      // rows of a block
#define OUTER_COLUMNS 192   // columns of a packed at a time

#define OUTER_TILE(rows, vectors)                                                                                       \
  static void outer_tile_##rows##x##vectors(size_t depth, const float *a, const float *b, size_t b_stride, float *c,     \
                                            size_t c_stride, size_t columns) {                                           \
    tile(rows, vectors, depth, a, 1, rows, b, b_stride, c, c_stride, c, c_stride, columns);                              \
  }
typedef void outer_tile_function(size_t depth, const float *a, const float *b, size_t b_stride, float *c, size_t c_stride,
                                 size_t columns);

TILE_EACH(OUTER_TILE)

#define OUTER_TILE_ENTRY(rows, vectors) [vectors - 1][rows - 1] = outer_tile_##rows##x##vectors,
static outer_tile_function *const outer_tiles[RONDO_TILE_VECTORS][RONDO_TILE_ROWS] = {TILE_EACH(OUTER_TILE_ENTRY)};

static size_t outer_scratch_size(size_t n) {
  (void)n;
  return OUTER_ROWS * (OUTER_COLUMNS + RONDO_PANEL);
}

static void outer(size_t rows, size_t column_begin, size_t column_end, size_t n, const float *a, size_t a_stride, const float *b,
                  size_t b_stride, float *c, size_t c_stride, float *scratch) {
  float *packed_a = scratch, *packed_b = scratch + OUTER_ROWS * OUTER_COLUMNS;
  for (size_t row = 0; row < rows; row += OUTER_ROWS) {
    size_t depth = smaller(OUTER_ROWS, rows - row);
    for (size_t begin = column_begin; begin < column_end; begin += OUTER_COLUMNS) {
      size_t count = smaller(OUTER_COLUMNS, column_end - begin);
      size_t tile_count = (count + RONDO_TILE_ROWS - 1) / RONDO_TILE_ROWS;
      // Tile by tile, each row-major: the tile that begins at column i begins at packed_a[i · depth].
      for (size_t t = 0, i = 0; t < tile_count; t++) {
        size_t height = (count + t) / tile_count;
        for (size_t r = 0; r < depth; r++)
          for (size_t x = 0; x < height; x++) packed_a[i * depth + r * height + x] = a[(row + r) * a_stride + begin + i + x];
        i += height;
      }
      for (size_t panel = 0; panel < n; panel += RONDO_PANEL) {
        size_t width = smaller(RONDO_PANEL, n - panel), packed_width = rounded_up(width, 16);
        for (size_t r = 0; r < depth; r++) {
          const float *from = b + (row + r) * b_stride + panel;
          float *to = packed_b + r * packed_width;
          size_t j = 0;
          for (; j + 16 <= width; j += 16) store(to + j, load(from + j));
          if (j < width) store(to + j, load_first(from + j, width - j));
        }
        for (size_t part = 0; part < width; part += TILE_COLUMNS) {
          size_t columns = smaller(TILE_COLUMNS, width - part);
          size_t vectors = (columns + RONDO_NATIVE_LANES - 1) / RONDO_NATIVE_LANES;
          for (size_t t = 0, i = 0; t < tile_count; t++) {
            size_t height = (count + t) / tile_count;
            outer_tiles[vectors - 1][height - 1](depth, packed_a + i * depth, packed_b + part, packed_width,
                                                 c + (begin + i) * c_stride + panel + part, c_stride, columns);
            i += height;
          }
        }
      }
    }
  }
}
