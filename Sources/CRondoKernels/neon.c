// Every kernel for arm64, where vectors of four floats and fused multiply-adds are always there.

#if defined(__aarch64__)

#define RONDO_VARIANT neon
#define RONDO_NATIVE_LANES 4
#define RONDO_GROUP 16
#define RONDO_STRIP 16
#define RONDO_TILE_ROWS 6
#define RONDO_TILE_VECTORS(rows) ((rows) < 3 ? 8 : 4)
#define RONDO_TILE_MOST_VECTORS 8
#define RONDO_TILES(X)                                            \
  X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6) X(1, 7) X(1, 8) \
  X(2, 1) X(2, 2) X(2, 3) X(2, 4) X(2, 5) X(2, 6) X(2, 7) X(2, 8) \
  X(3, 1) X(3, 2) X(3, 3) X(3, 4)                                 \
  X(4, 1) X(4, 2) X(4, 3) X(4, 4)                                 \
  X(5, 1) X(5, 2) X(5, 3) X(5, 4)                                 \
  X(6, 1) X(6, 2) X(6, 3) X(6, 4)
#define RONDO_PEAK_CHAINS 16

#include "bodies/all.h"

#endif
