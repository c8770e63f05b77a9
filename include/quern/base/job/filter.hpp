#pragma once
// The filters that a job may list, with their thresholds.

#include "quern/base/job/side_file.hpp"

#include <cstdint>
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

using FilterSpec = std::variant<LengthSpec, GopherQualitySpec, GopherRepetitionSpec, UrlBlocklistSpec, BadWordsSpec, VocabularySpec>;

}  // namespace quern
