#ifndef FIELDSEAL_ALLOCATION_COUNT_H
#define FIELDSEAL_ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/// Begins or ends to count the calling thread's allocations.
void fieldseal_count_allocations(bool counts);

/// The allocations of the calling thread while it counted.
uint64_t fieldseal_allocations(void);

/// Makes the next counted allocations stop the process in a debugger, so that a person sees where they come from.
void fieldseal_trap_allocations(bool traps);

#endif
