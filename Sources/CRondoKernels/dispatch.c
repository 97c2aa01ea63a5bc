// Which variant runs: the dispatch table, and every exported function as a call through it.

#include <stdatomic.h>
#include <string.h>

#include "kernels.h"

// Selecting lazily from two threads at once is harmless: both store the same pointer.
static _Atomic(const struct rondo_kernels *) selected;

#if defined(__x86_64__)
static int has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
}

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#endif

static const struct rondo_kernels *best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (has_avx512()) return &rondo_kernels_avx512;
  if (has_avx2()) return &rondo_kernels_avx2;
  return &rondo_kernels_portable;
#elif defined(__aarch64__)
  return &rondo_kernels_neon;
#else
  return &rondo_kernels_portable;
#endif
}

static const struct rondo_kernels *kernels(void) {
  const struct rondo_kernels *table = atomic_load_explicit(&selected, memory_order_relaxed);
  if (table == NULL) {
    table = best();
    atomic_store_explicit(&selected, table, memory_order_relaxed);
  }
  return table;
}

int rondo_isa_select(const char *name) {
  const struct rondo_kernels *table = NULL;
  int known = 0;
  if (name == NULL) {
    table = best();
  } else if (strcmp(name, "portable") == 0) {
    table = &rondo_kernels_portable;
  } else if (strcmp(name, "avx512") == 0) {
    known = 1;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (has_avx512()) table = &rondo_kernels_avx512;
#endif
  } else if (strcmp(name, "avx2") == 0) {
    known = 1;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (has_avx2()) table = &rondo_kernels_avx2;
#endif
  } else if (strcmp(name, "neon") == 0) {
    known = 1;
#if defined(__aarch64__)
    table = &rondo_kernels_neon;
#endif
  }
  if (table == NULL) return known ? -2 : -1;
  atomic_store_explicit(&selected, table, memory_order_relaxed);
  return 0;
}

const char *rondo_isa_name(void) { return kernels()->name; }

#define RONDO_EXPORT(result, name, parameters, arguments) \
  result rondo_##name parameters { return kernels()->name arguments; }
RONDO_KERNELS(RONDO_EXPORT)
