#include "allocation_counter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__GLIBC__)

static _Thread_local size_t block_count, byte_count;
static atomic_size_t block_count_of_all;

int rondo_allocations_are_counted(void) { return 1; }
size_t rondo_allocation_count(void) { return block_count; }
size_t rondo_allocated_bytes(void) { return byte_count; }
size_t rondo_allocation_count_of_all_threads(void) { return atomic_load(&block_count_of_all); }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static void count(size_t bytes) {
  block_count++;
  atomic_fetch_add_explicit(&block_count_of_all, 1, memory_order_relaxed);
  byte_count += bytes;
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  count(size);
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *block = memalign(alignment, size);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

void free(void *block) { __libc_free(block); }

#else

int rondo_allocations_are_counted(void) { return 0; }
size_t rondo_allocation_count(void) { return 0; }
size_t rondo_allocated_bytes(void) { return 0; }
size_t rondo_allocation_count_of_all_threads(void) { return 0; }

#endif
