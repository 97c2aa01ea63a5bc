// Every kernel for x86-64 with AVX-512 (F, VL, BW, DQ) and FMA.

#if defined(__x86_64__)

#include <immintrin.h>

#define RONDO_VARIANT avx512
#define RONDO_NATIVE_LANES 16
#define RONDO_GROUP 32
#define RONDO_STRIP 64
#define RONDO_TILE_ROWS 6
#define RONDO_TILE_VECTORS(rows) 4
#define RONDO_TILE_MOST_VECTORS 4
#define RONDO_TILES(X)            \
  X(1, 1) X(1, 2) X(1, 3) X(1, 4) \
  X(2, 1) X(2, 2) X(2, 3) X(2, 4) \
  X(3, 1) X(3, 2) X(3, 3) X(3, 4) \
  X(4, 1) X(4, 2) X(4, 3) X(4, 4) \
  X(5, 1) X(5, 2) X(5, 3) X(5, 4) \
  X(6, 1) X(6, 2) X(6, 3) X(6, 4)
#define RONDO_PEAK_CHAINS 12

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "bodies/all.h"
#pragma clang attribute pop

#endif
