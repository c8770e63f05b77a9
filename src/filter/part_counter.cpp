#include "part_counter.hpp"

#include "quern/base/hash.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"
#include "rough_hash.hpp"

#include <algorithm>

namespace quern {

namespace {

struct Place {
  std::size_t begin, end;
};

/// The text without white space at its two ends.
Place stripped(std::string_view text) {
  std::size_t begin = 0, end = text.size();
  while (begin < end) {
    const tokens::Character c = tokens::character_at(text, begin);
    if ((c.classes & kTokenSpace) == 0) break;
    begin = c.end;
  }
  while (end > begin) {
    const std::size_t last = tokens::previous(text, end);
    if ((tokens::character_at(text, last).classes & kTokenSpace) == 0) break;
    end = last;
  }
  return {begin, end};
}

}  // namespace

void PartCounter::add(std::size_t begin, std::size_t end) {
  if (begin == end) return;
  begins_.push_back(static_cast<std::uint32_t>(begin));
  lengths_.push_back(static_cast<std::uint32_t>(end - begin));
}

void PartCounter::find_lines(std::string_view text, std::span<const std::uint32_t> newlines) {
  start(text);
  std::size_t begin = 0;
  for (const std::uint32_t newline : newlines) {
    add(begin, newline);
    begin = newline + std::size_t{1};
  }
  add(begin, text.size());
}

// The stripped text has no LF at its ends.
void PartCounter::find_paragraphs(std::string_view text, std::span<const std::uint32_t> newlines) {
  start(text);
  auto [begin, end] = stripped(text);
  auto newline = std::lower_bound(newlines.begin(), newlines.end(), begin);
  const auto last = std::lower_bound(newline, newlines.end(), end);
  while (newline != last) {
    const std::size_t row = *newline;
    std::size_t next = row;
    while (newline != last && *newline == next) ++newline, ++next;
    if (next - row == 1) continue;
    add(begin, row);
    begin = next;
  }
  add(begin, end);
}

PartCounter::Parts PartCounter::count_at_most() {
  Parts parts{.all = begins_.size()};
  met_.start(begins_.size());
  hashes_.resize(begins_.size());
  repeaters_.clear();
  for (std::size_t i = 0; i < begins_.size(); ++i) {
    hashes_[i] = rough_hash(text_, begins_[i], lengths_[i]);
    if (!met_.meet(hashes_[i])) continue;
    repeaters_.push_back(static_cast<std::uint32_t>(i));
    parts.duplicate_chars += lengths_[i];
  }
  parts.duplicates = repeaters_.size();
  return parts;
}

PartCounter::Parts PartCounter::count() {
  Parts parts{.all = begins_.size()};
  if (repeaters_.empty()) return parts;
  again_.start(repeaters_.size());
  for (const std::uint32_t repeater : repeaters_) again_.meet(hashes_[repeater]);
  table_.start(2 * repeaters_.size());
  first_.clear();
  for (std::size_t i = 0; i < begins_.size(); ++i) {
    if (!again_.has_met(hashes_[i])) continue;
    if (table_.is_full()) table_.grow();
    const std::uint32_t id = table_.class_of(hash64(part(i)), [&](std::uint32_t other) { return part(first_[other]) == part(i); });
    if (id == first_.size()) {
      first_.push_back(static_cast<std::uint32_t>(i));
    } else {
      ++parts.duplicates;
      parts.duplicate_chars += count_code_points(part(i));
    }
  }
  return parts;
}

void PartCounter::shrink(std::size_t most) {
  for (auto* values : {&begins_, &lengths_, &repeaters_, &first_}) {
    if (values->capacity() > most) *values = {};
  }
  if (hashes_.capacity() > most) hashes_ = {};
  met_.shrink(most);
  again_.shrink(most);
  table_.shrink(most);
}

}  // namespace quern
