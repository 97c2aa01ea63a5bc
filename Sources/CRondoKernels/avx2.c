// Every kernel for x86-64 with AVX2 and FMA.

#if defined(__x86_64__)

#include <immintrin.h>

#define RONDO_VARIANT avx2
#define RONDO_NATIVE_LANES 8
#define RONDO_TILE_ROWS 6
#define RONDO_TILE_VECTORS 2
#define RONDO_PEAK_CHAINS 12

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "bodies/all.h"
#pragma clang attribute pop

#endif
