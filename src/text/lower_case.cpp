#include "quern/text/lower_case.hpp"

#include "quern/text/unicode.hpp"

#include <unicode/uchar.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quern {
namespace {

constexpr char32_t kSigma = 0x3A3, kFinalSigma = 0x3C2, kSmallSigma = 0x3C3, kDottedI = 0x130, kDotAbove = 0x307;

/// Lower case of a character by itself; those that are younger than the fixed version have none.
char32_t simple_lower(char32_t c) noexcept {
  if (c < 0x80) return c - U'A' < 26 ? c + 32 : c;
  if (category(c) == Category::Cn) return c;
  return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
}

/// simple_lower of the first planes' cased scripts, asked once. Below U+2000 nearly everything that has two cases lies.
class LowerTable {
 public:
  static constexpr char32_t kEnd = 0x2000;
  LowerTable() {
    for (char32_t c = 0; c < kEnd; ++c) lower_[c] = static_cast<std::uint16_t>(simple_lower(c));
  }
  char32_t operator[](char32_t c) const noexcept { return lower_[c]; }

 private:
  std::array<std::uint16_t, kEnd> lower_{};
};

bool has_property(char32_t c, UProperty property) noexcept {
  return category(c) != Category::Cn && u_hasBinaryProperty(static_cast<UChar32>(c), property) != 0;
}
bool is_ignorable(char32_t c) noexcept { return has_property(c, UCHAR_CASE_IGNORABLE); }
bool is_cased(char32_t c) noexcept { return has_property(c, UCHAR_CASED); }

/// Lowers the bytes A to Z of a piece, eight at a time. Bytes beyond ASCII stay.
void lower_ascii(const char* from, std::size_t bytes, char* to) noexcept {
  for (std::size_t i = 0; i < bytes; ++i) {
    const auto byte = static_cast<std::uint8_t>(from[i]);
    to[i] = static_cast<char>(byte + (static_cast<std::uint8_t>(byte - 'A') < 26 ? 32 : 0));
  }
}

std::size_t ascii_end(std::string_view s, std::size_t at) noexcept {
  for (; at + 8 <= s.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, s.data() + at, sizeof word);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  while (at < s.size() && static_cast<std::uint8_t>(s[at]) < 0x80) ++at;
  return at;
}

/// Unicode 15.0, table 3-17, Final_Sigma.
class SigmaContext {
 public:
  explicit SigmaContext(std::string_view s) noexcept : s_(s) {}

  bool is_final(std::size_t begin, std::size_t end) noexcept { return is_behind_cased(begin) && !is_before_cased(end); }

 private:
  // Each walk ends at a sigma, or at what would end the next walk: a row of ignorable characters is passed over once by each of its two ends.
  bool is_behind_cased(std::size_t at) const noexcept {
    while (at > 0) {
      do --at;
      while ((static_cast<std::uint8_t>(s_[at]) & 0xC0) == 0x80);
      std::size_t next = at;
      const char32_t c = next_code_point(s_, next);
      if (!is_ignorable(c)) return is_cased(c);
    }
    return false;
  }
  bool is_before_cased(std::size_t at) const noexcept {
    while (at < s_.size()) {
      const char32_t c = next_code_point(s_, at);
      if (!is_ignorable(c)) return is_cased(c);
    }
    return false;
  }

  std::string_view s_;
};

void append_lower(std::string_view s, std::size_t& at, std::string& out) {
  static const LowerTable table;
  const std::size_t begin = at;
  const char32_t c = next_code_point(s, at);
  if (c == kSigma) {
    append_utf8(out, SigmaContext(s).is_final(begin, at) ? kFinalSigma : kSmallSigma);
  } else if (c == kDottedI) {
    out += 'i';
    append_utf8(out, kDotAbove);
  } else {
    const char32_t low = c < LowerTable::kEnd ? table[c] : simple_lower(c);
    if (low == c) {
      out.append(s, begin, at - begin);
    } else {
      append_utf8(out, low);
    }
  }
}

}  // namespace

void lower_case(std::string& text) {
  const std::string_view s = text;
  std::size_t at = ascii_end(s, 0);
  if (at == s.size()) return lower_ascii(s.data(), at, text.data());
  thread_local std::string out;
  out.clear();
  for (at = 0; at < s.size();) {
    const std::size_t end = ascii_end(s, at);
    const std::size_t had = out.size();
    out.resize(had + end - at);
    lower_ascii(s.data() + at, end - at, out.data() + had);
    for (at = end; at < s.size() && static_cast<std::uint8_t>(s[at]) >= 0x80;) append_lower(s, at, out);
  }
  text.swap(out);
  if (out.capacity() > std::size_t{4} << 20) std::string().swap(out);
}

}  // namespace quern
