#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/base/hash.hpp"
#include "quern/format/gpt2_bpe.hpp"
#include "quern/format/tokenizer_json.hpp"
#include "quern/tokenize/train.hpp"
#include "tokenize/train_corpus.hpp"

#include <algorithm>
#include <map>
#include <queue>

namespace quern {

namespace {

/// (left id, right id) as one number, in the order of ties.
using PairKey = std::uint64_t;
PairKey key_of(std::uint32_t left, std::uint32_t right) { return std::uint64_t{left} << 32 | right; }
std::uint32_t left_of(PairKey key) { return static_cast<std::uint32_t>(key >> 32); }
std::uint32_t right_of(PairKey key) { return static_cast<std::uint32_t>(key); }

/// All pairs that are or were neighbours: how often, and where they were when they became neighbours (some may be no more).
class PairIndex {
 public:
  struct Pair {
    PairKey key = 0;
    std::uint64_t count = 0;
    std::vector<Occurrence> places;
    bool changed = false;  ///< has grown since it was last put into the queue
  };

  PairIndex() : places_(1u << 16, 0) {}

  Pair& operator[](PairKey key) {
    if (pairs_.size() * 2 >= places_.size()) grow();
    const std::size_t at = place_of(key);
    if (places_[at] == 0) {
      pairs_.push_back({key, 0, {}, false});
      places_[at] = static_cast<std::uint32_t>(pairs_.size());
    }
    return pairs_[places_[at] - 1];
  }
  const std::vector<Pair>& all() const { return pairs_; }

 private:
  std::size_t place_of(PairKey key) const {
    std::size_t at = static_cast<std::size_t>(mix64(key)) & (places_.size() - 1);
    while (places_[at] != 0 && pairs_[places_[at] - 1].key != key) at = (at + 1) & (places_.size() - 1);
    return at;
  }
  void grow() {
    places_.assign(places_.size() * 2, 0);
    for (std::size_t i = 0; i < pairs_.size(); ++i) places_[place_of(pairs_[i].key)] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> places_;  ///< number of the pair + 1
};

class Training {
 public:
  Training(std::span<const WordCount> words, const TrainParams& params)
      : params_(params), byte_ids_(add_bytes()), corpus_(words, byte_ids_) {}

  TrainedVocabulary run() {
    count_pairs();
    tally.total.store(params_.vocab_size, std::memory_order_relaxed);
    while (vocabulary_.special.size() + vocabulary_.tokens.size() < params_.vocab_size && !queue_.empty()) {
      beat();
      tally.done.store(vocabulary_.special.size() + vocabulary_.tokens.size(), std::memory_order_relaxed);
      const Candidate best = queue_.top();
      queue_.pop();
      PairIndex::Pair& pair = pairs_[best.key];
      if (pair.count != best.count) {
        // Counts shrink without notice; what is on top is put back with its true count.
        enqueue(pair);
      } else {
        make_merge(best.key);
      }
    }
    return std::move(vocabulary_);
  }

 private:
  struct Candidate {
    std::uint64_t count;
    PairKey key;
    bool operator<(const Candidate& other) const { return count != other.count ? count < other.count : key > other.key; }
  };

  std::vector<std::uint32_t> add_bytes();
  void check_special(const std::string& token);
  void count_pairs();
  void enqueue(const PairIndex::Pair& pair) {
    if (pair.count >= std::max<std::uint64_t>(params_.min_frequency, 1)) queue_.push({pair.count, pair.key});
  }
  void make_merge(PairKey key);
  void merge_at(Occurrence at, PairKey key, std::uint32_t id);
  void gain(PairKey key, Occurrence at, std::uint64_t count);
  void lose(PairKey key, std::uint64_t count) { pairs_[key].count -= count; }
  std::uint32_t id_of(const std::string& bytes);
  std::uint32_t length(std::uint32_t id) const { return lengths_[id]; }
  const std::string& token(std::uint32_t id) const { return vocabulary_.tokens[id - vocabulary_.special.size()]; }

