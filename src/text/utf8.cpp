#include "quern/text/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace quern {
namespace {

struct Sequence {
  std::size_t length;  ///< of the well-formed sequence, or of the maximal subpart
  bool well_formed;
};

struct Lead {
  std::size_t length = 0;      ///< of the whole sequence; 0: no sequence begins so
  std::uint8_t low = 0x80;     ///< bounds of the second byte: they exclude overlong forms, surrogates and the space above U+10FFFF
  std::uint8_t high = 0xBF;
};

constexpr Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {0};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

Sequence sequence_at(std::string_view s, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(s[at + i]); };
  const Lead lead = lead_of(byte(0));
  if (lead.length <= 1) return {1, lead.length == 1};
  const std::size_t left = s.size() - at;
  if (left < 2 || byte(1) < lead.low || byte(1) > lead.high) return {1, false};
  std::size_t length = 2;
  while (length < lead.length && length < left && (byte(length) & 0xC0) == 0x80) ++length;
  return {length, length == lead.length};
}

std::uint64_t load_8_bytes(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

constexpr std::uint64_t kHighBits = 0x8080808080808080u;

std::size_t skip_ascii(std::string_view s, std::size_t at) noexcept {
  while (at + 32 <= s.size()) {
    const char* const p = s.data() + at;
    const std::uint64_t seen = load_8_bytes(p) | load_8_bytes(p + 8) | load_8_bytes(p + 16) | load_8_bytes(p + 24);
    if ((seen & kHighBits) != 0) break;
    at += 32;
  }
  while (at < s.size() && static_cast<std::uint8_t>(s[at]) < 0x80) ++at;
  return at;
}

}  // namespace

std::size_t first_invalid_utf8(std::string_view s) noexcept {
  std::size_t at = 0;
  while ((at = skip_ascii(s, at)) < s.size()) {
    do {
      const Sequence sequence = sequence_at(s, at);
      if (!sequence.well_formed) return at;
      at += sequence.length;
    } while (at < s.size() && static_cast<std::uint8_t>(s[at]) >= 0x80);
  }
  return at;
}

std::size_t repair_utf8(std::string& text) {
  std::size_t at = first_invalid_utf8(text);
  if (at == text.size()) return 0;
  std::string repaired;
  repaired.reserve(text.size() + 64);
  std::size_t replaced = 0;
  std::string_view rest = text;
  while (at < rest.size()) {
    repaired.append(rest.substr(0, at)).append("\uFFFD");
    rest.remove_prefix(at + sequence_at(rest, at).length);
    ++replaced;
    at = first_invalid_utf8(rest);
  }
  repaired.append(rest);
  text = std::move(repaired);
  return replaced;
}

std::size_t count_code_points(std::string_view s) noexcept {
  std::size_t continuation = 0;
  std::size_t at = 0;
  for (; at + 8 <= s.size(); at += 8) {
    // A continuation byte has its top bit set and the next one clear.
    const std::uint64_t word = load_8_bytes(s.data() + at);
    continuation += static_cast<std::size_t>(__builtin_popcountll(word & ~(word << 1) & kHighBits));
  }
  for (; at < s.size(); ++at) continuation += (static_cast<std::uint8_t>(s[at]) & 0xC0) == 0x80;
  return s.size() - continuation;
}

}  // namespace quern
