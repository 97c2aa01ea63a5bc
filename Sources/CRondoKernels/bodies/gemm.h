// Products with packed weights. A panel of columns is packed k-major, so that a tile reads it in one stream; a tile of rows × columns stays
// in registers over the whole of k, one chain of multiply-adds per element.

#define TILE_COLUMNS (RONDO_TILE_VECTORS * RONDO_NATIVE_LANES)

// c[r][j] = start[r][j] + Σ_i a[r · a_row + i · a_depth] · b[i · b_stride + j] for `rows` × `vectors` native vectors, of whose columns the
// first `columns` exist. rows, vectors and one of a_row, a_depth are constants where this is inlined.
INLINE void tile(size_t rows, size_t vectors, size_t depth, const float *a, size_t a_row, size_t a_depth, const float *b, size_t b_stride,
                 const float *start, size_t start_stride, float *c, size_t c_stride, size_t columns) {
  native sum[RONDO_TILE_ROWS][RONDO_TILE_VECTORS];
  size_t last = columns - (vectors - 1) * RONDO_NATIVE_LANES;
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      const float *from = start + r * start_stride + v * RONDO_NATIVE_LANES;
      if (start == NULL)
        sum[r][v] = 0;
      else if (v + 1 < vectors || last == RONDO_NATIVE_LANES)
        sum[r][v] = native_load(from);
      else
        sum[r][v] = native_load_first(from, last);
    }
  }
  for (size_t i = 0; i < depth; i++) {
    native row[RONDO_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) row[v] = native_load(b + i * b_stride + v * RONDO_NATIVE_LANES);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
      native factor = (native)a[r * a_row + i * a_depth];
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++) sum[r][v] = native_multiply_add(factor, row[v], sum[r][v]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      float *to = c + r * c_stride + v * RONDO_NATIVE_LANES;
      if (v + 1 < vectors || last == RONDO_NATIVE_LANES)
        native_store(to, sum[r][v]);
      else
        native_store_first(to, last, sum[r][v]);
    }
  }
}

// One tile of a product with row-major a; a function per shape, so that each has its own registers.
#define TILE(rows, vectors)                                                                                              \
  static void tile_##rows##x##vectors(size_t depth, const float *a, size_t a_stride, const float *b, size_t b_stride,    \
                                      const float *start, size_t start_stride, float *c, size_t c_stride,                \
                                      size_t columns) {                                                                  \
    tile(rows, vectors, depth, a, a_stride, 1, b, b_stride, start, start_stride, c, c_stride, columns);                  \
  }
typedef void tile_function(size_t depth, const float *a, size_t a_stride, const float *b, size_t b_stride, const float *start,
                           size_t start_stride, float *c, size_t c_stride, size_t columns);

// Applies X to every shape of tile: rows up to RONDO_TILE_ROWS, vectors up to RONDO_TILE_VECTORS (in fours of 4 lanes, one or two of 8).
#if RONDO_TILE_ROWS == 6
#define TILE_ROWS_EACH(X, vectors) X(1, vectors) X(2, vectors) X(3, vectors) X(4, vectors) X(5, vectors) X(6, vectors)
#elif RONDO_TILE_ROWS == 3
#define TILE_ROWS_EACH(X, vectors) X(1, vectors) X(2, vectors) X(3, vectors)
#endif
#if RONDO_TILE_VECTORS == 4
#define TILE_EACH(X) TILE_ROWS_EACH(X, 1) TILE_ROWS_EACH(X, 2) TILE_ROWS_EACH(X, 3) TILE_ROWS_EACH(X, 4)
#elif RONDO_TILE_VECTORS == 2
#define TILE_EACH(X) TILE_ROWS_EACH(X, 1) TILE_ROWS_EACH(X, 2)
#endif

TILE_EACH(TILE)

