// Tells the thread sanitizer of Swift's Mutex where it is contended: that way to take it lies in Swift's own library, which is not
// built with the sanitizer, while the way to leave it is built into each program. scripts/test preloads this with
// --sanitize thread.

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#define SELF __attribute__((swift_context))

typedef __attribute__((swiftcall)) void lock_slow_function(uint32_t thread, SELF void *mutex);
typedef void acquire_function(void *address);

// Synchronization._MutexHandle._lockSlow(Swift.UInt32) -> ()
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"

__attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);

__attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF void *mutex) {
    ((lock_slow_function *)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, mutex);
    acquire_function *acquire = (acquire_function *)dlsym(RTLD_DEFAULT, "__tsan_acquire");
    if (acquire != NULL) acquire(mutex);
}
