// The type-checking macros are for C callers that name the option literally.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

// Swift can't call C's variadic functions: one typed shim per kind of argument.
static inline CURLcode fieldseal_curl_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode fieldseal_curl_setopt_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode fieldseal_curl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode fieldseal_curl_setopt_data(CURL *handle, CURLoption option, curl_write_callback function) {
    return curl_easy_setopt(handle, option, function);
}
static inline CURLcode fieldseal_curl_setopt_progress(CURL *handle, curl_xferinfo_callback function) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
}
static inline CURLcode fieldseal_curl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
// CURL_GLOBAL_ALL is a macro of casts, which Swift does not import.
static inline CURLcode fieldseal_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_ALL);
}
