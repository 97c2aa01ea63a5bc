// Every kernel for arm64, where vectors of four floats and fused multiply-adds are always there.

#if defined(__aarch64__)

#define RONDO_VARIANT neon
#define RONDO_NATIVE_LANES 4
#define RONDO_TILE_ROWS 6
#define RONDO_TILE_VECTORS 4
#define RONDO_PEAK_CHAINS 16

#include "bodies/all.h"

#endif
