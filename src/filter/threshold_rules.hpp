#pragma once
// Families of rules as tables: each rule compares one signal with one threshold of the spec.

#include "quern/base/job.hpp"
#include "quern/base/signal.hpp"
#include "quern/base/verdict.hpp"
#include "quern/filter/signals.hpp"
#include "ratio.hpp"

#include <array>
#include <cstdint>

namespace quern {

enum class Fails : std::uint8_t { below, above };

template <class Spec>
struct Rule {
  Reason reason;
  Signal signal;
  Fails fails;
  std::uint64_t Spec::*threshold;
  bool is_count = false;  ///< the threshold is one, not millionths

  /// No value fails it.
  bool is_off(const Spec& spec) const noexcept { return spec.*threshold == (fails == Fails::below ? 0 : kNoMost); }

  bool fails_on(const Spec& spec, const Fraction& value) const noexcept {
    const std::uint64_t bound = spec.*threshold;
    if (is_count) return fails == Fails::below ? value.numerator < bound : value.numerator > bound;
    const auto order = compare_ratio(value.numerator, value.denominator, bound);
    return fails == Fails::below ? order < 0 : order > 0;
  }

  /// The same for the quotient. Where it is not equal to the threshold, it differs by 1 / (denominator * 10^6) at least; relative to it
  /// that is 1 / (10^6 * numerator), more than doubles near it are apart if the numerator is below 2^32: so the two, each rounded once,
  /// do not become equal, and rounding never swaps them. Equal ones are rounded alike. NaN fails nothing.
  bool fails_on(const Spec& spec, double value) const noexcept {
    const double bound = is_count ? static_cast<double>(spec.*threshold) : static_cast<double>(spec.*threshold) / 1e6;
    return fails == Fails::below ? value < bound : value > bound;
  }
};


template <class Spec>
struct RulesOf;  // not for filters that look at more than signals

template <>
struct RulesOf<LengthSpec> {
  using S = LengthSpec;
  static constexpr auto kRules = std::to_array<Rule<S>>({
      {Reason::length_min, Signal::chars, Fails::below, &S::min_chars, true},
      {Reason::length_max, Signal::chars, Fails::above, &S::max_chars, true},
  });
};

// Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", appendix A.1.1, in the order given there.
template <>
struct RulesOf<GopherQualitySpec> {
  using S = GopherQualitySpec;
  static constexpr auto kRules = std::to_array<Rule<S>>({
      {Reason::gopher_words_min, Signal::gopher_words, Fails::below, &S::min_words, true},
      {Reason::gopher_words_max, Signal::gopher_words, Fails::above, &S::max_words, true},
      {Reason::gopher_word_length_min, Signal::gopher_word_length, Fails::below, &S::min_mean_word_length_ppm},
      {Reason::gopher_word_length_max, Signal::gopher_word_length, Fails::above, &S::max_mean_word_length_ppm},
      {Reason::gopher_hash_ratio, Signal::gopher_hash_ratio, Fails::above, &S::max_symbol_ratio_ppm},
      {Reason::gopher_ellipsis_ratio, Signal::gopher_ellipsis_ratio, Fails::above, &S::max_symbol_ratio_ppm},
      {Reason::gopher_bullet_lines, Signal::gopher_bullet_lines, Fails::above, &S::max_bullet_lines_ppm},
      {Reason::gopher_ellipsis_lines, Signal::gopher_ellipsis_lines, Fails::above, &S::max_ellipsis_lines_ppm},
      {Reason::gopher_alpha_words, Signal::gopher_alpha_words, Fails::below, &S::min_alpha_words_ppm},
      {Reason::gopher_stop_words, Signal::gopher_stop_words, Fails::below, &S::min_stop_words, true},
  });
};

// The same appendix, table A1.
template <>
struct RulesOf<GopherRepetitionSpec> {
  using S = GopherRepetitionSpec;
  static constexpr auto kRules = std::to_array<Rule<S>>({
      {Reason::gopher_duplicate_lines, Signal::gopher_duplicate_lines, Fails::above, &S::max_duplicate_lines_ppm},
      {Reason::gopher_duplicate_paragraphs, Signal::gopher_duplicate_paragraphs, Fails::above, &S::max_duplicate_paragraphs_ppm},
      {Reason::gopher_duplicate_line_chars, Signal::gopher_duplicate_line_chars, Fails::above, &S::max_duplicate_line_chars_ppm},
      {Reason::gopher_duplicate_paragraph_chars, Signal::gopher_duplicate_paragraph_chars, Fails::above,
       &S::max_duplicate_paragraph_chars_ppm},
      {Reason::gopher_top_2_gram, Signal::gopher_top_2_gram, Fails::above, &S::max_top_2_gram_ppm},
      {Reason::gopher_top_3_gram, Signal::gopher_top_3_gram, Fails::above, &S::max_top_3_gram_ppm},
      {Reason::gopher_top_4_gram, Signal::gopher_top_4_gram, Fails::above, &S::max_top_4_gram_ppm},
      {Reason::gopher_duplicate_5_grams, Signal::gopher_duplicate_5_grams, Fails::above, &S::max_duplicate_5_grams_ppm},
      {Reason::gopher_duplicate_6_grams, Signal::gopher_duplicate_6_grams, Fails::above, &S::max_duplicate_6_grams_ppm},
      {Reason::gopher_duplicate_7_grams, Signal::gopher_duplicate_7_grams, Fails::above, &S::max_duplicate_7_grams_ppm},
      {Reason::gopher_duplicate_8_grams, Signal::gopher_duplicate_8_grams, Fails::above, &S::max_duplicate_8_grams_ppm},
      {Reason::gopher_duplicate_9_grams, Signal::gopher_duplicate_9_grams, Fails::above, &S::max_duplicate_9_grams_ppm},
      {Reason::gopher_duplicate_10_grams, Signal::gopher_duplicate_10_grams, Fails::above, &S::max_duplicate_10_grams_ppm},
  });
};

// Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section 2.2.
template <>
struct RulesOf<C4Spec> {
  using S = C4Spec;
  static constexpr auto kRules = std::to_array<Rule<S>>({
      {Reason::c4_lorem_ipsum, Signal::c4_lorem_ipsum, Fails::above, &S::max_lorem_ipsum, true},
      {Reason::c4_curly_bracket, Signal::c4_curly_brackets, Fails::above, &S::max_curly_brackets, true},
      {Reason::c4_sentences, Signal::c4_sentences, Fails::below, &S::min_sentences, true},
  });
};

// Penedo et al. 2024, "The FineWeb Datasets: Decanting the Web for the Finest Text Data at Scale", section 3.6.
template <>
struct RulesOf<FineWebSpec> {
  using S = FineWebSpec;
  static constexpr auto kRules = std::to_array<Rule<S>>({
      {Reason::fineweb_line_punctuation, Signal::fineweb_line_punctuation, Fails::below, &S::min_line_punctuation_ppm},
      {Reason::fineweb_short_lines, Signal::fineweb_short_lines, Fails::above, &S::max_short_lines_ppm},
      {Reason::fineweb_duplicate_line_chars, Signal::fineweb_duplicate_line_chars, Fails::above, &S::max_duplicate_line_chars_ppm},
      {Reason::fineweb_new_lines, Signal::fineweb_new_lines, Fails::above, &S::max_new_lines_ppm},
  });
};

// NeMo Curator, "Heuristic Filtering", with the defaults of its classes.
template <>
struct RulesOf<NemoSpec> {
  using S = NemoSpec;
  static constexpr auto kRules = std::to_array<Rule<S>>({
      {Reason::nemo_non_alphanumeric, Signal::nemo_non_alphanumeric, Fails::above, &S::max_non_alphanumeric_ppm},
      {Reason::nemo_symbol_words, Signal::nemo_symbol_words, Fails::above, &S::max_symbol_words_ppm},
      {Reason::nemo_numbers, Signal::nemo_numbers, Fails::above, &S::max_numbers_ppm},
      {Reason::nemo_urls, Signal::nemo_urls, Fails::above, &S::max_urls_ppm},
      {Reason::nemo_bullet_lines, Signal::nemo_bullet_lines, Fails::above, &S::max_bullet_lines_ppm},
      {Reason::nemo_white_space, Signal::nemo_white_space, Fails::above, &S::max_white_space_ppm},
      {Reason::nemo_parentheses, Signal::nemo_parentheses, Fails::above, &S::max_parentheses_ppm},
      {Reason::nemo_long_word, Signal::nemo_longest_word, Fails::above, &S::max_word_chars, true},
      {Reason::nemo_words_min, Signal::nemo_words, Fails::below, &S::min_words, true},
      {Reason::nemo_words_max, Signal::nemo_words, Fails::above, &S::max_words, true},
      {Reason::nemo_boilerplate, Signal::nemo_boilerplate, Fails::above, &S::max_boilerplate_ppm},
      {Reason::nemo_word_length_min, Signal::nemo_word_length, Fails::below, &S::min_mean_word_length_ppm},
      {Reason::nemo_word_length_max, Signal::nemo_word_length, Fails::above, &S::max_mean_word_length_ppm},
      {Reason::nemo_unmarked_lines, Signal::nemo_unmarked_lines, Fails::above, &S::max_unmarked_lines_ppm},
      {Reason::nemo_ellipsis_lines, Signal::nemo_ellipsis_lines, Fails::above, &S::max_ellipsis_lines_ppm},
      {Reason::nemo_common_words, Signal::nemo_common_words, Fails::below, &S::min_common_words, true},
      {Reason::nemo_alpha_words, Signal::nemo_alpha_words, Fails::below, &S::min_alpha_words_ppm},
      {Reason::nemo_repeated_lines, Signal::nemo_unique_lines, Fails::below, &S::min_unique_lines_ppm},
      {Reason::nemo_repeated_paragraphs, Signal::nemo_unique_paragraphs, Fails::below, &S::min_unique_paragraphs_ppm},
      {Reason::nemo_repeated_line_chars, Signal::nemo_unique_line_chars, Fails::below, &S::min_unique_line_chars_ppm},
      {Reason::nemo_repeated_paragraph_chars, Signal::nemo_unique_paragraph_chars, Fails::below, &S::min_unique_paragraph_chars_ppm},
      {Reason::nemo_top_2_gram, Signal::gopher_top_2_gram, Fails::above, &S::max_top_2_gram_ppm},
      {Reason::nemo_top_3_gram, Signal::gopher_top_3_gram, Fails::above, &S::max_top_3_gram_ppm},
      {Reason::nemo_top_4_gram, Signal::gopher_top_4_gram, Fails::above, &S::max_top_4_gram_ppm},
      {Reason::nemo_duplicate_5_grams, Signal::gopher_duplicate_5_grams, Fails::above, &S::max_duplicate_5_grams_ppm},
      {Reason::nemo_duplicate_6_grams, Signal::gopher_duplicate_6_grams, Fails::above, &S::max_duplicate_6_grams_ppm},
      {Reason::nemo_duplicate_7_grams, Signal::gopher_duplicate_7_grams, Fails::above, &S::max_duplicate_7_grams_ppm},
      {Reason::nemo_duplicate_8_grams, Signal::gopher_duplicate_8_grams, Fails::above, &S::max_duplicate_8_grams_ppm},
      {Reason::nemo_duplicate_9_grams, Signal::gopher_duplicate_9_grams, Fails::above, &S::max_duplicate_9_grams_ppm},
      {Reason::nemo_duplicate_10_grams, Signal::gopher_duplicate_10_grams, Fails::above, &S::max_duplicate_10_grams_ppm},
  });
};

/// The reason of the first of `rules` that the text fails. Signals are measured as their turn comes.
template <class Rules, class Spec>
Reason first_failed(const Rules& rules, const Spec& spec, const FilterSubject& subject) {
  for (const Rule<Spec>& rule : rules) {
    if (!rule.is_off(spec) && rule.fails_on(spec, measure(rule.signal, subject))) return rule.reason;
  }
  return Reason::none;
}

}  // namespace quern
