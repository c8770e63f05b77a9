#include "quern/corpus/contamination.hpp"

#include "corpus/evaluation_set.hpp"
#include "corpus/gram_hash.hpp"
#include "corpus/gram_index.hpp"
#include "quern/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace quern {

namespace {

/// Turns the texts of items into rows.
class GramMaker {
 public:
  explicit GramMaker(const ContaminationSpec& spec) : spec_(spec) {}

  void add(std::string_view text, std::uint32_t item) {
    hashes_.clear();
    words_.for_each(text, [&](const char* word, std::size_t bytes) { hashes_.push_back(hash64({word, bytes})); });
    const std::size_t ngram = spec_.ngram;
    if (hashes_.size() < ngram) {
      if (hashes_.size() >= spec_.min_words) add_gram(hashes_, item);
      return;
    }
    for (std::size_t at = 0; at + ngram <= hashes_.size(); ++at) add_gram(std::span(hashes_).subspan(at, ngram), item);
  }
  std::vector<GramRow> take() { return std::move(rows_); }

 private:
  void add_gram(std::span<const std::uint64_t> words, std::uint32_t item) {
    const bool is_short = words.size() < spec_.ngram;
    rows_.push_back({gram_key(words), rolled(words), item, static_cast<std::uint32_t>(words.size()),
                     is_short ? rolled(words.last(spec_.min_words)) : 0});
  }

  const ContaminationSpec& spec_;
  FoldedWords words_;
  std::vector<std::uint64_t> hashes_;
  std::vector<GramRow> rows_;
};

/// Names of items on their way to all ranks: number, length, bytes.
void pack_name(std::uint32_t item, std::string_view name, std::string& to) {
  const std::uint32_t head[] = {item, static_cast<std::uint32_t>(name.size())};
  to.append(reinterpret_cast<const char*>(head), sizeof head);
  to += name;
}

void unpack_names(std::string_view bytes, std::vector<EvaluationItem>& items) {
  std::uint32_t head[2];
  for (std::size_t at = 0; at < bytes.size(); at += sizeof head + head[1]) {
    std::memcpy(head, bytes.data() + at, sizeof head);
    items[head[0]].name = bytes.substr(at + sizeof head, head[1]);
  }
}

/// One rank's share of all sets. An item's number is that of its line, counted through all sets.
struct Share {
  std::string names;
  std::vector<std::uint64_t> texts_of_set;  ///< that the fields hold
  std::vector<std::uint32_t> set_of_item;
};

Share read_share(const ContaminationSpec& spec, GramMaker& grams, const World& world) {
  Share share;
  for (std::uint32_t s = 0; s < spec.sets.size(); ++s) {
    const std::uint64_t first = share.set_of_item.size();
    std::uint64_t texts = 0;
    const std::uint64_t lines = read_evaluation_set(spec.sets[s], static_cast<std::uint64_t>(world.rank()), static_cast<std::uint64_t>(world.size()),
                                                    [&](const EvaluationLine& line) {
      const auto item = static_cast<std::uint32_t>(first + line.number - 1);
      pack_name(item, line.id.empty() ? fmt::format("line {}", line.number) : line.id, share.names);
      for (const auto& field : *line.texts) {
        for (const std::string& text : field) grams.add(text, item);
        texts += field.size();
      }
    });
    if (first + lines > UINT32_MAX) fail(ErrorKind::plan, "{}: more than {} lines in all evaluation sets", spec.sets[s].file.path, UINT32_MAX);
    share.set_of_item.resize(first + lines, s);
    share.texts_of_set.push_back(texts);
  }
  return share;
}

void check_texts(const ContaminationSpec& spec, std::span<const std::uint64_t> texts_of_set) {
  for (std::size_t s = 0; s < texts_of_set.size(); ++s) {
    if (texts_of_set[s] > 0) continue;
    fail(ErrorKind::plan, "{}: contamination.sets.{}.fields: no line has a text in {}", spec.sets[s].file.path, s, fmt::join(spec.sets[s].fields, ", "));
  }
}

}  // namespace

ContaminationIndex::ContaminationIndex() = default;
ContaminationIndex::~ContaminationIndex() = default;
ContaminationIndex::ContaminationIndex(ContaminationIndex&&) noexcept = default;
ContaminationIndex& ContaminationIndex::operator=(ContaminationIndex&&) noexcept = default;

ContaminationIndex ContaminationIndex::build(const ContaminationSpec& spec, World& world) {
  ContaminationIndex index;
  index.spec_ = spec;
  GramMaker maker(spec);
  Share share = read_share(spec, maker, world);
  world.all_reduce_sum(share.texts_of_set);
  check_texts(spec, share.texts_of_set);
  index.items_.resize(share.set_of_item.size());
  for (std::size_t i = 0; i < index.items_.size(); ++i) index.items_[i].set = share.set_of_item[i];
  for (const std::string& names : world.all_gather_bytes(share.names)) unpack_names(names, index.items_);
  const std::vector<GramRow> mine = maker.take();
  index.grams_ = std::make_unique<GramIndex>(world.all_gather<GramRow>(mine), spec.ngram, spec.min_words, spec.max_items);
  for (std::uint32_t gram = 0; gram < index.grams_->size(); ++gram) {
    for (const std::uint32_t item : index.grams_->items(gram)) ++index.items_[item].grams;
  }
  return index;
}

std::uint64_t ContaminationIndex::grams() const noexcept { return grams_->size(); }
std::uint64_t ContaminationIndex::common_grams() const noexcept { return grams_->common(); }

std::uint64_t ContaminationIndex::items_without_grams() const noexcept {
  // A blank line has a number, but is no item.
  return static_cast<std::uint64_t>(std::ranges::count_if(items_, [](const EvaluationItem& item) { return item.grams == 0 && !item.name.empty(); }));
}

std::uint64_t ContaminationIndex::memory_bytes() const noexcept {
  std::uint64_t bytes = grams_->bytes() + items_.size() * sizeof(EvaluationItem);
  for (const EvaluationItem& item : items_) bytes += item.name.capacity();
  return bytes;
}

}  // namespace quern