#define TILE_ENTRY(rows, vectors) [vectors - 1][rows - 1] = tile_##rows##x##vectors,
static tile_function *const tiles[RONDO_TILE_VECTORS][RONDO_TILE_ROWS] = {TILE_EACH(TILE_ENTRY)};

// Rows whose part of `a` should stay in the second-level cache while every panel passes by.
#define CACHED_FLOATS 65536

static size_t panel_count(size_t n) { return (n + RONDO_PANEL - 1) / RONDO_PANEL; }
static size_t packed_size(size_t n, size_t k) { return rounded_up(n, 16) * k; }
// Columns of a panel in memory.
INLINE size_t panel_width(size_t n, size_t panel) { return smaller(RONDO_PANEL, rounded_up(n - panel * RONDO_PANEL, 16)); }

static void pack(size_t n, size_t k, const float *w, size_t column_stride, size_t depth_stride, size_t panel_begin, size_t panel_end,
                 float *packed) {
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    size_t first = panel * RONDO_PANEL, width = panel_width(n, panel), columns = smaller(RONDO_PANEL, n - first);
    float *to = packed + first * k;
    for (size_t i = 0; i < k; i++) {
      for (size_t j = 0; j < columns; j++) to[i * width + j] = w[(first + j) * column_stride + i * depth_stride];
      for (size_t j = columns; j < width; j++) to[i * width + j] = 0;
    }
  }
}

static void gemm(size_t rows, size_t n, size_t k, const float *a, size_t a_stride, const float *packed, size_t panel_begin,
                 size_t panel_end, const float *start, size_t start_stride, float *c, size_t c_stride) {
  size_t block = RONDO_TILE_ROWS * (1 + CACHED_FLOATS / (RONDO_TILE_ROWS * (k + 1)));
  for (size_t block_first = 0; block_first < rows; block_first += block) {
    size_t block_rows = smaller(block, rows - block_first);
    size_t tile_count = (block_rows + RONDO_TILE_ROWS - 1) / RONDO_TILE_ROWS;
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
      size_t width = panel_width(n, panel);
      const float *b = packed + panel * RONDO_PANEL * k;
      size_t existing = smaller(width, n - panel * RONDO_PANEL);
      for (size_t part = 0; part < existing; part += TILE_COLUMNS) {
        size_t first = panel * RONDO_PANEL + part;
        size_t columns = smaller(TILE_COLUMNS, existing - part);
        size_t vectors = (columns + RONDO_NATIVE_LANES - 1) / RONDO_NATIVE_LANES;
        size_t row = block_first;
        for (size_t t = 0; t < tile_count; t++) {
          // Rows are dealt evenly, so that no tile is much smaller than the others.
          size_t count = (block_rows + t) / tile_count;
          tiles[vectors - 1][count - 1](k, a + row * a_stride, a_stride, b + part, width,
                                        start == NULL ? NULL : start + row * start_stride + first, start_stride,
                                        c + row * c_stride + first, c_stride, columns);
          row += count;
        }
      }
    }
  }
}

// Accumulates 64 columns at a time in registers.
static void column_sum(size_t rows, size_t column_begin, size_t column_end, const float *a, size_t a_stride, float *out) {
  size_t j = column_begin;
  for (; j + 64 <= column_end; j += 64) {
    lanes s0 = load(out + j), s1 = load(out + j + 16), s2 = load(out + j + 32), s3 = load(out + j + 48);
    for (size_t r = 0; r < rows; r++) {
      const float *row = a + r * a_stride + j;
      s0 += load(row);
      s1 += load(row + 16);
      s2 += load(row + 32);
      s3 += load(row + 48);
    }
    store(out + j, s0);
    store(out + j + 16, s1);
    store(out + j + 32, s2);
    store(out + j + 48, s3);
  }
  for (; j < column_end; j += 16) {
    size_t count = smaller(16, column_end - j);
    lanes s = load_first(out + j, count);
    for (size_t r = 0; r < rows; r++) s += load_first(a + r * a_stride + j, count);
    store_first(out + j, count, s);
  }
}
