#include "corpus/gram_index.hpp"

#include "corpus/gram_hash.hpp"
#include "quern/base/error.hpp"

#include <algorithm>
#include <bit>

namespace quern {

void RoughFilter::start(std::size_t hashes) {
  const unsigned bits = static_cast<unsigned>(std::bit_width(std::max<std::size_t>(hashes, 16) / 4));
  words_.assign(std::size_t{1} << bits, 0);
  shift_ = 64 - bits;
}

GramIndex::GramIndex(std::vector<GramRow> rows, std::uint32_t ngram, std::uint32_t min_words, std::uint32_t max_items)
    : ngram_(ngram), min_words_(min_words), power_(roll_power(ngram)), short_power_(roll_power(min_words)), starts_{0} {
  const auto order = [](const GramRow& a, const GramRow& b) { return a.key != b.key ? a.key < b.key : a.item < b.item; };
  const auto same = [](const GramRow& a, const GramRow& b) { return a.key == b.key && a.item == b.item; };
  std::ranges::sort(rows, order);
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  std::size_t firsts = 0;  // rows[0, firsts) become the first row of each gram that stays
  for (std::size_t at = 0, end = 0; at < rows.size(); at = end) {
    while (end < rows.size() && rows[end].key == rows[at].key) ++end;
    if (end - at > max_items) {
      ++common_;
      continue;
    }
    add_gram(std::span(rows).subspan(at, end - at));
    rows[firsts++] = rows[at];
  }
  if (firsts >= UINT32_MAX) fail(ErrorKind::plan, "contamination.sets: {} different n-grams; at most {}", firsts, UINT32_MAX - 1);
  make_tables(std::span(rows).first(firsts));
}

void GramIndex::add_gram(std::span<const GramRow> rows) {
  keys_.push_back(rows.front().key);
  lengths_.push_back(static_cast<std::uint8_t>(rows.front().words));
  for (const GramRow& row : rows) postings_.push_back(row.item);
  starts_.push_back(postings_.size());
}

void GramIndex::make_tables(std::span<const GramRow> firsts) {
  const auto is_short = [&](const GramRow& row) { return row.words < ngram_; };
  grams_.start(firsts.size());
  const auto shorts = std::ranges::count_if(firsts, is_short);
  short_.start(static_cast<std::size_t>(shorts));
  has_short_ = shorts > 0;
  for (std::size_t gram = 0; gram < firsts.size(); ++gram) {
    const GramRow& row = firsts[gram];
    grams_.add(gram_slot(row.rolling, row.words), static_cast<std::uint32_t>(gram));
    if (!is_short(row)) continue;
    const std::uint64_t slot = gram_slot(row.short_rolling, min_words_), length = std::uint64_t{1} << (row.words - min_words_);
    if (std::uint64_t* const lengths = short_.find(slot)) {
      *lengths |= length;
    } else {
      short_.add(slot, length);
    }
  }
}

std::uint64_t GramIndex::bytes() const noexcept {
  return keys_.size() * (sizeof(Hash128) + 1) + starts_.size() * sizeof(std::uint64_t) + postings_.size() * sizeof(std::uint32_t) + grams_.bytes() +
         short_.bytes();
}

}  // namespace quern
