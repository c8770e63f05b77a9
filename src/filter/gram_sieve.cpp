#include "gram_sieve.hpp"

#include "make_room.hpp"
#include "quern/base/hash.hpp"
#include "rough_hash.hpp"

#include <algorithm>
#include <bit>

namespace quern {

namespace {

/// All bytes of long tokens: many that differ only in the middle must not look the same, or to tell them apart would take forever.
std::uint64_t hash_token(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  return end - begin <= 16 ? rough_hash(text, begin, end - begin) : hash64(text.substr(begin, end - begin));
}

/// Bits of a hash for so many different n-grams.
unsigned table_bits(std::size_t grams) noexcept { return static_cast<unsigned>(std::bit_width(grams | 128)); }

}  // namespace

void GramSieve::start(std::string_view text, const TokenPlaces& tokens) {
  tokens_ = &tokens;
  count_ = tokens.count;
  repeaters_found_ = false;
  make_room(words_, count_);
  const std::uint32_t* const begins = tokens.begins.data();
  const std::uint32_t* const ends = tokens.ends.data();
  std::uint32_t* const words = words_.data();
  std::size_t whole = count_;  // tokens before this one have eight bytes from their begin on
  while (whole > 0 && text.size() - begins[whole - 1] < 8) --whole;
  for (std::size_t i = 0; i < whole; ++i) {
    const std::size_t length = ends[i] - begins[i];
    if (length > 16) words[i] = static_cast<std::uint32_t>(hash_token(text, begins[i], ends[i]));
    else words[i] = static_cast<std::uint32_t>(rough_hash(text.data() + begins[i], length));
  }
  for (std::size_t i = whole; i < count_; ++i) words[i] = static_cast<std::uint32_t>(hash_token(text, begins[i], ends[i]));
}

// The lengths of all n-grams with the same hash are summed up: no n-gram's own sum is more than the largest. A threshold is a share of the
// text, so that a few sums do for a text of any length.
template <std::size_t n>
std::uint64_t GramSieve::heaviest() {
  constexpr unsigned kMostBits = 10;
  const unsigned bits = std::min(kMostBits, table_bits(count_));
  sums_.assign(std::size_t{1} << bits, 0);
  const std::uint32_t* const begins = tokens_->begins.data();
  const std::uint32_t* const ends = tokens_->ends.data();
  const std::uint32_t* const words = words_.data();
  std::uint32_t* const sums = sums_.data();
  std::uint32_t most = 0;
  for (std::size_t i = 0, end = grams(n); i < end; ++i) {
    std::uint32_t length = n - 1;
#pragma GCC unroll 5
    for (std::size_t word = i; word < i + n; ++word) length += ends[word] - begins[word];
    std::uint32_t& sum = sums[hash_words<n>(words + i) >> (64 - bits)];
    sum += length;
    most = std::max(most, sum);
  }
  return most;
}

std::uint64_t GramSieve::most_top_chars(std::size_t n) {
  if (n == 2) return heaviest<2>();
  return n == 3 ? heaviest<3>() : heaviest<4>();
}

void GramSieve::find_repeaters() {
  if (repeaters_found_) return;
  repeaters_found_ = true;
  const std::size_t end = grams(kLeast);
  make_room(repeaters_, end + 1);
  met_.start(end);
  MetFilter met = std::move(met_);  // of its own here: what is stored could otherwise be a member, read again for each n-gram
  const std::uint32_t* const words = words_.data();
  std::uint32_t* const repeaters = repeaters_.data();
  std::size_t found = 0;
  for (std::size_t i = 0; i < end; ++i) {
    repeaters[found] = static_cast<std::uint32_t>(i);
    found += met.meet(hash_words<kLeast>(words + i));
  }
  met_ = std::move(met);
  repeaters_count_ = found;
}

// Of an n-gram that counts as a duplicate each 5-gram stood before. So it lies in a run of at least n - 4 places where that is so.
GramSieve::DuplicateChars GramSieve::most_duplicate_chars() {
  find_repeaters();
  DuplicateChars most{};
  for (std::size_t i = 0; i < repeaters_count_;) {
    std::size_t next = i + 1;
    while (next < repeaters_count_ && repeaters_[next] == repeaters_[next - 1] + 1) ++next;
    const std::uint32_t bytes = tokens_->ends[repeaters_[next - 1] + kLeast - 1] - tokens_->begins[repeaters_[i]];
    for (std::size_t n = 0; n < std::min(next - i, most.size()); ++n) most[n] += bytes;
    i = next;
  }
  return most;
}

template <std::size_t n>
std::uint32_t GramSieve::count_by_hash(unsigned bits) {
  sums_.assign(std::size_t{1} << bits, 0);
  const std::uint32_t* const words = words_.data();
  std::uint32_t* const sums = sums_.data();
  std::uint32_t most = 0;
  for (std::size_t i = 0, end = grams(n); i < end; ++i) most = std::max(most, ++sums[hash_words<n>(words + i) >> (64 - bits)]);
  return most;
}

// So many counts stay in the cache. In a long text they are of several n-grams each, which is no matter while one stands out.
template <std::size_t n>
void GramSieve::collect_frequent(Frequent& frequent) {
  constexpr unsigned kBitsInCache = 15;
  const std::size_t end = grams(n);
  unsigned bits = table_bits(end) + 1;
  std::uint32_t most = count_by_hash<n>(std::min(bits, kBitsInCache));
  if (bits > kBitsInCache && most < 8 * (end >> kBitsInCache)) most = count_by_hash<n>(bits);
  else bits = std::min(bits, kBitsInCache);
  frequent.least = std::max<std::uint32_t>(2, most - most / 4);
  const std::uint32_t* const words = words_.data();
  const std::uint32_t* const sums = sums_.data();
  make_room(frequent.at, count_ + 1);
  std::uint32_t* const at = frequent.at.data();
  std::size_t found = 0;
  for (std::size_t i = 0; i < end; ++i) {
    at[found] = static_cast<std::uint32_t>(i);
    found += sums[hash_words<n>(words + i) >> (64 - bits)] >= frequent.least;
  }
  frequent.count = found;
}

void GramSieve::find_frequent(std::size_t n, Frequent& frequent) {
  if (n == 2) collect_frequent<2>(frequent);
  else if (n == 3) collect_frequent<3>(frequent);
  else collect_frequent<4>(frequent);
}

std::size_t GramSieve::find_repeated(Places& at) {
  find_repeaters();
  if (repeaters_count_ == 0) return 0;
  again_.start(repeaters_count_);
  const std::uint32_t* const words = words_.data();
  for (std::size_t i = 0; i < repeaters_count_; ++i) again_.meet(hash_words<kLeast>(words + repeaters_[i]));
  const std::size_t end = grams(kLeast);
  make_room(at, end + 1);
  std::uint32_t* const places = at.data();
  std::size_t found = 0;
  for (std::size_t i = 0; i < end; ++i) {
    places[found] = static_cast<std::uint32_t>(i);
    found += again_.has_met(hash_words<kLeast>(words + i));
  }
  return found;
}

void GramSieve::shrink(std::size_t most) {
  for (Places* places : {&words_, &repeaters_, &sums_}) {
    if (places->size() > most) *places = {};
  }
  met_.shrink(most);
  again_.shrink(most);
}

}  // namespace quern