  const TrainParams& params_;
  TrainedVocabulary vocabulary_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;  ///< of all tokens, by the text of tokenizer.json
  std::vector<std::uint32_t> lengths_;                     ///< of all tokens, in bytes
  std::vector<std::uint32_t> byte_ids_;
  TrainCorpus corpus_;
  PairIndex pairs_;
  std::vector<PairKey> grown_;
  std::priority_queue<Candidate> queue_;
};

void Training::check_special(const std::string& token) {
  if (token.empty()) fail(ErrorKind::plan, "tokenizer.train.special: a special token may not be empty");
  if (!ids_.try_emplace(token, static_cast<std::uint32_t>(ids_.size())).second) {
    fail(ErrorKind::plan, "tokenizer.train.special: \"{}\" is listed twice", token);
  }
}

std::vector<std::uint32_t> Training::add_bytes() {
  for (const std::string& token : params_.special) check_special(token);
  vocabulary_.special = params_.special;
  lengths_.assign(params_.special.size(), 0);
  if (params_.vocab_size < 256 + params_.special.size()) {
    fail(ErrorKind::plan, "tokenizer.train.vocab_size: {} has no room for the 256 bytes and {} special tokens", params_.vocab_size,
         params_.special.size());
  }
  std::vector<std::uint32_t> byte_ids(256);
  for (const std::uint8_t byte : byte_level_order()) {
    const std::string bytes(1, static_cast<char>(byte));
    byte_ids[byte] = static_cast<std::uint32_t>(ids_.size());
    if (!ids_.try_emplace(to_byte_level(bytes), byte_ids[byte]).second) {
      fail(ErrorKind::plan, "tokenizer.train.special: \"{}\" is how byte 0x{:02x} is written", to_byte_level(bytes), byte);
    }
    vocabulary_.tokens.push_back(bytes);
    lengths_.push_back(1);
  }
  return byte_ids;
}

void Training::count_pairs() {
  for (std::uint32_t word = 0; word < corpus_.words(); ++word) {
    if (word % 4096 == 0) beat();
    for (std::uint32_t i = 0; i + 1 < corpus_.bytes(word); ++i) {
      const Occurrence at{word, i};
      PairIndex::Pair& pair = pairs_[key_of(corpus_.symbol(at), corpus_.after(at, 1))];
      pair.count += corpus_.count(word);
      pair.places.push_back(at);
    }
  }
  for (const PairIndex::Pair& pair : pairs_.all()) enqueue(pair);
}

/// The id of a token of these bytes, a new one unless another merge made it already; kNone for the text of a special token.
std::uint32_t Training::id_of(const std::string& bytes) {
  const auto [place, is_new] = ids_.try_emplace(to_byte_level(bytes), static_cast<std::uint32_t>(ids_.size()));
  if (is_new) {
    vocabulary_.tokens.push_back(bytes);
    lengths_.push_back(static_cast<std::uint32_t>(bytes.size()));
  }
  return place->second < vocabulary_.special.size() ? TrainCorpus::kNone : place->second;
}

void Training::make_merge(PairKey key) {
  const std::uint32_t id = id_of(token(left_of(key)) + token(right_of(key)));
  if (id == TrainCorpus::kNone) return;
  vocabulary_.merges.push_back({left_of(key), right_of(key), id});
  std::vector<Occurrence> places = std::move(pairs_[key].places);
  // Overlapping pairs ("aaa") are merged from the left. Places are in order unless the pair came about in several merges.
  if (!std::is_sorted(places.begin(), places.end())) std::sort(places.begin(), places.end());
  for (const Occurrence& at : places) merge_at(at, key, id);
  PairIndex::Pair& merged = pairs_[key];
  merged.count = 0;
  merged.places = {};
  for (const PairKey grown : grown_) {
    PairIndex::Pair& pair = pairs_[grown];
    pair.changed = false;
    enqueue(pair);
  }
  grown_.clear();
}

void Training::merge_at(Occurrence at, PairKey key, std::uint32_t id) {
  const std::uint32_t left = left_of(key);
  const std::uint32_t right = right_of(key);
  if (corpus_.symbol(at) != left || corpus_.after(at, length(left)) != right) return;  // merged with another neighbour since
  const std::uint64_t count = corpus_.count(at.word);
  const std::uint32_t before = corpus_.before(at);
  const std::uint32_t after = corpus_.after(at, length(left) + length(right));
  corpus_.merge(at, length(left), length(right), id);
  if (before != TrainCorpus::kNone) {
    lose(key_of(before, left), count);
    gain(key_of(before, id), {at.word, at.offset - length(before)}, count);
  }
  if (after != TrainCorpus::kNone) {
    lose(key_of(right, after), count);
    gain(key_of(id, after), at, count);
  }
}

void Training::gain(PairKey key, Occurrence at, std::uint64_t count) {
  PairIndex::Pair& pair = pairs_[key];
  pair.count += count;
  pair.places.push_back(at);
  if (pair.changed) return;
  pair.changed = true;
  grown_.push_back(key);
}

}  // namespace

TrainedVocabulary train_merges(std::span<const WordCount> words, const TrainParams& params) { return Training(words, params).run(); }

std::string to_tokenizer_json(const TrainedVocabulary& vocabulary, Pattern pattern) {
  TokenizerJson json;
  json.split_regex = split_regex(pattern);
  for (const std::string& token : vocabulary.special) {
    const auto id = static_cast<std::uint32_t>(json.vocab.size());
    json.added_tokens.push_back({.id = id, .content = token, .special = true});
    json.vocab.push_back({token, id});
  }
  for (const std::string& token : vocabulary.tokens) {
    json.vocab.push_back({to_byte_level(token), static_cast<std::uint32_t>(json.vocab.size())});
  }
  for (const TrainedVocabulary::Merge& merge : vocabulary.merges) {
    json.merges.push_back({json.vocab[merge.left].token, json.vocab[merge.right].token});
  }
  return format_tokenizer_json(json);
}

}  // namespace quern
