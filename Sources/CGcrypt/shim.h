#include <gcrypt.h>

// Swift can't call C's variadic gcry_control.
static inline int fieldseal_gcrypt_is_initialized(void) {
    return gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0;
}

// Without secure memory: that pool is 32 KiB for the whole process and runs out; libgcrypt wipes a cipher handle when
// it closes it either way.
static inline int fieldseal_gcrypt_finish_initialization(void) {
    return gcry_control(GCRYCTL_DISABLE_SECMEM, 0) == 0 && gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0) == 0;
}
