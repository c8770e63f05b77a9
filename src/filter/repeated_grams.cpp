#include "repeated_grams.hpp"

#include "make_room.hpp"
#include "quern/text/utf8.hpp"
#include "rough_hash.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace quern {

namespace {

constexpr std::size_t kLongestRow = RepetitionCounts::kMost - GramSieve::kLeast + 1;
constexpr std::uint64_t kHighBits = 0x8080808080808080u;  // the upper bit of each byte

/// Code points of a token; those of most tokens are counted in one word.
std::uint32_t code_points(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const std::size_t bytes = end - begin;
  if (bytes > 8 || text.size() - begin < 8) return static_cast<std::uint32_t>(count_code_points(text.substr(begin, bytes)));
  const std::uint64_t token = load_8_bytes(text.data() + begin) << (64 - 8 * bytes);
  const std::uint64_t inner = token & ~(token << 1) & kHighBits;  // bytes 10xxxxxx
  return static_cast<std::uint32_t>(bytes) - static_cast<std::uint32_t>(std::popcount(inner));
}

/// Short ones, as most tokens are, by one word each.
bool same_bytes(std::string_view text, std::size_t a, std::size_t b, std::size_t bytes) noexcept {
  if (bytes > 8 || text.size() - std::max(a, b) < 8) return text.substr(a, bytes) == text.substr(b, bytes);
  return (load_8_bytes(text.data() + a) ^ load_8_bytes(text.data() + b)) << (64 - 8 * bytes) == 0;
}

}  // namespace

void RepeatedGrams::start(std::string_view text, const TokenPlaces& tokens, GramSieve& sieve) {
  text_ = text;
  tokens_ = &tokens;
  sieve_ = &sieve;
  repeated_found_ = false;
  counted_ = 0;
}

std::uint64_t RepeatedGrams::chars_of(std::size_t first, std::size_t end) noexcept {
  const std::uint32_t* const begins = tokens_->begins.data();
  const std::uint32_t* const ends = tokens_->ends.data();
  if (tokens_->chars == text_.size()) {
    std::uint64_t chars = 0;
    for (std::size_t i = first; i < end; ++i) chars += ends[i] - begins[i];
    return chars;
  }
  make_room(chars_before_, tokens_->count + 1);
  for (; counted_ < end; ++counted_) {
    chars_before_[counted_ + 1] = chars_before_[counted_] + code_points(text_, begins[counted_], ends[counted_]);
  }
  return chars_before_[end] - chars_before_[first];
}

std::uint64_t RepeatedGrams::top_chars(std::size_t n) {
  if (tokens_->count < n) return 0;
  const Top top = find_top(n);
  return top.occurrences * (chars_of(top.at, top.at + n) + n - 1);
}

RepeatedGrams::Top RepeatedGrams::find_top(std::size_t n) {
  const auto count = [&] { return n == 2 ? count_frequent<2>() : n == 3 ? count_frequent<3>() : count_frequent<4>(); };
  sieve_->find_frequent(n, frequent_);
  const Top top = count();
  if (frequent_.least <= 2 || top.occurrences >= frequent_.least) return top;
  // The guess was too high: of what the sieve left, nothing stands so often.
  frequent_.count = tokens_->count - n + 1;
  std::iota(frequent_.at.begin(), frequent_.at.begin() + static_cast<std::ptrdiff_t>(frequent_.count), 0u);
  return count();
}

template <std::size_t n>
RepeatedGrams::Top RepeatedGrams::count_frequent() {
  table_.start(frequent_.count);
  first_.clear();
  occurrences_.clear();
  for (std::size_t i = 0; i < frequent_.count; ++i) {
    const std::uint32_t at = frequent_.at[i];
    const std::uint32_t id = table_.class_of(sieve_->hash_of<n>(at), [&](std::uint32_t other) { return same(first_[other], at, n); });
    if (id == first_.size()) {
      first_.push_back(at);
      occurrences_.push_back(0);
    }
    ++occurrences_[id];
  }
  Top top;
  for (std::size_t id = 0; id < first_.size(); ++id) {
    if (occurrences_[id] > top.occurrences) top = {occurrences_[id], first_[id]};
  }
  return top;
}

