#include "quern/text/nfc.hpp"

#include "nfc_icu.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace quern {
namespace {

/// Whether a character begins a new stretch: nothing before it can reorder across it or combine with it.
bool is_boundary(const unicode::Record& r) noexcept { return r.combining_class == 0 && (r.flags & unicode::kNfcUncertain) == 0; }

/// Lead bytes under which every character is a boundary (ASCII, Latin-1, most of Han and Hangul): known without decoding.
class PlainLeads {
 public:
  PlainLeads() {
    plain_.fill(1);
    for (char32_t c = 0; c < 0x800; ++c) {
      if (!is_boundary(unicode::record(c))) plain_[c < 0x80 ? c : 0xC0 | c >> 6] = 0;
    }
    // From here on a lead byte stands for whole blocks of the table.
    std::array<bool, unicode::kMaxDistinctBlocks> row_is_plain;
    std::transform(unicode::kTables.record.begin(), unicode::kTables.record.end(), row_is_plain.begin(), all_boundaries);
    for (char32_t c = 0x800; c <= 0x10FFFF; c += unicode::kBlockSize) {
      if (!row_is_plain[unicode::kTables.block[c / unicode::kBlockSize]]) plain_[c < 0x10000 ? 0xE0 | c >> 12 : 0xF0 | c >> 18] = 0;
    }
  }
  bool operator[](char lead) const noexcept { return plain_[static_cast<unsigned char>(lead)] != 0; }

 private:
  static bool all_boundaries(const std::array<std::uint8_t, unicode::kBlockSize>& row) {
    return std::all_of(row.begin(), row.end(), [](std::uint8_t r) { return is_boundary(unicode::kTables.records[r]); });
  }
  std::array<std::uint8_t, 256> plain_;
};

const PlainLeads kPlainLeads;

std::size_t sequence_length(char lead_byte) noexcept {
  const auto lead = static_cast<unsigned char>(lead_byte);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// Offset of the first byte at or after `at` that is not ASCII, or s.size().
std::size_t skip_ascii(std::string_view s, std::size_t at) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080u;
  for (; at + 32 <= s.size(); at += 32) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), s.data() + at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & kHighBits) != 0) break;
  }
  while (at < s.size() && static_cast<unsigned char>(s[at]) < 0x80) ++at;
  return at;
}

/// The stretch around the first character at or after `at` (a boundary, or the start) that fails the quick check.
struct Window {
  std::size_t begin;
  std::size_t end;  ///< begin == end == s.size(): all passes
};

std::size_t next_boundary(std::string_view s, std::size_t at) noexcept {
  while (at < s.size()) {
    const std::size_t begin = at;
    if (is_boundary(unicode::record(next_code_point(s, at)))) return begin;
  }
  return at;
}

Window next_window(std::string_view s, std::size_t at) noexcept {
  std::size_t boundary = at;  // begin of the stretch that `at` lies in
  std::uint8_t last_class = 0;
  while (at < s.size()) {
    if (kPlainLeads[s[at]]) {
      if (static_cast<unsigned char>(s[at]) < 0x80) {
        at = skip_ascii(s, at);
        boundary = at - 1;
      } else {
        boundary = at;
        at += sequence_length(s[at]);
      }
      last_class = 0;
      continue;
    }
    const std::size_t begin = at;
    const unicode::Record& r = unicode::record(next_code_point(s, at));
    if ((r.flags & unicode::kNfcUncertain) != 0 || (r.combining_class != 0 && r.combining_class < last_class)) {
      return {boundary, next_boundary(s, at)};
    }
    if (r.combining_class == 0) boundary = begin;
    last_class = r.combining_class;
  }
  return {s.size(), s.size()};
}

const IcuNfc& icu_nfc() {
  static const IcuNfc nfc(installed_unicode_version());
  return nfc;
}

// A call costs about as much as the work on this many bytes: windows nearer to each other are given to ICU as one.
constexpr std::size_t kMergeBytes = 32;

}  // namespace

bool passes_nfc_quick_check(std::string_view text) noexcept { return next_window(text, 0).begin == text.size(); }

bool normalize_nfc(std::string& text) {
  const std::string_view s = text;
  Window window = next_window(s, 0);
  if (window.begin == s.size()) return false;
  std::string normalized;
  normalized.reserve(s.size());
  std::size_t copied = 0;
  while (window.begin < s.size()) {
    Window next = next_window(s, window.end);
    while (next.begin < s.size() && next.begin - window.end <= kMergeBytes) {
      window.end = next.end;
      next = next_window(s, window.end);
    }
    normalized.append(s.substr(copied, window.begin - copied));
    icu_nfc().append(s.substr(window.begin, window.end - window.begin), normalized);
    copied = window.end;
    window = next;
  }
  normalized.append(s.substr(copied));
  text = std::move(normalized);
  return true;
}

}  // namespace quern
