// Every kernel for any processor: no instruction set is assumed, and a multiply-add rounds twice.

#define RONDO_VARIANT portable
#define RONDO_NATIVE_LANES 4
#define RONDO_GROUP 16
#define RONDO_TWO_ROUNDINGS
#define RONDO_STRIP 16
#define RONDO_TILE_ROWS 3
#define RONDO_TILE_VECTORS(rows) 2
#define RONDO_TILE_MOST_VECTORS 2
#define RONDO_TILES(X) X(1, 1) X(1, 2) X(2, 1) X(2, 2) X(3, 1) X(3, 2)
#define RONDO_PEAK_CHAINS 12

#include "bodies/all.h"
