#include "repeated_grams.hpp"

#include "quern/base/hash.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace quern {

namespace {

constexpr std::size_t kInKey = 7;                         // a word of so many bytes is its own key
constexpr std::uint64_t kHighBits = 0x8080808080808080u;  // the upper bit of each byte
constexpr std::size_t kKeptSlots = std::size_t{1} << 20;  // 16 MiB

static_assert(std::endian::native == std::endian::little);

std::uint64_t load_8_bytes(const char* from) noexcept {
  std::uint64_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/// The word's bytes, at most kInKey, and zeros. `readable`: bytes from `word` to the end of the text.
std::uint64_t bytes_of(const char* word, std::size_t length, std::size_t readable) noexcept {
  if (readable >= sizeof(std::uint64_t)) return load_8_bytes(word) & ((std::uint64_t{1} << (8 * length)) - 1);
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, word, length);
  return bytes;
}

/// The bytes that do not begin a code point: 10xxxxxx.
std::uint32_t count_inner_bytes(std::uint64_t bytes) noexcept {
  return static_cast<std::uint32_t>(std::popcount(bytes & ~(bytes << 1) & kHighBits));
}

/// Of a word longer than kInKey. No shorter word has the same.
std::uint64_t key_of(std::string_view word) noexcept {
  if (word.size() > 16) return hash64(word) | std::uint64_t{1} << 63;
  const std::uint64_t both_ends = load_8_bytes(word.data()) * 0x9E3779B97F4A7C15u + load_8_bytes(word.data() + word.size() - 8);
  return (both_ends >> 8) | std::uint64_t{word.size()} << 56;
}

/// Room for all, unless that would not stay in the cache: a long text has few different words for its length.
std::size_t expected_classes(std::size_t places) noexcept { return places < 16'384 ? places : places / 4; }

/// Grows only, so that a text costs no more than its own tokens.
template <class T>
void make_room(std::vector<T>& values, std::size_t size) {
  if (values.size() < size) values.resize(std::max<std::size_t>(4096, 2 * size));
}

}  // namespace

void RepeatedGrams::start(std::string_view text, const TokenPlaces& tokens) {
  n_ = 1;
  tokens_ = tokens.count;
  make_room(at_, tokens_);
  make_room(class_, tokens_);
  make_room(occurrences_, tokens_);
  make_room(first_word_, tokens_);
  make_room(chars_before_, tokens_ + 1);
  number_words(text, tokens);
}

void RepeatedGrams::number_words(std::string_view text, const TokenPlaces& tokens) {
  const bool ascii = tokens.chars == text.size();
  table_.start(expected_classes(tokens_));
  // Of its own here, as the pointers are: what is written through them could otherwise be a member, read again for each word.
  ClassTable table = std::move(table_);
  std::uint32_t* const occurrences = occurrences_.data();
  std::uint32_t* const first_word = first_word_.data();
  std::uint32_t* const classes = class_.data();
  std::uint32_t* const chars_before = chars_before_.data();
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < tokens_; ++i) {
    if (table.is_full()) {
      table_ = std::move(table);
      table_.grow();
      table = std::move(table_);
    }
    const std::string_view word = text.substr(tokens.begins[i], tokens.ends[i] - tokens.begins[i]);
    const std::uint32_t known = table.classes();
    std::uint32_t id, chars;
    if (word.size() <= kInKey) {
      const std::uint64_t bytes = bytes_of(word.data(), word.size(), text.size() - tokens.begins[i]);
      chars = static_cast<std::uint32_t>(word.size()) - count_inner_bytes(bytes);
      id = table.class_of(bytes | std::uint64_t{word.size()} << 56);
    } else {
      chars = static_cast<std::uint32_t>(ascii ? word.size() : count_code_points(word));
      id = table.class_of(key_of(word), [&](std::uint32_t other) {
        const std::uint32_t first = first_word[other];
        return text.substr(tokens.begins[first], tokens.ends[first] - tokens.begins[first]) == word;
      });
    }
    if (id == known) {
      first_word[id] = static_cast<std::uint32_t>(i);
      occurrences[id] = 0;
    }
    ++occurrences[id];
    classes[i] = id;
    chars_before[i] = before;
    before += chars;
  }
  table_ = std::move(table);
  chars_before_[tokens_] = before;
  for (std::size_t i = 0; i < tokens_; ++i) at_[i] = static_cast<std::uint32_t>(i);
  keep_repeated(tokens_);
}

