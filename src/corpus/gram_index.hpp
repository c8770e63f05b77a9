#pragma once
// n-grams in memory, to be looked up by the hash that rolls over a document.

#include "quern/base/hash.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// An n-gram of an item, as it travels between ranks.
struct GramRow {
  Hash128 key;
  std::uint64_t rolling = 0;
  std::uint32_t item = 0;
  std::uint32_t words = 0;
  /// Of its last min_words words, when it is shorter than an n-gram; else 0.
  std::uint64_t short_rolling = 0;
};

/// Which of many hashes may be there: two bits of a word of 64 for each (Putze, Sanders, Singler 2007), 16 bits of memory or more.
class RoughFilter {
 public:
  void start(std::size_t hashes);
  void add(std::uint64_t hash) noexcept { words_[hash >> shift_] |= bits_of(hash); }
  /// Has the memory fetched that may_have() will read.
  void fetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&words_[hash >> shift_]); }
  bool may_have(std::uint64_t hash) const noexcept {
    const std::uint64_t bits = bits_of(hash);
    return (words_[hash >> shift_] & bits) == bits;
  }
  std::uint64_t bytes() const noexcept { return words_.size() * sizeof(std::uint64_t); }

 private:
  static std::uint64_t bits_of(std::uint64_t hash) noexcept { return std::uint64_t{1} << (hash >> 8 & 63) | std::uint64_t{1} << (hash >> 2 & 63); }

  std::vector<std::uint64_t> words_ = {0};
  unsigned shift_ = 63;
};

/// Values by odd hashes: open addressing, at most half full. Equal hashes may have several values.
template <class Value>
class HashTable {
 public:
  void start(std::size_t entries) {
    std::size_t slots = 16;
    while (slots < 2 * entries) slots *= 2;
    hashes_.assign(slots, 0);
    values_.assign(slots, Value{});
    filter_.start(entries);
  }
  void add(std::uint64_t hash, Value value) {
    std::size_t at = hash >> 1 & mask();
    while (hashes_[at] != 0) at = (at + 1) & mask();
    hashes_[at] = hash;
    values_[at] = value;
    filter_.add(hash);
  }
  /// The value that was added first under this hash, or null.
  Value* find(std::uint64_t hash) {
    Value* found = nullptr;
    for_each(hash, [&](Value& value) { return found = &value, true; });
    return found;
  }
  void fetch(std::uint64_t hash) const noexcept { filter_.fetch(hash); }
  bool may_have(std::uint64_t hash) const noexcept { return filter_.may_have(hash); }
  /// Calls take(value) for each with this hash until it returns true.
  template <class Take>
  void for_each(std::uint64_t hash, Take&& take) {
    for (std::size_t at = hash >> 1 & mask(); hashes_[at] != 0; at = (at + 1) & mask()) {
      if (hashes_[at] == hash && take(values_[at])) return;
    }
  }
  template <class Take>
  void for_each(std::uint64_t hash, Take&& take) const {
    const_cast<HashTable*>(this)->for_each(hash, [&](const Value& value) { return take(value); });
  }
  std::uint64_t bytes() const noexcept { return hashes_.size() * (sizeof(std::uint64_t) + sizeof(Value)) + filter_.bytes(); }

 private:
  std::size_t mask() const noexcept { return hashes_.size() - 1; }

  std::vector<std::uint64_t> hashes_;
  std::vector<Value> values_;
  RoughFilter filter_;
};

class GramIndex {
 public:
  /// `rows` in any order: what is made of them depends on nothing but the set of them. Grams of more than max_items items are left out.
  GramIndex(std::vector<GramRow> rows, std::uint32_t ngram, std::uint32_t min_words, std::uint32_t max_items);

  std::uint32_t ngram() const noexcept { return ngram_; }
  std::uint32_t min_words() const noexcept { return min_words_; }
  std::uint64_t power() const noexcept { return power_; }              ///< roll_power(ngram)
  std::uint64_t short_power() const noexcept { return short_power_; }  ///< roll_power(min_words)
  bool has_short() const noexcept { return has_short_; }

  void fetch(std::uint64_t slot) const noexcept { grams_.fetch(slot); }
  bool may_have(std::uint64_t slot) const noexcept { return grams_.may_have(slot); }
  /// Calls take(gram) for each gram whose slot this is. Compare its key before it is believed.
  template <class Take>
  void for_each(std::uint64_t slot, Take&& take) const {
    grams_.for_each(slot, take);
  }
  const Hash128& key(std::uint32_t gram) const noexcept { return keys_[gram]; }
  std::uint32_t words(std::uint32_t gram) const noexcept { return lengths_[gram]; }
  std::span<const std::uint32_t> items(std::uint32_t gram) const noexcept {
    return std::span(postings_).subspan(starts_[gram], starts_[gram + 1] - starts_[gram]);
  }
  /// Lengths of the short grams whose last min_words words roll so: bit i: min_words + i. `slot` is of these words.
  std::uint64_t short_lengths(std::uint64_t slot) const {
    std::uint64_t lengths = 0;
    if (short_.may_have(slot)) short_.for_each(slot, [&](std::uint64_t bits) { return lengths = bits, true; });
    return lengths;
  }

  std::uint64_t size() const noexcept { return keys_.size(); }
  std::uint64_t common() const noexcept { return common_; }
  std::uint64_t bytes() const noexcept;

 private:
  void add_gram(std::span<const GramRow> rows);
  void make_tables(std::span<const GramRow> firsts);

  std::uint32_t ngram_, min_words_;
  std::uint64_t power_, short_power_;
  std::uint64_t common_ = 0;
  bool has_short_ = false;
  std::vector<Hash128> keys_;           ///< [grams] ascending
  std::vector<std::uint8_t> lengths_;   ///< [grams] in words
  std::vector<std::uint64_t> starts_;   ///< [grams + 1] into postings_
  std::vector<std::uint32_t> postings_; ///< items, ascending for each gram
  HashTable<std::uint32_t> grams_;
  HashTable<std::uint64_t> short_;
};

}  // namespace quern
