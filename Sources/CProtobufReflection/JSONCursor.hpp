#pragma once

#include <string>
#include <string_view>

#include "Failure.hpp"

namespace fieldseal::protobuf {

/// A place in a JSON text (RFC 8259) that moves on token by token. Strings are decoded, and must be UTF-8.
class JSONCursor {
public:
    explicit JSONCursor(std::string_view text) : text_(text) {}

    /// Where it is, in bytes.
    size_t offset() const { return at_; }

    /// The first byte of the next token; 0 at the end.
    char Peek() {
        Space();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    /// Passes over `symbol`, if that is next.
    bool Take(char symbol) {
        if (Peek() != symbol || at_ >= text_.size()) return false;
        ++at_;
        return true;
    }
    void Expect(char symbol) {
        if (!Take(symbol)) Fail(PBR_MALFORMED);
    }
    /// Passes over null, true or false, if that is next.
    bool TakeWord(std::string_view word);
    /// Throws unless nothing is left.
    void ExpectEnd() {
        Space();
        if (at_ != text_.size()) Fail(PBR_MALFORMED);
    }

    /// A string's content.
    std::string String();
    /// A number's token; throws `PBR_MISMATCH` where another value is next.
    std::string_view Number();

    [[noreturn]] void Fail(pbr_status status) const { throw Failure{status, at_}; }

private:
    void Space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
    }
    bool IsDigit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
    void Digits();
    void Escape(std::string &out);
    unsigned HexDigits();

    std::string_view text_;
    size_t at_ = 0;
};

}  // namespace fieldseal::protobuf
