// Stands before glibc's allocator in the whole process: symbols of an executable come before those of its libraries.
#include "CAllocationCount.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local bool counting;
static _Thread_local bool trapping;
static _Thread_local uint64_t allocations;

void fieldseal_count_allocations(bool counts) { counting = counts; }
void fieldseal_trap_allocations(bool traps) { trapping = traps; }
uint64_t fieldseal_allocations(void) { return allocations; }

static void note(void) {
    if (!counting) return;
    allocations++;
    if (trapping) raise(SIGTRAP);
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note();
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    note();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note();
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
