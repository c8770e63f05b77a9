#pragma once
// The filters that a job may list, with their thresholds.

#include "quern/base/job/side_file.hpp"
#include "quern/base/signal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quern {

/// Bounds on the cleaned text, in characters (Unicode code points).
struct LengthSpec {
  std::uint64_t min_chars = 0;
  std::uint64_t max_chars = UINT64_MAX;
};

/// Gopher's quality rules (Rae et al. 2021, "Scaling Language Models", appendix A.1.1). Ratios in millionths: compared in integers.
struct GopherQualitySpec {
  std::uint64_t min_words = 50;
  std::uint64_t max_words = 100'000;
  std::uint64_t min_mean_word_length_ppm = 3'000'000;
  std::uint64_t max_mean_word_length_ppm = 10'000'000;
  std::uint64_t max_symbol_ratio_ppm = 100'000;
  std::uint64_t max_bullet_lines_ppm = 900'000;
  std::uint64_t max_ellipsis_lines_ppm = 300'000;
  std::uint64_t min_alpha_words_ppm = 800'000;
  std::uint64_t min_stop_words = 2;
};

/// Gopher's repetition rules (same appendix, table A1). Ratios in millionths.
struct GopherRepetitionSpec {
  std::uint64_t max_duplicate_lines_ppm = 300'000;
  std::uint64_t max_duplicate_paragraphs_ppm = 300'000;
  std::uint64_t max_duplicate_line_chars_ppm = 200'000;
  std::uint64_t max_duplicate_paragraph_chars_ppm = 200'000;
  std::uint64_t max_top_2_gram_ppm = 200'000;
  std::uint64_t max_top_3_gram_ppm = 180'000;
  std::uint64_t max_top_4_gram_ppm = 160'000;
  std::uint64_t max_duplicate_5_grams_ppm = 150'000;
  std::uint64_t max_duplicate_6_grams_ppm = 140'000;
  std::uint64_t max_duplicate_7_grams_ppm = 130'000;
  std::uint64_t max_duplicate_8_grams_ppm = 120'000;
  std::uint64_t max_duplicate_9_grams_ppm = 110'000;
  std::uint64_t max_duplicate_10_grams_ppm = 100'000;
};

/// Pages by their address.
struct UrlBlocklistSpec {
  std::vector<SideFile> domains;  ///< with all their subdomains
  std::vector<SideFile> urls;
  std::vector<SideFile> words;       ///< whole words of the address: one is enough
  std::vector<SideFile> soft_words;  ///< whole words, of which it takes several
  std::uint64_t min_soft_words = 2;
  std::vector<SideFile> subwords;    ///< anywhere in the letters and digits of the address
};

/// Words that nobody wants to read (C4's rule is: not one).
struct BadWordsSpec {
  std::vector<SideFile> words;
  std::uint64_t max_count = 0;
  std::uint64_t max_per_1000_words_ppm = 1'000'000'000;  ///< hits for each thousand words
};

/// Whether a text speaks of a field, by the terms of that field.
struct VocabularySpec {
  std::vector<SideFile> terms;
  std::uint64_t min_terms = 0;                 ///< different ones
  std::uint64_t min_per_1000_words_ppm = 0;
  std::uint64_t max_per_1000_words_ppm = 1'000'000'000;
};

/// Of a threshold: no text fails the rule.
inline constexpr std::uint64_t kNoMost = UINT64_MAX;

/// The rules of C4 that judge a whole page (Raffel et al. 2020, "Exploring the Limits of Transfer Learning", section 2.2).
/// Those that remove lines are a step of clean.
struct C4Spec {
  std::uint64_t min_sentences = 5;
  std::uint64_t max_lorem_ipsum = 0;     ///< occurrences
  std::uint64_t max_curly_brackets = 0;  ///< `{`
};

/// FineWeb's own rules (Penedo et al. 2024, "The FineWeb Datasets", section 3.6 and the published code). Ratios in millionths.
struct FineWebSpec {
  std::uint64_t min_line_punctuation_ppm = 120'000;
  std::uint64_t max_short_lines_ppm = 670'000;
  std::uint64_t max_duplicate_line_chars_ppm = 10'000;
  std::uint64_t max_new_lines_ppm = 300'000;
};

/// The heuristic filters of NeMo Curator with the defaults of its classes; those of n-grams with those of its recipe for English.
/// Ratios in millionths.
struct NemoSpec {
  std::uint64_t max_non_alphanumeric_ppm = 250'000;
  std::uint64_t max_symbol_words_ppm = 100'000;
  std::uint64_t max_numbers_ppm = 150'000;
  std::uint64_t max_urls_ppm = 200'000;
  std::uint64_t max_bullet_lines_ppm = 900'000;
  std::uint64_t max_white_space_ppm = 250'000;
  std::uint64_t max_parentheses_ppm = 100'000;
  std::uint64_t max_word_chars = 1'000;
  std::uint64_t min_words = 50;
  std::uint64_t max_words = 100'000;
  std::uint64_t max_boilerplate_ppm = 400'000;
  std::uint64_t min_mean_word_length_ppm = 3'000'000;
  std::uint64_t max_mean_word_length_ppm = 10'000'000;
  std::uint64_t min_unique_lines_ppm = 700'000;
  std::uint64_t min_unique_paragraphs_ppm = 700'000;
  std::uint64_t min_unique_line_chars_ppm = 800'000;
  std::uint64_t min_unique_paragraph_chars_ppm = 800'000;
  std::uint64_t max_unmarked_lines_ppm = 850'000;
  std::uint64_t max_ellipsis_lines_ppm = 300'000;
  std::uint64_t min_common_words = 2;
  std::uint64_t min_alpha_words_ppm = 800'000;
  std::uint64_t max_top_2_gram_ppm = 200'000;
  std::uint64_t max_top_3_gram_ppm = 180'000;
  std::uint64_t max_top_4_gram_ppm = 160'000;
  std::uint64_t max_duplicate_5_grams_ppm = 150'000;
  std::uint64_t max_duplicate_6_grams_ppm = 140'000;
  std::uint64_t max_duplicate_7_grams_ppm = 130'000;
  std::uint64_t max_duplicate_8_grams_ppm = 120'000;
  std::uint64_t max_duplicate_9_grams_ppm = 110'000;
  std::uint64_t max_duplicate_10_grams_ppm = 100'000;
};

/// A threshold that the corpus decides: so that a share of the documents stays. One of the two is given.
struct QuantileSpec {
  std::optional<Signal> signal;
  std::uint64_t keep_top_ppm = 0;     ///< of those that come to this filter, the ones with the largest values
  std::uint64_t keep_bottom_ppm = 0;  ///< ... the smallest
};

/// A fastText classifier (Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification") of quality, as DCLM (Li et al. 2024) uses one.
struct FastTextSpec {
  SideFile model;
  std::string label;  ///< the one that is wanted, without fastText's prefix
  std::uint64_t min_score_ppm = 500'000;
  std::uint64_t min_margin_ppm = 0;     ///< by which the label must be ahead of every other
  std::uint64_t max_bytes = 1u << 20;   ///< of the text that are looked at, from its beginning
};

using FilterSpec = std::variant<LengthSpec, GopherQualitySpec, GopherRepetitionSpec, C4Spec, FineWebSpec, NemoSpec, UrlBlocklistSpec, BadWordsSpec,
                                VocabularySpec, FastTextSpec, QuantileSpec>;

}  // namespace quern