void RepeatedGrams::find_repeated() {
  if (repeated_found_) return;
  repeated_found_ = true;
  numbered_ = 0;
  n_ = GramSieve::kLeast;
  repeated_count_ = sieve_->find_repeated(repeated_);
  make_room(leader_, repeated_count_);
  make_room(class_, repeated_count_);
  make_room(row_, repeated_count_);
  for (std::size_t i = repeated_count_; i-- > 0;) {
    const bool goes_on = i + 1 < repeated_count_ && repeated_[i + 1] == repeated_[i] + 1;
    row_[i] = static_cast<std::uint8_t>(goes_on ? std::min<std::size_t>(kLongestRow, row_[i + 1] + std::size_t{1}) : 1);
  }
  table_.start(repeated_count_);
  first_.clear();
}

// Where the places before are neighbours too and of one class, four of the five tokens have been compared.
void RepeatedGrams::number_until(std::size_t end) {
  for (; numbered_ < end; ++numbered_) {
    const std::uint32_t at = repeated_[numbered_];
    const bool follows = numbered_ > 0 && repeated_[numbered_ - 1] + 1 == at;
    const std::uint32_t expected = follows ? repeated_[class_[numbered_ - 1]] + 1 : UINT32_MAX;
    const std::uint32_t id = table_.class_of(sieve_->hash_of<GramSieve::kLeast>(at), [&](std::uint32_t other) {
      const std::uint32_t other_at = repeated_[first_[other]];
      const std::size_t compared = other_at == expected ? GramSieve::kLeast - 1 : 0;
      return same(other_at + compared, at + compared, GramSieve::kLeast - compared);
    });
    if (id == first_.size()) first_.push_back(static_cast<std::uint32_t>(numbered_));
    class_[numbered_] = leader_[numbered_] = first_[id];
  }
}

// An (n+1)-gram is its n-gram and the 5-gram it ends with. Mostly the leader goes on alike; of the others a table knows the first one.
void RepeatedGrams::extend() {
  ++n_;
  const std::size_t row = n_ - GramSieve::kLeast + 1;
  table_.start(repeated_count_ / 8);
  first_.clear();
  for (std::size_t i = 0; i < repeated_count_; ++i) {
    const std::uint32_t leader = leader_[i];
    if (row_[i] < row || leader == i) continue;
    const std::uint32_t last = class_[i + row - 1];
    if (row_[leader] >= row && class_[leader + row - 1] == last) continue;
    if (table_.is_full()) table_.grow();
    const std::uint32_t id = table_.class_of(std::uint64_t{leader} << 32 | last);
    if (id == first_.size()) first_.push_back(static_cast<std::uint32_t>(i));
    leader_[i] = first_[id];
  }
}

std::uint64_t RepeatedGrams::duplicate_chars(std::size_t n, std::uint64_t enough) {
  find_repeated();
  if (n > GramSieve::kLeast) number_until(repeated_count_);
  while (n_ < n) extend();
  const std::size_t row = n - GramSieve::kLeast + 1;
  seen_.assign(repeated_count_, 0);
  std::uint64_t chars = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < repeated_count_ && chars <= enough; ++i) {
    if (numbered_ == i) number_until(i + 1);
    const std::uint32_t at = repeated_[i];
    if (at < next || row_[i] < row) continue;
    std::uint8_t& seen = seen_[leader_[i]];
    if (seen != 0) {
      chars += chars_of(at, at + n);
      next = at + n;
    }
    seen = 1;
  }
  return chars;
}

bool RepeatedGrams::same(std::size_t a, std::size_t b, std::size_t n) const noexcept {
  const std::uint32_t* const begins = tokens_->begins.data();
  const std::uint32_t* const ends = tokens_->ends.data();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t bytes = ends[a + i] - begins[a + i];
    if (bytes != ends[b + i] - begins[b + i] || !same_bytes(text_, begins[a + i], begins[b + i], bytes)) return false;
  }
  return true;
}

void RepeatedGrams::shrink(std::size_t most) {
  table_.shrink(most);
  for (auto* values : {&frequent_.at, &repeated_, &class_, &leader_, &first_, &occurrences_, &chars_before_}) {
    if (values->capacity() > most) *values = {};
  }
  for (auto* values : {&row_, &seen_}) {
    if (values->capacity() > most) *values = {};
  }
}

}  // namespace quern
