#include "Text.hpp"

#include <array>

namespace fieldseal::protobuf {
namespace {

bool IsContinuation(std::string_view text, size_t index, unsigned char low = 0x80, unsigned char high = 0xBF) {
    if (index >= text.size()) return false;
    auto byte = static_cast<unsigned char>(text[index]);
    return byte >= low && byte <= high;
}

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<signed char, 256> MakeValues() {
    std::array<signed char, 256> values{};
    for (auto &value : values) value = -1;
    for (int index = 0; index < 64; ++index) values[static_cast<unsigned char>(kAlphabet[index])] = static_cast<signed char>(index);
    return values;
}
constexpr std::array<signed char, 256> kValues = MakeValues();

void AppendEscape(unsigned char byte, ByteBuffer &out) {
    constexpr char digits[] = "0123456789abcdef";
    switch (byte) {
        case '"': return out.Append("\\\"");
        case '\\': return out.Append("\\\\");
        case '\b': return out.Append("\\b");
        case '\f': return out.Append("\\f");
        case '\n': return out.Append("\\n");
        case '\r': return out.Append("\\r");
        case '\t': return out.Append("\\t");
        default:
            out.Append("\\u00");
            out.Append(digits[byte >> 4]);
            out.Append(digits[byte & 15]);
    }
}

}  // namespace

size_t SequenceLength(std::string_view text) {
    auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    if (first < 0xC2) return 0;
    if (first < 0xE0) return IsContinuation(text, 1) ? 2 : 0;
    if (first < 0xF0) {
        // No longer form than needed, and no surrogates.
        unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
        unsigned char high = first == 0xED ? 0x9F : 0xBF;
        return IsContinuation(text, 1, low, high) && IsContinuation(text, 2) ? 3 : 0;
    }
    if (first > 0xF4) return 0;
    unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
    return IsContinuation(text, 1, low, high) && IsContinuation(text, 2) && IsContinuation(text, 3) ? 4 : 0;
}

bool AppendQuoted(std::string_view text, ByteBuffer &out) {
    out.Append('"');
    size_t pending = 0;
    size_t index = 0;
    while (index < text.size()) {
        auto byte = static_cast<unsigned char>(text[index]);
        if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
            ++index;
        } else if (byte >= 0x80) {
            size_t length = SequenceLength(text.substr(index));
            if (length == 0) return false;
            index += length;
        } else {
            out.Append(text.substr(pending, index - pending));
            AppendEscape(byte, out);
            pending = ++index;
        }
    }
    out.Append(text.substr(pending));
    out.Append('"');
    return true;
}

void AppendBase64(std::string_view bytes, ByteBuffer &out) {
    // Four characters a group cannot overflow: a payload is far below the half of what a size can say.
    char *to = out.Reserve((bytes.size() + 2) / 3 * 4);
    char *start = to;
    for (size_t index = 0; index < bytes.size(); index += 3) {
        size_t left = bytes.size() - index;
        unsigned group = static_cast<unsigned char>(bytes[index]) << 16;
        if (left > 1) group |= static_cast<unsigned char>(bytes[index + 1]) << 8;
        if (left > 2) group |= static_cast<unsigned char>(bytes[index + 2]);
        *to++ = kAlphabet[group >> 18];
        *to++ = kAlphabet[group >> 12 & 63];
        *to++ = left > 1 ? kAlphabet[group >> 6 & 63] : '=';
        *to++ = left > 2 ? kAlphabet[group & 63] : '=';
    }
    out.Commit(static_cast<size_t>(to - start));
}

bool DecodeBase64(std::string_view text, std::string &bytes) {
    bytes.clear();
    if (text.size() % 4 != 0) return false;
    bytes.reserve(text.size() / 4 * 3);
    for (size_t index = 0; index < text.size(); index += 4) {
        bool last = index + 4 == text.size();
        int padding = last && text[index + 3] == '=' ? (text[index + 2] == '=' ? 2 : 1) : 0;
        unsigned group = 0;
        for (int digit = 0; digit < 4; ++digit) {
            int value = digit < 4 - padding ? kValues[static_cast<unsigned char>(text[index + digit])] : 0;
            if (value < 0) return false;
            group = group << 6 | static_cast<unsigned>(value);
        }
        // Bits that stand for nothing are zero, or two texts would mean the same bytes.
        if ((padding == 1 && (group & 0xFF) != 0) || (padding == 2 && (group & 0xFFFF) != 0)) return false;
        bytes.push_back(static_cast<char>(group >> 16));
        if (padding < 2) bytes.push_back(static_cast<char>(group >> 8));
        if (padding < 1) bytes.push_back(static_cast<char>(group));
    }
    return true;
}

}  // namespace fieldseal::protobuf
