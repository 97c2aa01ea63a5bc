// The body of a variant: the file that includes this has set the macros
//   RONDO_VARIANT        the variant's name
//   RONDO_NATIVE_LANES   floats in a register: 16, 8 or 4
//   RONDO_GROUP          floats that a function is computed for side by side: 16, or more where there are registers for several chains
//   RONDO_TWO_ROUNDINGS  defined if there is no fused multiply-add
//   RONDO_STRIP          columns that packed weights keep together: 64 where the tiles are as wide, 16 where narrow tiles pass one by one
//   RONDO_TILE_ROWS      rows of the largest tile of a product whose sums stay in registers
//   RONDO_TILE_VECTORS(rows), RONDO_TILE_MOST_VECTORS
//                        native vectors of columns in a tile of that many rows, and the most of any
//   RONDO_TILES(X)       X(rows, vectors) for every such shape and all narrower ones
//   RONDO_PEAK_CHAINS    independent multiply-adds that saturate the processor
// and the target attribute of every function.

#pragma STDC FP_CONTRACT OFF
// Vectors wider than a register appear as arguments, but only of functions that are inlined, so no ABI is concerned.
#pragma clang diagnostic ignored "-Wpsabi"

#include "rondo_variants.h"

#include "lanes.h"

#define vector lanes
#define vector_integers integers
#define vector_unsigneds unsigneds
#include "functions.h"
#if RONDO_GROUP > 16
#undef vector
#undef vector_integers
#undef vector_unsigneds
#define vector group
#define vector_integers group_integers
#define vector_unsigneds group_unsigneds
#include "functions.h"
#endif
#undef vector
#undef vector_integers
#undef vector_unsigneds

#include "gemm.h"
#include "outer.h"

#include "operations.h"
#include "elementwise.h"
#include "row_program.h"

#include "softmax.h"

#include "embedding.h"
#include "optimizers.h"
#include "peak.h"
#include "random.h"

#define RONDO_STRING_(x) #x
#define RONDO_STRING(x) RONDO_STRING_(x)
#define RONDO_JOIN_(a, b) a##b
#define RONDO_JOIN(a, b) RONDO_JOIN_(a, b)
#define RONDO_ENTRY(result, name, parameters, arguments) .name = name,

extern const struct rondo_kernels RONDO_JOIN(rondo_kernels_, RONDO_VARIANT);
const struct rondo_kernels RONDO_JOIN(rondo_kernels_, RONDO_VARIANT) = {
  .name = RONDO_STRING(RONDO_VARIANT),
  RONDO_KERNELS(RONDO_ENTRY)
};
