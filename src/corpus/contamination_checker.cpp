#include "corpus/gram_hash.hpp"
#include "corpus/gram_index.hpp"
#include "corpus/word_spans.hpp"
#include "quern/base/wide.hpp"
#include "quern/corpus/contamination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::ptrdiff_t kBefore = 64;  // hashes of words before a batch: the longest run

/// Whether an item is held to the extent that the job asks for.
bool is_enough(const ItemMatch& match, const ContaminationSpec& spec) {
  if (match.matched < std::min<std::uint64_t>(spec.min_matches, match.grams)) return false;
  return Uint128{match.matched} * kMillion >= Uint128{match.grams} * spec.min_share_ppm;
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void append_escaped(std::string& to, std::string_view text) {
  for (const char c : text) {
    if (c == '\t') to += "\\t";
    else if (c == '\n') to += "\\n";
    else if (c == '\r') to += "\\r";
    else if (c == '\\') to += "\\\\";
    else to += c;
  }
}

}  // namespace

ContaminationChecker::ContaminationChecker(const ContaminationIndex& index) : index_(index) {}

void ContaminationChecker::look_up(std::uint64_t slot, const std::uint64_t* behind, std::uint32_t words, std::uint32_t end) {
  const GramIndex& grams = index_.gram_index();
  if (!grams.may_have(slot)) return;
  grams.for_each(slot, [&](std::uint32_t gram) {
    if (gram_key({behind - words, words}) != grams.key(gram)) return false;
    hits_.push_back({gram, end});
    return true;
  });
}

void ContaminationChecker::look_up_short(std::uint64_t slot, const std::uint64_t* behind, std::uint32_t end) {
  const GramIndex& grams = index_.gram_index();
  for (std::uint64_t lengths = grams.short_lengths(slot); lengths != 0; lengths &= lengths - 1) {
    const auto words = grams.min_words() + static_cast<std::uint32_t>(std::countr_zero(lengths));
    if (words > end) return;
    look_up(gram_slot(rolled({behind - words, words}), words), behind, words, end);
  }
}

// All slots of a batch are known, and on their way from memory, before the first is looked at.
void ContaminationChecker::take_batch(const char* folded, std::span<const FoldedWords::Word> words) {
  const GramIndex& grams = index_.gram_index();
  const std::uint32_t ngram = grams.ngram(), shorter = grams.min_words();
  std::copy(hashes_.end() - kBefore, hashes_.end(), hashes_.begin());
  hashes_.resize(static_cast<std::size_t>(kBefore) + words.size());
  slots_.resize(words.size());
  short_slots_.resize(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint64_t* const here = hashes_.data() + kBefore + i;
    *here = hash64({folded + words[i].begin, words[i].end - words[i].begin});
    rolling_ = rolling_ * kRoll + *here - *(here - ngram) * grams.power();
    slots_[i] = gram_slot(rolling_, ngram);
    grams.fetch(slots_[i]);
    if (!grams.has_short()) continue;
    short_rolling_ = short_rolling_ * kRoll + *here - *(here - shorter) * grams.short_power();
    short_slots_[i] = gram_slot(short_rolling_, shorter);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t end = ++seen_;
    const std::uint64_t* const behind = hashes_.data() + kBefore + i + 1;
    if (end >= ngram) look_up(slots_[i], behind, ngram, end);
    if (grams.has_short() && end >= shorter) look_up_short(short_slots_[i], behind, end);
  }
}

std::span<const ItemMatch> ContaminationChecker::check(std::string_view text) {
  hashes_.assign(static_cast<std::size_t>(kBefore), 0);  // so that nothing has to leave a window that is not full
  rolling_ = short_rolling_ = 0;
  seen_ = 0;
  hits_.clear();
  matches_.clear();
  if (index_.grams() > 0) {
    words_.for_each_batch(text, [&](const char* folded, std::span<const FoldedWords::Word> words) { take_batch(folded, words); });
  }
  if (!hits_.empty()) count_items();
  return matches_;
}

void ContaminationChecker::count_items() {
  const GramIndex& grams = index_.gram_index();
  found_grams_.clear();
  for (const Hit& hit : hits_) found_grams_.push_back(hit.gram);
  sort_unique(found_grams_);
  found_items_.clear();
  for (const std::uint32_t gram : found_grams_) {
    const auto items = grams.items(gram);
    found_items_.insert(found_items_.end(), items.begin(), items.end());
  }
  std::ranges::sort(found_items_);
  for (std::size_t at = 0, end = 0; at < found_items_.size(); at = end) {
    while (end < found_items_.size() && found_items_[end] == found_items_[at]) ++end;
    const std::uint32_t item = found_items_[at];
    const ItemMatch match{item, static_cast<std::uint32_t>(end - at), index_.items()[item].grams};
    if (is_enough(match, index_.spec())) matches_.push_back(match);
  }
}

Reason ContaminationChecker::apply(std::string& text) {
  if (check(text).empty()) return Reason::none;
  if (index_.spec().action == ContaminationAction::drop) return Reason::contamination;
  if (index_.spec().action == ContaminationAction::mask) mask(text);
  return Reason::none;
}

void ContaminationChecker::mask(std::string& text) {
  const GramIndex& grams = index_.gram_index();
  // Only what an item of which there is enough has: the rest stays.
  const auto is_matched = [&](std::uint32_t item) { return std::ranges::binary_search(matches_, item, {}, &ItemMatch::item); };
  std::erase_if(found_grams_, [&](std::uint32_t gram) { return std::ranges::none_of(grams.items(gram), is_matched); });
  std::erase_if(hits_, [&](const Hit& hit) { return !std::ranges::binary_search(found_grams_, hit.gram); });
  // Hits are in the order of their ends; grams of several lengths end at one word, the first of the list is the longest.
  struct Run {
    std::uint32_t begin, end;
  };
  std::vector<Run> runs;
  for (const Hit& hit : hits_) {
    const Run run{hit.end - grams.words(hit.gram), hit.end};
    while (!runs.empty() && runs.back().begin >= run.begin) runs.pop_back();
    if (!runs.empty() && runs.back().end >= run.begin) {
      runs.back().end = run.end;
    } else {
      runs.push_back(run);
    }
  }
  std::string masked;
  masked.reserve(text.size());
  std::size_t from = 0, next = 0;
  std::uint32_t word = 0;
  for_each_word_span(text, [&](std::size_t begin, std::size_t end) {
    if (word == runs[next].begin) {
      masked.append(text, from, begin - from);
      masked += index_.spec().mask_with;
    }
    if (++word == runs[next].end) {
      from = end;
      ++next;
    }
    return next < runs.size();
  });
  masked.append(text, from);
  text.swap(masked);
}

std::string contamination_rows(std::string_view document, std::span<const ItemMatch> matches, const ContaminationIndex& index) {
  std::string rows;
  for (const ItemMatch& match : matches) {
    const EvaluationItem& item = index.items()[match.item];
    append_escaped(rows, document);
    rows += '\t';
    append_escaped(rows, index.spec().sets[item.set].name);
    rows += '\t';
    append_escaped(rows, item.name);
    // Rounded to the nearest millionth, halves up.
    const std::uint64_t share = (2 * kMillion * match.matched + match.grams) / (2 * std::uint64_t{match.grams});
    rows += fmt::format("\t{}\t{}\t{}.{:06}\n", match.matched, match.grams, share / kMillion, share % kMillion);
  }
  return rows;
}

}  // namespace quern
