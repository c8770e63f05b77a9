#include "quern/tokenize/corpus_words.hpp"

#include "quern/base/hash.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/comm/exchange.hpp"

#include <algorithm>
#include <cstring>

namespace quern {

namespace {

/// word count (8 bytes), word length (4 bytes), word.
void pack(const WordCount& word, std::string& to) {
  const auto length = static_cast<std::uint32_t>(word.word.size());
  to.append(reinterpret_cast<const char*>(&word.count), sizeof word.count);
  to.append(reinterpret_cast<const char*>(&length), sizeof length);
  to += word.word;
}

template <class Visit>
void unpack(std::string_view bytes, Visit visit) {
  for (std::size_t words = 0; !bytes.empty(); ++words) {
    if (words % 4096 == 0) beat();
    std::uint64_t count = 0;
    std::uint32_t length = 0;
    std::memcpy(&count, bytes.data(), sizeof count);
    std::memcpy(&length, bytes.data() + sizeof count, sizeof length);
    bytes.remove_prefix(sizeof count + sizeof length);
    visit(bytes.substr(0, length), count);
    bytes.remove_prefix(length);
  }
}

/// Collective: each word to its owner.
void send_to_owners(const std::vector<WordCount>& words, WordCounter& owned, World& world) {
  std::vector<std::string> parts(static_cast<std::size_t>(world.size()));
  for (const WordCount& word : words) pack(word, parts[static_cast<std::size_t>(owner_of(hash64(word.word), world.size()))]);
  std::string send;
  std::vector<std::uint64_t> counts, received;
  for (std::string& part : parts) {
    counts.push_back(part.size());
    send += part;
    part = {};
  }
  unpack(world.all_to_all_bytes(send, counts, received), [&](std::string_view word, std::uint64_t count) { owned.add_word(word, count); });
}

/// Collective: the least count such that at most `max_words` words have it or more.
std::uint64_t least_count_kept(const std::vector<WordCount>& words, std::uint64_t max_words, World& world) {
  std::uint64_t low = 1, high = 1;
  for (const WordCount& word : words) high = std::max(high, word.count + 1);
  high = world.max(high);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto mine = std::count_if(words.begin(), words.end(), [&](const WordCount& word) { return word.count >= middle; });
    if (world.sum(static_cast<std::uint64_t>(mine)) <= max_words) high = middle;
    else low = middle + 1;
  }
  return low;
}

}  // namespace

CorpusWords count_corpus_words(Pattern pattern, const std::function<bool(WordCounter&)>& fill, std::uint64_t max_words, World& world) {
  WordCounter owned(pattern);
  for (bool more = true; more;) {
    WordCounter counter(pattern);
    more = fill(counter);
    send_to_owners(counter.take(), owned, world);
    more = world.max(more ? 1 : 0) != 0;
  }
  std::vector<WordCount> words = owned.take();
  CorpusWords corpus;
  corpus.distinct = world.sum(words.size());
  const std::uint64_t least = least_count_kept(words, max_words, world);
  std::erase_if(words, [&](const WordCount& word) { return word.count < least; });
  corpus.left_out = corpus.distinct - world.sum(words.size());

  std::string packed;
  for (const WordCount& word : words) pack(word, packed);
  words = {};
  for (const std::string& part : world.gather_bytes(packed)) {
    unpack(part, [&](std::string_view word, std::uint64_t count) { corpus.words.push_back({std::string(word), count}); });
  }
  std::sort(corpus.words.begin(), corpus.words.end(), [](const WordCount& a, const WordCount& b) { return a.word < b.word; });
  return corpus;
}

}  // namespace quern
