// Which variant runs: the dispatch table, and every exported function as a call through it.

#include <stdatomic.h>
#include <string.h>

#include "rondo_kernels.h"
#include "rondo_variants.h"

#if defined(__x86_64__)
extern const struct rondo_kernels rondo_kernels_avx512, rondo_kernels_avx2;
#elif defined(__aarch64__)
extern const struct rondo_kernels rondo_kernels_neon;
#endif
extern const struct rondo_kernels rondo_kernels_portable;

// The variants' names, the best one first, and their tables: NULL where this processor lacks the instructions.
#define VARIANT_COUNT 4
static const char *const names[VARIANT_COUNT] = {"avx512", "avx2", "neon", "portable"};

static const struct rondo_kernels *variant(int index) {
  switch (index) {
#if defined(__x86_64__)
  case 0:
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma")
               ? &rondo_kernels_avx512
               : NULL;
  case 1:
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &rondo_kernels_avx2 : NULL;
#elif defined(__aarch64__)
  case 2: return &rondo_kernels_neon;
#endif
  case 3: return &rondo_kernels_portable;
  default: return NULL;
  }
}

// -1 if there is no such name.
static int variant_index(const char *name) {
  for (int i = 0; i < VARIANT_COUNT; i++)
    if (strcmp(name, names[i]) == 0) return i;
  return -1;
}

static const struct rondo_kernels *best_variant(void) {
  int i = 0;
  while (variant(i) == NULL) i++;
  return variant(i);
}

// Selecting lazily from two threads at once is harmless: both store the same pointer.
static _Atomic(const struct rondo_kernels *) selected;

static const struct rondo_kernels *kernels(void) {
  const struct rondo_kernels *table = atomic_load_explicit(&selected, memory_order_relaxed);
  if (table == NULL) {
    table = best_variant();
    atomic_store_explicit(&selected, table, memory_order_relaxed);
  }
  return table;
}

const struct rondo_kernels *rondo_variant(const char *name) { return variant(variant_index(name)); }

int rondo_isa_select(const char *name) {
  if (name != NULL && variant_index(name) < 0) return -1;
  const struct rondo_kernels *table = name == NULL ? best_variant() : rondo_variant(name);
  if (table == NULL) return -2;
  atomic_store_explicit(&selected, table, memory_order_relaxed);
  return 0;
}

const char *rondo_isa_name(void) { return kernels()->name; }

#define RONDO_EXPORT(result, name, parameters, arguments) \
  result rondo_##name parameters { return kernels()->name arguments; }
RONDO_KERNELS(RONDO_EXPORT)
