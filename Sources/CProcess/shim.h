#include <sys/prctl.h>

// prctl is variadic, which Swift can't call.
static inline int fieldseal_disable_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
