#include "quern/base/hash.hpp"
#include "quern/tokenize/pre_tokenizer.hpp"
#include "quern/tokenize/train.hpp"
#include "tokenize/cache.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

/// Words of up to 15 bytes are their own key.
class ShortWords {
 public:
  ShortWords() : slots_(1u << 10) {}

  void add(const ShortKey& key, std::uint64_t count) {
    Slot& slot = place_of(key);
    if (slot.count == 0) {
      slot.key = key;
      ++used_;
    }
    slot.count += count;
    if (used_ * 2 > slots_.size()) grow();
  }

  std::size_t size() const { return used_; }
  std::size_t memory_bytes() const { return slots_.size() * sizeof(Slot); }
  void prefetch(const ShortKey& key) const { __builtin_prefetch(&slots_[home(key)]); }

  void take(std::vector<WordCount>& words) {
    for (const Slot& slot : slots_) {
      if (slot.count == 0) continue;
      const auto* const bytes = reinterpret_cast<const char*>(&slot.key);
      words.push_back({std::string(bytes, slot.key.high >> 56), slot.count});
    }
    *this = ShortWords();
  }

 private:
  struct Slot {
    ShortKey key;
    std::uint64_t count = 0;
  };

  std::size_t home(const ShortKey& key) const { return static_cast<std::size_t>(key.hash()) & (slots_.size() - 1); }
  Slot& place_of(const ShortKey& key) {
    std::size_t at = home(key);
    while (slots_[at].count != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.count != 0) place_of(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

class LongWords {
 public:
  LongWords() : places_(1u << 8, 0) {}

  void add(std::string_view word, std::uint64_t count) {
    const std::uint64_t hash = hash64(word);
    std::size_t at = static_cast<std::size_t>(hash) & (places_.size() - 1);
    for (; places_[at] != 0; at = (at + 1) & (places_.size() - 1)) {
      Word& known = words_[places_[at] - 1];
      if (known.hash == hash && bytes_of(known) == word) {
        known.count += count;
        return;
      }
    }
    words_.push_back({hash, arena_.size(), word.size(), count});
    arena_ += word;
    places_[at] = words_.size();
    if (words_.size() * 2 > places_.size()) grow();
  }

  std::size_t size() const { return words_.size(); }
  std::size_t memory_bytes() const {
    return arena_.capacity() + words_.capacity() * sizeof(Word) + places_.size() * sizeof(std::uint64_t);
  }

  void take(std::vector<WordCount>& words) {
    for (const Word& word : words_) words.push_back({std::string(bytes_of(word)), word.count});
    *this = LongWords();
  }

 private:
  struct Word {
    std::uint64_t hash;
    std::size_t start;
    std::size_t length;
    std::uint64_t count;
  };

  std::string_view bytes_of(const Word& word) const { return std::string_view(arena_).substr(word.start, word.length); }
  void grow() {
    places_.assign(places_.size() * 2, 0);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::size_t at = static_cast<std::size_t>(words_[i].hash) & (places_.size() - 1);
      while (places_[at] != 0) at = (at + 1) & (places_.size() - 1);
      places_[at] = i + 1;
    }
  }

  std::string arena_;
  std::vector<Word> words_;
  std::vector<std::uint64_t> places_;  ///< number of the word + 1
};

constexpr std::size_t kBatch = 64;
/// Pre-tokens cut at once: the pre-tokenizer works on blocks, and begins one anew for each call.
constexpr std::size_t kCut = 1024;

}  // namespace

struct WordCounter::State {
  explicit State(Pattern pattern) : pre_tokenizer(pattern) {}

  void add_batch(std::string_view text, std::size_t begin, std::span<const std::size_t> ends);

  PreTokenizer pre_tokenizer;
  ShortWords short_words;
  LongWords long_words;
};

void WordCounter::State::add_batch(std::string_view text, std::size_t begin, std::span<const std::size_t> ends) {
  std::array<ShortKey, kBatch> keys;
  std::size_t n = 0;
  for (const std::size_t end : ends) {
    const std::size_t length = end - begin;
    if (length > ShortKey::kMaxBytes) {
      long_words.add(text.substr(begin, length), 1);
    } else {
      keys[n] = ShortKey::of(text.data() + begin, length, text.size() - begin);
      short_words.prefetch(keys[n++]);
    }
    begin = end;
  }
  for (std::size_t i = 0; i < n; ++i) short_words.add(keys[i], 1);
}

WordCounter::WordCounter(Pattern pattern) : state_(std::make_unique<State>(pattern)) {}
WordCounter::~WordCounter() = default;
WordCounter::WordCounter(WordCounter&&) noexcept = default;
WordCounter& WordCounter::operator=(WordCounter&&) noexcept = default;

void WordCounter::add(std::string_view text) {
  std::array<std::size_t, kCut> ends;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = state_->pre_tokenizer.cut(text, at, ends);
    for (std::size_t i = 0; i < n; i += kBatch) {
      const std::span<const std::size_t> batch(ends.data() + i, std::min(kBatch, n - i));
      state_->add_batch(text, begin, batch);
      begin = batch.back();
    }
  }
}

void WordCounter::add_word(std::string_view word, std::uint64_t count) {
  if (word.empty() || count == 0) return;
  if (word.size() > ShortKey::kMaxBytes) {
    state_->long_words.add(word, count);
  } else {
    state_->short_words.add(ShortKey::of(word.data(), word.size(), word.size()), count);
  }
}

std::size_t WordCounter::distinct_words() const noexcept { return state_->short_words.size() + state_->long_words.size(); }
std::size_t WordCounter::memory_bytes() const noexcept { return state_->short_words.memory_bytes() + state_->long_words.memory_bytes(); }

std::vector<WordCount> WordCounter::take() {
  std::vector<WordCount> words;
  words.reserve(distinct_words());
  state_->short_words.take(words);
  state_->long_words.take(words);
  std::sort(words.begin(), words.end(), [](const WordCount& a, const WordCount& b) { return a.word < b.word; });
  return words;
}

}  // namespace quern
