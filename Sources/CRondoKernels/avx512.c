// Every kernel for x86-64 with AVX-512 (F, VL, BW, DQ) and FMA.

#if defined(__x86_64__)

#include <immintrin.h>

#define RONDO_VARIANT avx512
#define RONDO_NATIVE_LANES 16
#define RONDO_TILE_ROWS 6
#define RONDO_TILE_VECTORS 4
#define RONDO_PEAK_CHAINS 16

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "bodies/all.h"
#pragma clang attribute pop

#endif
