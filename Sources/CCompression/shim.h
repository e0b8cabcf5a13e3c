#include <lz4frame.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

// The header has these two as macros that Swift can't import.
static inline int fieldseal_deflate_init(z_stream *stream, int level, int window_bits) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}

static inline int fieldseal_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}
