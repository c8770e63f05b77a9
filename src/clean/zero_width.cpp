#include "quern/clean/steps.hpp"
#include "remove_characters.hpp"

namespace quern {

namespace {

std::vector<CharacterRange> ranges_of(const ZeroWidthSpec& spec) {
  std::vector<CharacterRange> ranges = {{0x200B, 0x200B}, {0x2060, 0x2064}, {0x206A, 0x206F}, {0xFEFF, 0xFEFF}};
  const auto add = [&](bool wanted, std::initializer_list<CharacterRange> more) {
    if (wanted) ranges.insert(ranges.end(), more);
  };
  add(spec.bidi, {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}});
  add(spec.soft_hyphens, {{0x00AD, 0x00AD}});
  add(spec.tags, {{0xE0001, 0xE0001}, {0xE0020, 0xE007F}});
  add(spec.joiners, {{0x200C, 0x200D}});
  add(spec.variation_selectors, {{0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}});
  return ranges;
}

std::vector<CharacterRange> ranges_of(const ControlCharactersSpec& spec) {
  std::vector<CharacterRange> ranges;
  if (spec.noncharacters) {
    ranges.push_back({0xFDD0, 0xFDEF});
    for (char32_t plane = 0; plane <= 0x10; ++plane) ranges.push_back({plane << 16 | 0xFFFE, plane << 16 | 0xFFFF});
  }
  if (spec.annotation) ranges.push_back({0xFFF9, 0xFFFC});
  if (spec.private_use) ranges.insert(ranges.end(), {{0xE000, 0xF8FF}, {0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD}});
  if (spec.replacement) ranges.push_back({0xFFFD, 0xFFFD});
  return ranges;
}

}  // namespace

ZeroWidth prepare(const ZeroWidthSpec& spec) { return {std::make_shared<CharacterRemover>(ranges_of(spec)), spec.tags}; }

ControlCharacters prepare(const ControlCharactersSpec& spec) { return {std::make_shared<CharacterRemover>(ranges_of(spec))}; }

Reason apply(const ZeroWidth& step, std::string& text) {
  step.remover->remove_from(text, step.keep_flags);
  return Reason::none;
}

Reason apply(const ControlCharacters& step, std::string& text) {
  step.remover->remove_from(text, false);
  return Reason::none;
}

}  // namespace quern
