// Rows of a table, and their gradient.

static void gather(size_t rows, size_t width, const float *table, const int32_t *indices, float *y, size_t y_stride) {
  for (size_t r = 0; r < rows; r++) __builtin_memcpy(y + r * y_stride, table + (size_t)indices[r] * width, width * sizeof(float));
}

static void scatter_add(size_t rows, size_t width, size_t column_begin, size_t column_end, const float *y, size_t y_stride,
                        const int32_t *indices, float *table) {
  for (size_t r = 0; r < rows; r++) {
    const float *from = y + r * y_stride;
    float *to = table + (size_t)indices[r] * width;
    size_t j = column_begin;
    for (; j + 16 <= column_end; j += 16) store(to + j, load(to + j) + load(from + j));
    if (j < column_end) store_first(to + j, column_end - j, load_first(to + j, column_end - j) + load_first(from + j, column_end - j));
  }
}
