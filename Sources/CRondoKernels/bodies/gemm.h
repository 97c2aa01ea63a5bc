// Products with packed weights. A panel of columns is packed in strips of RONDO_STRIP columns, each k-major, so that a tile reads one stream;
// a tile of rows × columns stays in registers over the whole of k, one chain of multiply-adds per element.

// What all tiles of a panel have in common. a's element of row r and depth i is a[r · a_row + i · a_depth]; depths of a strip of b are
// b_stride apart, its strips strip_stride.
typedef struct {
  size_t depth, a_row, a_depth, b_stride, strip_stride, start_stride, c_stride;
} product;

// c[r][j] = start[r][j] + Σ_i a[r][i] · b[i][j] for `rows` × `vectors` native vectors, of whose columns the first `columns` exist.
// rows and vectors are constants where this is inlined.
INLINE void tile(size_t rows, size_t vectors, const product *p, const float *a, const float *b, const float *start, float *c,
                 size_t columns) {
  native sum[RONDO_TILE_ROWS][RONDO_TILE_MOST_VECTORS];
  size_t last = columns - (vectors - 1) * RONDO_NATIVE_LANES;
  const size_t depth = p->depth, a_row = p->a_row, a_depth = p->a_depth, b_stride = p->b_stride, strip_stride = p->strip_stride;
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      size_t from = r * p->start_stride + v * RONDO_NATIVE_LANES;
      if (start == NULL)
        sum[r][v] = 0;
      else if (v + 1 < vectors || last == RONDO_NATIVE_LANES)
        sum[r][v] = native_load(start + from);
      else
        sum[r][v] = native_load_first(start + from, last);
    }
  }
  for (size_t i = 0; i < depth; i++) {
    native row[RONDO_TILE_MOST_VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      size_t column = v * RONDO_NATIVE_LANES;
      row[v] = native_load(b + column / RONDO_STRIP * strip_stride + i * b_stride + column % RONDO_STRIP);
    }
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
      float *to = c + r * p->c_stride + v * RONDO_NATIVE_LANES;
      if (v + 1 < vectors || last == RONDO_NATIVE_LANES)
        native_store(to, sum[r][v]);
      else
        native_store_first(to, last, sum[r][v]);
    }
  }
}

// A function per shape, so that each has the registers to itself.
typedef void tile_function(const product *p, const float *a, const float *b, const float *start, float *c, size_t columns);
#define TILE(rows, vectors)                                                                                            \
  static void tile_##rows##x##vectors(const product *p, const float *a, const float *b, const float *start, float *c,  \
                                      size_t columns) {                                                                \
    tile(rows, vectors, p, a, b, start, c, columns);                                                                   \
  }
RONDO_TILES(TILE)

#define TILE_ENTRY(rows, vectors) [rows - 1][vectors - 1] = tile_##rows##x##vectors,
static tile_function *const tiles[RONDO_TILE_ROWS][RONDO_TILE_MOST_VECTORS] = {RONDO_TILES(TILE_ENTRY)};

// `rows` rows of the first `columns` columns of one panel; p lacks what follows from the panel's width.
static void multiply_panel(size_t rows, size_t columns, product p, const float *a, const float *panel, const float *start, float *c) {
  p.b_stride = smaller(RONDO_STRIP, rounded_up(columns, 16));
  p.strip_stride = RONDO_STRIP * p.depth;
  // Rows are dealt evenly, so that no tile is much smaller than the others.
  size_t tile_count = (rows + RONDO_TILE_ROWS - 1) / RONDO_TILE_ROWS;
  size_t tile_columns = RONDO_TILE_VECTORS(rows / tile_count) * RONDO_NATIVE_LANES;
  for (size_t first = 0; first < columns; first += tile_columns) {
    size_t existing = smaller(tile_columns, columns - first), vectors = (existing + RONDO_NATIVE_LANES - 1) / RONDO_NATIVE_LANES;
    const float *b = panel + first / RONDO_STRIP * p.strip_stride + first % RONDO_STRIP;
    for (size_t t = 0, row = 0; t < tile_count; t++) {
      size_t count = (rows + t) / tile_count;
      tiles[count - 1][vectors - 1](&p, a + row * p.a_row, b, start == NULL ? NULL : start + row * p.start_stride + first,
                                    c + row * p.c_stride + first, existing);
      row += count;
    }
  }
}

// Rows whose part of `a` should stay in the second-level cache while every panel passes by.
#define CACHED_FLOATS 65536

static size_t panel_count(size_t n) { return (n + RONDO_PANEL - 1) / RONDO_PANEL; }
static size_t packed_size(size_t n, size_t k) { return rounded_up(n, 16) * k; }

