#include "JSONCursor.hpp"

#include "Text.hpp"

namespace fieldseal::protobuf {
namespace {

void AppendUTF8(unsigned point, std::string &out) {
    auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
        put(0xC0 | point >> 6);
    } else {
        if (point < 0x10000) {
            put(0xE0 | point >> 12);
        } else {
            put(0xF0 | point >> 18);
            put(0x80 | (point >> 12 & 0x3F));
        }
        put(0x80 | (point >> 6 & 0x3F));
    }
    put(0x80 | (point & 0x3F));
}

}  // namespace

bool JSONCursor::TakeWord(std::string_view word) {
    Space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
}

std::string JSONCursor::String() {
    if (!Take('"')) Fail(PBR_MISMATCH);
    std::string out;
    size_t pending = at_;
    while (true) {
        if (at_ >= text_.size()) Fail(PBR_MALFORMED);
        auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte == '"') {
            out.append(text_.substr(pending, at_ - pending));
            ++at_;
            return out;
        }
        if (byte == '\\') {
            out.append(text_.substr(pending, at_ - pending));
            Escape(out);
            pending = at_;
        } else if (byte < 0x20) {
            Fail(PBR_MALFORMED);
        } else {
            size_t length = SequenceLength(text_.substr(at_));
            if (length == 0) Fail(PBR_BAD_TEXT);
            at_ += length;
        }
    }
}

void JSONCursor::Escape(std::string &out) {
    if (at_ + 1 >= text_.size()) Fail(PBR_MALFORMED);
    char kind = text_[at_ + 1];
    at_ += 2;
    switch (kind) {
        case '"': case '\\': case '/': return out.push_back(kind);
        case 'b': return out.push_back('\b');
        case 'f': return out.push_back('\f');
        case 'n': return out.push_back('\n');
        case 'r': return out.push_back('\r');
        case 't': return out.push_back('\t');
        case 'u': break;
        default: Fail(PBR_MALFORMED);
    }
    unsigned point = HexDigits();
    if (point >= 0xDC00 && point < 0xE000) Fail(PBR_BAD_TEXT);
    if (point >= 0xD800 && point < 0xDC00) {
        if (text_.substr(at_, 2) != "\\u") Fail(PBR_BAD_TEXT);
        at_ += 2;
        unsigned low = HexDigits();
        if (low < 0xDC00 || low >= 0xE000) Fail(PBR_BAD_TEXT);
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUTF8(point, out);
}

unsigned JSONCursor::HexDigits() {
    unsigned value = 0;
    for (int digit = 0; digit < 4; ++digit) {
        if (at_ >= text_.size()) Fail(PBR_MALFORMED);
        char c = text_[at_];
        unsigned nibble;
        if (c >= '0' && c <= '9') nibble = static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f') nibble = static_cast<unsigned>(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F') nibble = static_cast<unsigned>(c - 'A' + 10);
        else Fail(PBR_MALFORMED);
        value = value << 4 | nibble;
        ++at_;
    }
    return value;
}

std::string_view JSONCursor::Number() {
    char first = Peek();
    if (first != '-' && (first < '0' || first > '9')) Fail(PBR_MISMATCH);
    size_t start = at_;
    if (first == '-') ++at_;
    if (at_ < text_.size() && text_[at_] == '0') ++at_;
    else Digits();
    if (at_ < text_.size() && text_[at_] == '.') {
        ++at_;
        Digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
        Digits();
    }
    return text_.substr(start, at_ - start);
}

void JSONCursor::Digits() {
    if (!IsDigit()) Fail(PBR_MALFORMED);
    while (IsDigit()) ++at_;
}

}  // namespace fieldseal::protobuf
