#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

/// The tag that a message to be opened must have, as a parameter. In C, since its name must live as long as the parameter: a
/// string of Swift's would be gone when the call that makes the parameter returns.
static inline OSSL_PARAM fieldseal_aead_tag(void *tag, size_t count) {
    return OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, count);
}
