#include "tokenize/char_class.hpp"

#include "quern/text/unicode.hpp"

#include <cstring>
#include <map>
#include <vector>

namespace quern::scan {

namespace {

std::uint8_t class_of(char32_t c) {
  if (c == U'\r' || c == U'\n') return kNewline;
  if (is_white_space(c)) return kSpace;
  switch (category(c)) {
    case Category::Lu:
    case Category::Lt:
      return kUpper;
    case Category::Ll:
      return kLower;
    case Category::Lm:
    case Category::Lo:
      return kUncased;
    case Category::Mn:
    case Category::Mc:
    case Category::Me:
      return kMark;
    case Category::Nd:
    case Category::Nl:
    case Category::No:
      return kNumber;
    default:
      return kOther;
  }
}

/// `lead`: the first byte of a character of two (C2-DF) or three (E0-EF) bytes.
bool begins_only(unsigned classes, const ClassTable& table, unsigned lead) {
  const char32_t count = lead < 0xE0 ? 64 : 4096;
  const char32_t start = lead < 0xE0 ? (lead - 0xC0) * count : (lead - 0xE0) * count;
  for (char32_t c = start; c < start + count; ++c) {
    if ((table.of(c) & classes) == 0) return false;
  }
  return true;
}

}  // namespace

ClassTable::ClassTable() {
  using Block = std::array<std::uint8_t, 256>;
  std::map<Block, std::uint16_t> known;
  std::vector<Block> distinct;
  for (std::size_t number = 0; number < block.size(); ++number) {
    Block values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = class_of(static_cast<char32_t>(number * 256 + i));
    const auto [place, is_new] = known.try_emplace(values, static_cast<std::uint16_t>(distinct.size()));
    if (is_new) distinct.push_back(values);
    block[number] = place->second;
  }
  classes = std::make_unique<Block[]>(distinct.size());
  std::memcpy(classes.get(), distinct.data(), distinct.size() * sizeof(Block));
  std::memcpy(byte.data(), distinct[block[0]].data(), 128);
  for (unsigned lead = 0xC2; lead < 0xF0; ++lead) {
    const auto add_to = [&](std::uint8_t& row) { row = static_cast<std::uint8_t>(row | 1u << (lead / 16 - 8)); };
    if (begins_only(kLetter, *this, lead)) add_to(letter_leads[lead % 16]);
    if (begins_only(kUncased, *this, lead)) add_to(uncased_leads[lead % 16]);
  }
}

const ClassTable& class_table() {
  static const ClassTable table;
  return table;
}

}  // namespace quern::scan
