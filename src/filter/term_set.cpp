#include "term_set.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"
#include "quern/text/list_lines.hpp"
#include "quern/text/unicode.hpp"
#include "quern/text/words.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace quern {

namespace {

constexpr std::size_t kMostBytes = (std::size_t{1} << 32) - 1;

/// Symbols are no part of words: a term that lives by one ("C++") would be found as the rest of it.
void refuse_symbols(const ListLine& line, const std::string& path) {
  for (std::size_t at = 0; at < line.text.size();) {
    const char32_t c = next_code_point(line.text, at);
    const bool ascii_symbol = c < 0x80 && std::string_view("#$%*+<=>@\\^`|~").find(static_cast<char>(c)) != std::string_view::npos;
    if (ascii_symbol || (c >= 0x80 && unicode::is_in(c, unicode::kSymbol))) {
      fail(ErrorKind::plan, "{}:{}: '{}' has a symbol, and terms are words: take this line out of the list", path, line.number, line.text);
    }
  }
}

}  // namespace

std::uint64_t TermSet::hash_of(const char* bytes, std::size_t size) noexcept {
  if (size > 8) return hash64({bytes, size});
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return mix64(word + 0x9e3779b97f4a7c15u * (size + 1));
}

std::uint64_t TermSet::longer(std::uint64_t hash, std::uint64_t word_hash) noexcept { return mix64(hash * 0x9e3779b97f4a7c15u + word_hash); }

bool TermSet::is_term(const Term& term, const Word* words, std::size_t count) const noexcept {
  if (term.words != count) return false;
  const char* at = arena_.data() + term.begin;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t size;
    std::memcpy(&size, at, sizeof size);
    at += sizeof size;
    if (size != words[i].size || std::memcmp(at, words[i].bytes, size) != 0) return false;
    at += size;
  }
  return true;
}

/// The slot of the term, or the free one in which it would lie.
std::size_t TermSet::slot_of(const Word* words, std::size_t count, std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Term& term = slots_[i];
    if (term.words == 0 || (term.hash == hash && is_term(term, words, count))) return i;
  }
}

TermSet::TermSet(const std::vector<SideFile>& files) : slots_(16) {
  FoldedWords folded;
  std::vector<std::string> words;
  for (const SideFile& file : files) {
    for (const ListLine& line : list_lines(bytes_of(file), file.path, ListComments::hash)) {
      refuse_symbols(line, file.path);
      words.clear();
      folded.for_each(line.text, [&](const char* bytes, std::size_t size) { words.emplace_back(bytes, size); });
      if (words.empty() || words.size() > kMostWords) {
        fail(ErrorKind::plan, "{}:{}: '{}' has {} words; a term has 1 to {}", file.path, line.number, line.text, words.size(), kMostWords);
      }
      add(words);
    }
  }
  make_firsts();
}

void TermSet::add(const std::vector<std::string>& words) {
  if (terms_ * 2 >= slots_.size()) {
    std::vector<Term> old(slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Term& term : old) {
      if (term.words == 0) continue;
      std::size_t i = term.hash & mask;
      while (slots_[i].words != 0) i = (i + 1) & mask;
      slots_[i] = term;
    }
  }
  std::vector<Word> parts;
  std::uint64_t hash = 0;
  for (const std::string& word : words) {
    parts.push_back({hash_of(word.data(), word.size()), word.data(), static_cast<std::uint32_t>(word.size())});
    hash = longer(hash, parts.back().hash);
  }
  Term& term = slots_[slot_of(parts.data(), parts.size(), hash)];
  if (term.words != 0) return;
  term = {hash, static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(words.size())};
  for (const Word& part : parts) arena_.append(reinterpret_cast<const char*>(&part.size), sizeof part.size).append(part.bytes, part.size);
  if (arena_.size() > kMostBytes) fail(ErrorKind::plan, "a list of terms holds more than 4 GiB: shorten it");
  longest_ = std::max(longest_, words.size());
  ++terms_;
}

