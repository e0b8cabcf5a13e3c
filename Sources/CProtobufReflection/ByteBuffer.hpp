#pragma once

#include <string.h>

#include <cstdlib>
#include <new>
#include <string_view>

#include "Failure.hpp"

namespace fieldseal::protobuf {

/// Growing bytes that are wiped when they move and when they are freed, since plaintext passes through them.
class ByteBuffer {
public:
    /// How large a conversion's result may be, in bytes.
    static constexpr size_t kMaximum = size_t{128} << 20;

    ByteBuffer() = default;
    ByteBuffer(const ByteBuffer &) = delete;
    ByteBuffer &operator=(const ByteBuffer &) = delete;
    ~ByteBuffer() { Free(); }

    const char *data() const { return base_; }
    size_t count() const { return count_; }

    /// Forgets what it holds, and gives room back that only a large record needed.
    void Clear() {
        count_ = 0;
        if (capacity_ > kKept) Free();
    }

    /// Room for `extra` more bytes; `Commit` says how many were written.
    char *Reserve(size_t extra) {
        if (extra > capacity_ - count_) Grow(extra);
        return base_ + count_;
    }
    void Commit(size_t written) { count_ += written; }

    void Append(char byte) {
        *Reserve(1) = byte;
        count_ += 1;
    }
    void Append(std::string_view bytes) {
        if (bytes.empty()) return;
        memcpy(Reserve(bytes.size()), bytes.data(), bytes.size());
        count_ += bytes.size();
    }

private:
    static constexpr size_t kKept = size_t{1} << 20;

    void Grow(size_t extra) {
        if (extra > kMaximum - count_) throw Failure{PBR_TOO_LARGE};
        size_t wanted = capacity_ * 2 > count_ + extra ? capacity_ * 2 : count_ + extra;
        if (wanted < 4096) wanted = 4096;
        if (wanted > kMaximum) wanted = kMaximum;
        char *bigger = static_cast<char *>(malloc(wanted));
        if (bigger == nullptr) throw std::bad_alloc();
        size_t held = count_;
        if (held > 0) memcpy(bigger, base_, held);
        Free();
        base_ = bigger;
        capacity_ = wanted;
        count_ = held;
    }

    void Free() {
        if (base_ == nullptr) return;
        explicit_bzero(base_, capacity_);
        free(base_);
        base_ = nullptr;
        capacity_ = 0;
        count_ = 0;
    }

    char *base_ = nullptr;
    size_t count_ = 0;
    size_t capacity_ = 0;
};

}  // namespace fieldseal::protobuf
