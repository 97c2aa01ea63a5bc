// Counts what a thread allocates, for tests that promise to allocate nothing.
//
// With glibc this target replaces the C allocator's entry points by ones that count and then call glibc's own; elsewhere it counts nothing
// and says so.

#ifndef RONDO_ALLOCATION_COUNTER_H
#define RONDO_ALLOCATION_COUNTER_H

#include <stddef.h>

// Whether allocations are counted on this system.
int rondo_allocations_are_counted(void);

// The number of blocks that the calling thread has asked for (malloc, calloc, realloc and the aligned variants) since it began.
size_t rondo_allocation_count(void);

// The same of all threads together, since the process began.
size_t rondo_allocation_count_of_all_threads(void);

// The number of bytes in the calling thread's blocks.
size_t rondo_allocated_bytes(void);

#endif
