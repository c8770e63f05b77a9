#include "normalized_grams.hpp"

#include "quern/base/hash.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

}  // namespace

void NormalizedGrams::start() {
  text_.clear();
  begins_.assign(1, 0);
  chars_before_.assign(1, 0);
  chars_ = 0;
}

void NormalizedGrams::add(char32_t c) {
  append_utf8(text_, c);
  ++chars_;
}

void NormalizedGrams::end_word() {
  if (text_.size() == begins_.back()) return;
  begins_.push_back(static_cast<std::uint32_t>(text_.size()));
  chars_before_.push_back(chars_);
}

void NormalizedGrams::number_words(RedPajamaCounts& counts) {
  const std::size_t words = begins_.size() - 1;
  words_.resize(words);
  first_.clear(), times_.clear();
  table_.start(words / 4);
  for (std::size_t i = 0; i < words; ++i) {
    if (table_.is_full()) table_.grow();
    const std::uint32_t id = table_.class_of(hash64(word(i)), [&](std::uint32_t other) { return word(first_[other]) == word(i); });
    if (id == first_.size()) first_.push_back(static_cast<std::uint32_t>(i)), times_.push_back(0);
    ++times_[id];
    words_[i] = id;
  }
  counts.words = words;
  counts.word_chars = chars_;
  counts.different_words = first_.size();
}

void NormalizedGrams::count_words(RedPajamaCounts& counts) const {
  // ln(total) - sum(x ln x) / total, times the total.
  Uint128 part = 0;
  for (const std::uint32_t times : times_) {
    if (times > 1) part += Uint128{times} * fixed_log(times);
  }
  const Uint128 all = counts.words == 0 ? Uint128{0} : Uint128{counts.words} * fixed_log(counts.words);
  counts.entropy = all > part ? static_cast<std::uint64_t>(all - part) : 0;
  for (std::size_t i = 0; i < counts.words; ++i) {
    counts.javascript += word(i) == "javascript";
    counts.lorem_ipsum += i + 1 < counts.words && word(i).ends_with("lorem") && word(i + 1).starts_with("ipsum");
  }
}

/// From the (n-1)-grams in ids_; false: none of n stands twice. An n-gram can only where its (n-1)-gram does, and is that one and a word.
bool NormalizedGrams::number_grams(std::size_t n) {
  const std::size_t words = words_.size();
  first_.clear(), times_.clear();
  table_.start(64);
  for (std::size_t i = 0; i + n <= words; ++i) {
    if (ids_[i] == kNone) continue;
    if (table_.is_full()) table_.grow();
    const std::uint32_t id = table_.class_of(std::uint64_t{ids_[i]} << 32 | words_[i + n - 1]);
    if (id == first_.size()) first_.push_back(static_cast<std::uint32_t>(i)), times_.push_back(0);
    ++times_[id];
    ids_[i] = id;
  }
  bool any = false;
  for (std::size_t i = 0; i < words; ++i) {
    if (i + n > words || (ids_[i] != kNone && times_[ids_[i]] == 1)) ids_[i] = kNone;
    any = any || ids_[i] != kNone;
  }
  return any;
}

// Of equally frequent ones the first.
std::uint64_t NormalizedGrams::top_chars(std::size_t n) const {
  const auto top = std::max_element(times_.begin(), times_.end());
  const auto id = static_cast<std::size_t>(top - times_.begin());
  return *top * chars_of(first_[id], n);
}

std::uint64_t NormalizedGrams::duplicate_chars(std::size_t n) const {
  std::uint64_t chars = 0;
  std::size_t covered = 0;  // words before this one have been counted
  for (std::size_t i = 0; i + n <= words_.size(); ++i) {
    if (ids_[i] == kNone) continue;
    const std::size_t begin = std::max(i, covered);
    chars += chars_of(begin, i + n - begin);
    covered = i + n;
  }
  return chars;
}

void NormalizedGrams::count(RedPajamaCounts& counts) {
  number_words(counts);
  count_words(counts);
  ids_ = words_;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (times_[words_[i]] == 1) ids_[i] = kNone;
  }
  for (std::size_t n = 2; n <= 10; ++n) {
    if (!number_grams(n)) return;
    if (n <= 4) counts.top_chars[n - 2] = top_chars(n);
    if (n >= 5) counts.duplicate_chars[n - 5] = duplicate_chars(n);
  }
}

void NormalizedGrams::shrink() {
  constexpr std::size_t kKept = std::size_t{1} << 20;
  if (text_.capacity() > 8 * kKept) text_ = {};
  for (auto* values : {&begins_, &chars_before_, &words_, &ids_, &first_, &times_}) {
    if (values->capacity() > kKept) *values = {};
  }
  table_.shrink(kKept);
}

}  // namespace quern
