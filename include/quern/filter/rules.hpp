#pragma once
// One function for each filter: which of its rules, if any, a text fails first. Each is in src/filter/ under its own name.

#include "quern/base/job.hpp"
#include "quern/base/verdict.hpp"
#include "quern/filter/fasttext.hpp"
#include "quern/filter/lists.hpp"
#include "quern/filter/page_repeats.hpp"
#include "quern/filter/page_statistics.hpp"
#include "quern/filter/redpajama.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/statistics.hpp"
#include "quern/filter/token_places.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace quern {

/// What a chain asks of a text beyond the text itself.
struct FilterNeeds {
  bool statistics = false;
  bool tokens = false;
};

constexpr FilterNeeds needs_of(const LengthSpec&) { return {.statistics = true}; }
constexpr FilterNeeds needs_of(const GopherQualitySpec&) { return {.statistics = true}; }
constexpr FilterNeeds needs_of(const GopherRepetitionSpec&) { return {.tokens = true}; }
constexpr FilterNeeds needs_of(const UrlBlocklistSpec&) { return {}; }
constexpr FilterNeeds needs_of(const BadWordsSpec&) { return {}; }
constexpr FilterNeeds needs_of(const VocabularySpec&) { return {}; }
constexpr FilterNeeds needs_of(const C4Spec&) { return {}; }
constexpr FilterNeeds needs_of(const FineWebSpec&) { return {.statistics = true}; }
constexpr FilterNeeds needs_of(const NemoSpec&) { return {.tokens = true}; }
constexpr FilterNeeds needs_of(const QuantileSpec&) { return {}; }
constexpr FilterNeeds needs_of(const FastTextSpec&) { return {}; }

/// What is known of a document beside its text.
struct DocumentFacts {
  std::string_view url = {};
  std::string_view language = {};  ///< label; empty: not known, or not asked for
};

/// A text under judgement. What several filters ask of it is computed once, when the first asks.
class FilterSubject {
 public:
  /// What `needs` both name comes out of one walk through the text. `places` is written to, and stays where it is.
  FilterSubject(std::string_view text, const DocumentFacts& facts, FilterNeeds needs, TokenPlaces& places)
      : text_(text), facts_(facts), needs_(needs), places_(places) {}
  std::string_view text() const noexcept { return text_; }
  const DocumentFacts& facts() const noexcept { return facts_; }
  const TextStatistics& statistics() const {
    if (!statistics_) count(needs_.tokens && !has_places_);
    return *statistics_;
  }
  const TokenPlaces& tokens() const {
    asked_for_tokens_ = true;
    if (!has_places_ && needs_.statistics && !statistics_) count(true);
    if (!has_places_) find_tokens(text_, places_);
    has_places_ = true;
    return places_;
  }
  const PageStatistics& page() const {
    if (!page_) page_ = count_page(text_);
    return *page_;
  }
  const PageRepeats& repeats() const {
    if (!repeats_) repeats_ = count_page_repeats(text_);
    return *repeats_;
  }
  const RepetitionCounts& repetition() const;
  const RedPajamaCounts& redpajama() const {
    if (!redpajama_) redpajama_ = count_redpajama(text_);
    return *redpajama_;
  }
  /// Whether no rule of n-grams of `spec` can fail, because none did of another spec that is at least as strict.
  bool has_passed_grams(const GopherRepetitionSpec& spec) const;
  void pass_grams(const GopherRepetitionSpec& spec) const { passed_ = spec; }
  bool was_asked_for_tokens() const noexcept { return asked_for_tokens_; }

 private:
  void count(bool with_places) const {
    statistics_ = with_places ? count_statistics(text_, places_) : count_statistics(text_);
    has_places_ |= with_places;
  }

  std::string_view text_;
  DocumentFacts facts_;
  FilterNeeds needs_;
  TokenPlaces& places_;
  mutable bool has_places_ = false;
  mutable bool asked_for_tokens_ = false;
  mutable std::optional<TextStatistics> statistics_;
  mutable std::optional<PageStatistics> page_;
  mutable std::optional<PageRepeats> repeats_;
  mutable std::optional<RepetitionCounts> repetition_;
  mutable std::optional<RedPajamaCounts> redpajama_;
  mutable std::optional<GopherRepetitionSpec> passed_;
};

Reason judge(const LengthSpec& spec, const FilterSubject& subject);
Reason judge(const GopherQualitySpec& spec, const FilterSubject& subject);
Reason judge(const GopherRepetitionSpec& spec, const FilterSubject& subject);
Reason judge(const UrlBlocklist& blocklist, const FilterSubject& subject);
Reason judge(const BadWords& bad, const FilterSubject& subject);
Reason judge(const Vocabulary& vocabulary, const FilterSubject& subject);
Reason judge(const FastTextFilter& filter, const FilterSubject& subject);
Reason judge(const C4Spec& spec, const FilterSubject& subject);
Reason judge(const FineWebSpec& spec, const FilterSubject& subject);
Reason judge(const NemoSpec& spec, const FilterSubject& subject);
/// Passes: its threshold is known when all texts have been seen.
Reason judge(const QuantileSpec& spec, const FilterSubject& subject);

}  // namespace quern