void RepeatedGrams::extend() {
  ++n_;
  const std::size_t pairs = join_neighbours();
  const std::size_t candidates = drop_single_pairs(pairs);
  table_.start(expected_classes(candidates));
  ClassTable table = std::move(table_);
  const std::uint64_t* const pair = pair_.data();
  std::uint32_t* const occurrences = occurrences_.data();
  std::uint32_t* const classes = class_.data();
  for (std::size_t i = 0; i < candidates; ++i) {
    if (table.is_full()) {
      table_ = std::move(table);
      table_.grow();
      table = std::move(table_);
    }
    const std::uint32_t known = table.classes();
    const std::uint32_t id = table.class_of(pair[i]);
    if (id == known) occurrences[id] = 0;
    ++occurrences[id];
    classes[i] = id;
  }
  table_ = std::move(table);
  keep_repeated(candidates);
}

/// Both n-grams of an (n+1)-gram that repeats do so. Without a branch: whether two places are neighbours cannot be foretold.
std::size_t RepeatedGrams::join_neighbours() {
  make_room(pair_, count_ + 1);
  std::uint32_t* const at = at_.data();
  const std::uint32_t* const classes = class_.data();
  std::uint64_t* const pair = pair_.data();
  std::size_t pairs = 0;
  for (std::size_t i = 1; i < count_; ++i) {
    const std::uint32_t first = at[i - 1];
    pair[pairs] = std::uint64_t{classes[i - 1]} << 32 | classes[i];
    const bool neighbours = at[i] == first + 1;
    at[pairs] = first;  // never beyond what has been read
    pairs += neighbours;
  }
  return pairs;
}

/// Most pairs stand once. A byte for each value of a short hash (0: not met, 1: once, more: again) tells of nearly all of these,
/// at a fraction of what the table takes; a pair that repeats is never dropped.
std::size_t RepeatedGrams::drop_single_pairs(std::size_t pairs) {
  const unsigned bits = static_cast<unsigned>(std::bit_width(pairs | 256)) + 2;
  met_.assign(std::size_t{1} << bits, 0);
  const auto place = [bits](std::uint64_t value) { return (value * 0x9E3779B97F4A7C15u) >> (64 - bits); };
  std::uint8_t* const met = met_.data();
  std::uint64_t* const pair = pair_.data();
  std::uint32_t* const at = at_.data();
  for (std::size_t i = 0; i < pairs; ++i) {
    std::uint8_t& times = met[place(pair[i])];
    times = static_cast<std::uint8_t>(times << 1 | 1);
  }
  std::size_t candidates = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint64_t value = pair[i];
    pair[candidates] = value;
    at[candidates] = at[i];
    candidates += met[place(value)] > 1;
  }
  return candidates;
}

void RepeatedGrams::keep_repeated(std::size_t candidates) {
  std::uint32_t* const at = at_.data();
  std::uint32_t* const classes = class_.data();
  const std::uint32_t* const occurrences = occurrences_.data();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < candidates; ++i) {
    const std::uint32_t id = classes[i];
    at[kept] = at[i];
    classes[kept] = id;
    kept += occurrences[id] > 1;
  }
  count_ = kept;
}

std::uint64_t RepeatedGrams::top_chars() const {
  if (tokens_ < n_) return 0;
  std::uint64_t most = 1;
  std::size_t top = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (occurrences_[class_[i]] > most) most = occurrences_[class_[i]], top = at_[i];
  }
  return most * (chars_at(top) + n_ - 1);
}

std::uint64_t RepeatedGrams::duplicate_chars() {
  seen_.assign(table_.classes(), false);
  std::uint64_t chars = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (at_[i] < next) continue;
    if (seen_[class_[i]]) {
      chars += chars_at(at_[i]);
      next = at_[i] + n_;
    } else {
      seen_[class_[i]] = true;
    }
  }
  return chars;
}

std::uint64_t RepeatedGrams::covered_chars() const {
  std::uint64_t chars = 0;
  std::size_t covered = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t end = at_[i] + n_;
    chars += chars_before_[end] - chars_before_[std::max<std::size_t>(covered, at_[i])];
    covered = end;
  }
  return chars;
}

void RepeatedGrams::shrink() {
  table_.shrink(kKeptSlots);
  if (met_.size() > kKeptSlots) met_ = {};
  if (pair_.size() > kKeptSlots) pair_ = {};
  for (auto* values : {&at_, &class_, &occurrences_, &first_word_, &chars_before_}) {
    if (values->size() > kKeptSlots) *values = {};
  }
}

}  // namespace quern
