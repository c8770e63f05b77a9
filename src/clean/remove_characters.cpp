#include "remove_characters.hpp"

#include "edits.hpp"
#include "quern/text/unicode.hpp"
#include "scan.hpp"

#include <algorithm>

namespace quern {

namespace {

/// First two bytes under which characters lie that one of the steps may remove: U+00AD, U+061C, U+2000..U+207F, private use, U+FDC0..U+FE3F,
/// U+FEC0..U+FEFF, U+FFC0..U+FFFF, the ends of the planes, and planes 14 to 16.
constexpr auto kMayGo = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  const bool soft_hyphen = (byte == 0xC2) & (next == 0xAD);
  const bool arabic_mark = (byte == 0xD8) & (next == 0x9C);
  const bool general = (byte == 0xE2) & ((next == 0x80) | (next == 0x81));
  const bool late = (byte == 0xEE) | ((byte == 0xEF) & ((next <= 0xA3) | (next == 0xB7) | (next == 0xB8) | (next == 0xBB) | (next == 0xBF)));
  const bool beyond = ((byte >= 0xF0) & ((next & 0x0F) == 0x0F)) | (byte >= 0xF3);
  return soft_hyphen | arabic_mark | general | late | beyond;
};

constexpr char32_t kBlackFlag = 0x1F3F4;

bool is_tag(char32_t c) { return c >= 0xE0020 && c <= 0xE007F; }

}  // namespace

CharacterRemover::CharacterRemover(std::vector<CharacterRange> ranges) : ranges_(std::move(ranges)) {
  std::ranges::sort(ranges_, {}, &CharacterRange::first);
}

bool CharacterRemover::has(char32_t c) const noexcept {
  const auto after = std::ranges::upper_bound(ranges_, c, {}, &CharacterRange::first);
  return after != ranges_.begin() && c <= std::prev(after)->last;
}

void CharacterRemover::remove_from(std::string& text, bool keep_flags) const {
  const std::string_view s = text;
  Edits edits(text);
  Scan scan(s, kMayGo);
  std::size_t flag_end = 0;  // where a black flag with its tags ends
  for (std::size_t at = scan.next(0); at < s.size();) {
    std::size_t end = at;
    const char32_t c = next_code_point(s, end);
    if (keep_flags && is_tag(c)) {
      std::size_t before = at >= 4 ? at - 4 : 0;
      const bool behind_flag = at >= 4 && s[before] == '\xF0' && next_code_point(s, before) == kBlackFlag;
      if (behind_flag || (at == flag_end && at != 0)) {
        flag_end = end;
        at = scan.next(end);
        continue;
      }
    }
    if (has(c)) edits.remove(at, end);
    at = scan.next(end);
  }
  edits.finish();
}

}  // namespace quern
