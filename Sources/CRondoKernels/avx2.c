// Every kernel for x86-64 with AVX2 and FMA.

#if defined(__x86_64__)

#include <immintrin.h>

#define RONDO_VARIANT avx2
#define RONDO_NATIVE_LANES 8
#define RONDO_GROUP 16
#define RONDO_STRIP 16
#define RONDO_TILE_ROWS 6
#define RONDO_TILE_VECTORS(rows) ((rows) == 1 ? 8 : (rows) == 2 ? 4 : 2)
#define RONDO_TILE_MOST_VECTORS 8
#define RONDO_TILES(X)                                            \
  X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6) X(1, 7) X(1, 8) \
  X(2, 1) X(2, 2) X(2, 3) X(2, 4)                                 \
  X(3, 1) X(3, 2)                                                 \
  X(4, 1) X(4, 2)                                                 \
  X(5, 1) X(5, 2)                                                 \
  X(6, 1) X(6, 2)
#define RONDO_PEAK_CHAINS 12

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "bodies/all.h"
#pragma clang attribute pop

#endif