// Transposes 16 × 16 floats: pairs and quads of rows inside groups of four columns, then the groups.
INLINE void transpose(lanes x[16]) {
  lanes quad[4][4];
#pragma clang loop unroll(full)
  for (int q = 0; q < 4; q++) {
    const lanes *r = x + 4 * q;
    lanes low01 = __builtin_shufflevector(r[0], r[1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    lanes high01 = __builtin_shufflevector(r[0], r[1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    lanes low23 = __builtin_shufflevector(r[2], r[3], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    lanes high23 = __builtin_shufflevector(r[2], r[3], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    quad[q][0] = __builtin_shufflevector(low01, low23, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    quad[q][1] = __builtin_shufflevector(low01, low23, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    quad[q][2] = __builtin_shufflevector(high01, high23, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    quad[q][3] = __builtin_shufflevector(high01, high23, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
#define EVEN_GROUPS 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define ODD_GROUPS 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#pragma clang loop unroll(full)
  for (int c = 0; c < 4; c++) {
    lanes even01 = __builtin_shufflevector(quad[0][c], quad[1][c], EVEN_GROUPS);
    lanes even23 = __builtin_shufflevector(quad[2][c], quad[3][c], EVEN_GROUPS);
    lanes odd01 = __builtin_shufflevector(quad[0][c], quad[1][c], ODD_GROUPS);
    lanes odd23 = __builtin_shufflevector(quad[2][c], quad[3][c], ODD_GROUPS);
    x[c] = __builtin_shufflevector(even01, even23, EVEN_GROUPS);
    x[4 + c] = __builtin_shufflevector(odd01, odd23, EVEN_GROUPS);
    x[8 + c] = __builtin_shufflevector(even01, even23, ODD_GROUPS);
    x[12 + c] = __builtin_shufflevector(odd01, odd23, ODD_GROUPS);
  }
}

// The columns of one strip of `width`, of which `columns` exist: column j, depth i is w[j · column_stride + i · depth_stride]. What is read
// lies far apart, so that the processor does not foresee it.
INLINE void pack_strip(size_t columns, size_t k, const float *w, size_t column_stride, size_t depth_stride, float *to, size_t width) {
  if (column_stride == 1) {
    for (size_t i = 0; i < k; i++) {
      const float *from = w + i * depth_stride, *later = from + 8 * depth_stride;
      size_t j = 0;
      for (; j + 16 <= columns; j += 16) {
        __builtin_prefetch(later + j);
        store(to + i * width + j, load(from + j));
      }
      if (j < columns) store(to + i * width + j, load_first(from + j, columns - j));
    }
  } else if (depth_stride == 1) {
    for (size_t first = 0; first < columns; first += 16) {
      for (size_t i = 0; i < k; i += 16) {
        lanes block[16];
        size_t depth = smaller(16, k - i);
        for (size_t j = 0; j < 16; j++) {
          const float *from = w + (first + j) * column_stride + i;
          __builtin_prefetch(from + 48);
          block[j] = first + j >= columns ? splat(0) : depth == 16 ? load(from) : load_first(from, depth);
        }
        transpose(block);
        for (size_t x = 0; x < depth; x++) store(to + (i + x) * width + first, block[x]);
      }
    }
  } else {
    for (size_t i = 0; i < k; i++)
      for (size_t j = 0; j < rounded_up(columns, 16); j++)
        to[i * width + j] = j < columns ? w[j * column_stride + i * depth_stride] : 0;
  }
}

static void pack(size_t n, size_t k, const float *w, size_t column_stride, size_t depth_stride, size_t panel_begin, size_t panel_end,
                 float *packed) {
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    size_t first = panel * RONDO_PANEL, columns = smaller(RONDO_PANEL, n - first), width = smaller(RONDO_STRIP, rounded_up(columns, 16));
    for (size_t j = 0; j < columns; j += RONDO_STRIP)
      pack_strip(smaller(RONDO_STRIP, columns - j), k, w + (first + j) * column_stride, column_stride, depth_stride,
                 packed + (first + j) * k, width);
  }
}

static void gemm(size_t rows, size_t n, size_t k, const float *a, size_t a_stride, const float *packed, size_t panel_begin,
                 size_t panel_end, const float *start, size_t start_stride, float *c, size_t c_stride) {
  const product p = {.depth = k, .a_row = a_stride, .a_depth = 1, .start_stride = start_stride, .c_stride = c_stride};
  size_t block = RONDO_TILE_ROWS * (1 + CACHED_FLOATS / (RONDO_TILE_ROWS * (k + 1)));
  for (size_t row = 0; row < rows; row += block) {
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
      size_t first = panel * RONDO_PANEL;
      multiply_panel(smaller(block, rows - row), smaller(RONDO_PANEL, n - first), p, a + row * a_stride, packed + first * k,
                     start == NULL ? NULL : start + row * start_stride + first, c + row * c_stride + first);
    }
  }
}

// The chain of some rows is complete before it is added to `out`.
static void sum_of_rows(size_t count, const float *const *a, const float *const *b, size_t column_begin, size_t column_end, float *out) {
  size_t j = column_begin;
  for (; j + 64 <= column_end; j += 64) {
    lanes s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;
    if (b == NULL) {
      for (size_t r = 0; r < count; r++) {
        const float *x = a[r] + j;
        s0 += load(x), s1 += load(x + 16), s2 += load(x + 32), s3 += load(x + 48);
      }
    } else {
      for (size_t r = 0; r < count; r++) {
        const float *x = a[r] + j, *y = b[r] + j;
        s0 = multiply_add(load(x), load(y), s0);
        s1 = multiply_add(load(x + 16), load(y + 16), s1);
        s2 = multiply_add(load(x + 32), load(y + 32), s2);
        s3 = multiply_add(load(x + 48), load(y + 48), s3);
      }
    }
    store(out + j, load(out + j) + s0);
    store(out + j + 16, load(out + j + 16) + s1);
    store(out + j + 32, load(out + j + 32) + s2);
    store(out + j + 48, load(out + j + 48) + s3);
  }
  for (; j < column_end; j += 16) {
    size_t columns = smaller(16, column_end - j);
    lanes s = splat(0);
    for (size_t r = 0; r < count; r++) {
      lanes x = load_first(a[r] + j, columns);
      s = b == NULL ? s + x : multiply_add(x, load_first(b[r] + j, columns), s);
    }
    store_first(out + j, columns, load_first(out + j, columns) + s);
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
