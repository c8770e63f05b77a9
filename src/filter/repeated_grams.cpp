#include "repeated_grams.hpp"

#include "quern/text/utf8.hpp"
#include "rough_hash.hpp"

#include <algorithm>
#include <numeric>

namespace quern {

namespace {

constexpr std::size_t kLongestRow = RepetitionCounts::kMost - GramSieve::kLeast + 1;

}  // namespace

void RepeatedGrams::start(std::string_view text, const TokenPlaces& tokens, GramSieve& sieve) {
  text_ = text;
  tokens_ = &tokens;
  sieve_ = &sieve;
  repeated_found_ = false;
}

std::uint64_t RepeatedGrams::top_chars(std::size_t n) {
  if (tokens_->count < n) return 0;
  const Top top = find_top(n);
  return top.count * (chars_of(top.at, top.at + n) + n - 1);
}

RepeatedGrams::Top RepeatedGrams::find_top(std::size_t n) {
  sieve_->find_frequent(n, frequent_);
  const Top top = count_frequent(n);
  if (frequent_.least <= 2 || top.count >= frequent_.least) return top;
  // The guess was too high: of what the sieve left, nothing stands so often.
  frequent_.at.resize(tokens_->count - n + 1);
  std::iota(frequent_.at.begin(), frequent_.at.end(), 0u);
  return count_frequent(n);
}

RepeatedGrams::Top RepeatedGrams::count_frequent(std::size_t n) {
  table_.start(frequent_.at.size());
  first_at_.clear();
  occurrences_.clear();
  for (const std::uint32_t at : frequent_.at) {
    const std::uint32_t id = table_.class_of(sieve_->hash_of(at, n), [&](std::uint32_t other) { return same(first_at_[other], at, n); });
    if (id == first_at_.size()) {
      first_at_.push_back(at);
      occurrences_.push_back(0);
    }
    ++occurrences_[id];
  }
  Top top;
  for (std::size_t id = 0; id < first_at_.size(); ++id) {
    if (occurrences_[id] > top.count) top = {occurrences_[id], first_at_[id]};
  }
  return top;
}

void RepeatedGrams::find_repeated() {
  if (repeated_found_) return;
  repeated_found_ = true;
  sieve_->find_repeated(repeated_);
  row_.resize(repeated_.size());
  for (std::size_t i = repeated_.size(); i-- > 0;) {
    const bool goes_on = i + 1 < repeated_.size() && repeated_[i + 1] == repeated_[i] + 1;
    row_[i] = static_cast<std::uint8_t>(goes_on ? std::min<std::size_t>(kLongestRow, row_[i + 1] + std::size_t{1}) : 1);
  }
}

std::uint64_t RepeatedGrams::duplicate_chars(std::size_t n, std::uint64_t enough) {
  find_repeated();
  table_.start(repeated_.size());
  first_at_.clear();
  std::uint64_t chars = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < repeated_.size() && chars <= enough; ++i) {
    const std::uint32_t at = repeated_[i];
    if (at < next || row_[i] < n - GramSieve::kLeast + 1) continue;
    const std::uint32_t id = table_.class_of(sieve_->hash_of(at, n), [&](std::uint32_t other) { return same(first_at_[other], at, n); });
    if (id == first_at_.size()) {
      first_at_.push_back(at);
    } else {
      chars += chars_of(at, at + n);
      next = at + n;
    }
  }
  return chars;
}

bool RepeatedGrams::same(std::size_t a, std::size_t b, std::size_t n) const noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    if (word(a + i) != word(b + i)) return false;
  }
  return true;
}

std::uint64_t RepeatedGrams::chars_of(std::size_t first, std::size_t end) const noexcept {
  const bool ascii = tokens_->chars == text_.size();
  std::uint64_t chars = 0;
  for (std::size_t token = first; token < end; ++token) {
    chars += ascii ? tokens_->ends[token] - tokens_->begins[token] : count_code_points(word(token));
  }
  return chars;
}

void RepeatedGrams::shrink(std::size_t most) {
  table_.shrink(most);
  for (auto* values : {&frequent_.at, &repeated_, &first_at_, &occurrences_}) {
    if (values->capacity() > most) *values = {};
  }
  if (row_.capacity() > most) row_ = {};
}

}  // namespace quern