void TermSet::make_firsts() {
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(terms_ * 2, 16));
  firsts_.assign(slots, {});
  const std::size_t bits = std::max<std::size_t>(slots * 4, 64);
  shift_ = 64u - static_cast<unsigned>(std::countr_zero(bits));
  may_begin_.assign(bits / 64, 0);
  for (const Term& term : slots_) {
    if (term.words == 0) continue;
    std::uint32_t size;
    std::memcpy(&size, arena_.data() + term.begin, sizeof size);
    const std::uint64_t hash = hash_of(arena_.data() + term.begin + sizeof size, size);
    may_begin_[(hash >> shift_) / 64] |= std::uint64_t{1} << (hash >> shift_) % 64;
    std::size_t i = hash & (slots - 1);
    while (firsts_[i].lengths != 0 && firsts_[i].hash != hash) i = (i + 1) & (slots - 1);
    firsts_[i].hash = hash;
    firsts_[i].lengths |= std::uint32_t{1} << (term.words - 1);
  }
}

std::uint32_t TermSet::lengths_from(std::uint64_t hash) const noexcept {
  if ((may_begin_[(hash >> shift_) / 64] >> (hash >> shift_) % 64 & 1) == 0) return 0;
  const std::size_t mask = firsts_.size() - 1;
  for (std::size_t i = hash & mask; firsts_[i].lengths != 0; i = (i + 1) & mask) {
    if (firsts_[i].hash == hash) return firsts_[i].lengths;
  }
  return 0;
}

/// Words come in batches; those at the end of one are kept until the words behind them are known.
class TermSet::Matcher {
 public:
  explicit Matcher(const TermSet& set) : set_(set) {}

  TermCounts run(std::string_view text) {
    thread_local FoldedWords folded;
    folded.for_each_batch(text, [&](const char* bytes, std::span<const FoldedWords::Word> words) {
      for (const FoldedWords::Word& word : words) {
        const std::uint32_t size = word.end - word.begin;
        words_.push_back({hash_of(bytes + word.begin, size), bytes + word.begin, size});
      }
      counts_.words += words.size();
      match(false);
      keep_rest();
    });
    match(true);
    drop_repeats();
    counts_.terms = found_.size();
    return counts_;
  }

 private:
  void match(bool all) {
    while (at_ < words_.size() && (all || words_.size() - at_ >= set_.longest_)) {
      const std::uint32_t lengths = set_.lengths_from(words_[at_].hash);
      at_ += lengths == 0 ? 1 : match_here(lengths);
    }
  }

  /// Words to go on by.
  std::size_t match_here(std::uint32_t lengths) {
    std::size_t longest = 0;
    std::size_t slot = 0;
    std::uint64_t hash = 0;
    const auto most = std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(lengths)), words_.size() - at_);
    for (std::size_t n = 1; n <= most; ++n) {
      hash = longer(hash, words_[at_ + n - 1].hash);
      if ((lengths >> (n - 1) & 1) == 0) continue;
      const std::size_t found = set_.slot_of(&words_[at_], n, hash);
      if (set_.slots_[found].words == 0) continue;
      longest = n;
      slot = found;
    }
    if (longest == 0) return 1;
    ++counts_.hits;
    // Each term once in a while: a long text may hold one a million times.
    found_.push_back(static_cast<std::uint32_t>(slot));
    if (found_.size() > 2 * distinct_ + 4096) {
      drop_repeats();
      distinct_ = found_.size();
    }
    return longest;
  }

  void drop_repeats() {
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  }

  void keep_rest() {
    words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    std::string bytes;
    for (const Word& word : words_) bytes.append(word.bytes, word.size);
    kept_.swap(bytes);
    std::size_t begin = 0;
    for (Word& word : words_) {
      word.bytes = kept_.data() + begin;
      begin += word.size;
    }
  }

  const TermSet& set_;
  std::vector<Word> words_;  // from at_ on not yet matched
  std::size_t at_ = 0;
  std::string kept_;  // the bytes of words of a batch before
  std::vector<std::uint32_t> found_;
  std::size_t distinct_ = 0;
  TermCounts counts_;
};

TermCounts TermSet::count(std::string_view text) const { return Matcher(*this).run(text); }

}  // namespace quern
