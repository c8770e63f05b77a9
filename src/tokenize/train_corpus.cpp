#include "tokenize/train_corpus.hpp"

#include "quern/base/error.hpp"

namespace quern {

TrainCorpus::TrainCorpus(std::span<const WordCount> words, std::span<const std::uint32_t> byte_ids) {
  std::size_t cells = 1;
  for (const WordCount& word : words) cells += word.word.size() + 1;
  if (words.size() >= kNone) {
    fail(ErrorKind::plan, "{} distinct words are too many to train on; lower tokenizer.train.max_words", words.size());
  }
  words_.reserve(words.size());
  cells_.reserve(cells);
  cells_.push_back(kNone);
  for (const WordCount& word : words) {
    if (word.word.size() >= kNone) fail(ErrorKind::input, "a word of {} bytes cannot be trained on", word.word.size());
    words_.push_back({cells_.size(), word.count, static_cast<std::uint32_t>(word.word.size())});
    for (const char byte : word.word) cells_.push_back(byte_ids[static_cast<std::uint8_t>(byte)]);
    cells_.push_back(kNone);
  }
}

void TrainCorpus::merge(Occurrence at, std::uint32_t left_length, std::uint32_t right_length, std::uint32_t id) {
  const std::size_t begin = cell(at);
  const std::size_t middle = begin + left_length;
  cells_[middle] = kNone;  // no symbol begins there any more
  cells_[begin] = id;
  cells_[middle + right_length - 1] = id;
}

}  // namespace quern
