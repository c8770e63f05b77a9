#pragma once
// What became of an input record, and why. The names are what `quern ledger` prints and what the data set stores.

#include <array>
#include <cstdint>
#include <string_view>

namespace quern {

enum class Verdict : std::uint8_t { kept = 0, removed = 1, quarantined = 2 };

/// One code per rule. Codes are written to data sets together with their names (/ledger/reason_names): append, never renumber.
enum class Reason : std::uint8_t {
  none = 0,
  exact,  ///< same cleaned text as an earlier document in keep order
  near,   ///< Jaccard similarity with a kept document at or above the threshold
  // quarantine: the record could not be taken in
  json,    ///< not a JSON value, or bytes after it
  field,   ///< valid JSON, but not an object, or its text field is missing or not a string
  utf8,    ///< invalid UTF-8 or a lone surrogate escape, and the job does not ask for repair
  size,    ///< longer than max_document_bytes
  damage,  ///< a damaged range of a compressed file
  io,      ///< the file could not be read
  // filters
  length_min,
  length_max,
  gopher_words_min,
  gopher_words_max,
  gopher_word_length_min,
  gopher_word_length_max,
  gopher_hash_ratio,
  gopher_ellipsis_ratio,
  gopher_bullet_lines,
  gopher_ellipsis_lines,
  gopher_alpha_words,
  gopher_stop_words,
  gopher_duplicate_lines,
  gopher_duplicate_paragraphs,
  gopher_duplicate_line_chars,
  gopher_duplicate_paragraph_chars,
  gopher_top_2_gram,
  gopher_top_3_gram,
  gopher_top_4_gram,
  gopher_duplicate_5_grams,
  gopher_duplicate_6_grams,
  gopher_duplicate_7_grams,
  gopher_duplicate_8_grams,
  gopher_duplicate_9_grams,
  gopher_duplicate_10_grams,
  // corpus decisions
  repeated,       ///< little is left of it without what stands in many documents
  // sources
  sampled,        ///< its source is sampled
  source_weight,  ///< its source has more than its share
  source_cap,     ///< its source has more than its most
  // steps of clean
  clean_empty,  ///< the steps left nothing
  refinedweb_lines,
  // filters with lists
  url_domain,
  url_listed,
  url_words,
  url_soft_words,
  url_subwords,
  bad_words_count,
  bad_words_density,
  vocabulary_terms_min,
  vocabulary_density_min,
  vocabulary_density_max,
  // clean
  pii_density,
  c4_sentences,
  c4_lorem_ipsum,
  c4_curly_bracket,
  fineweb_line_punctuation,
  fineweb_short_lines,
  fineweb_duplicate_line_chars,
  fineweb_new_lines,
  nemo_non_alphanumeric,
  nemo_symbol_words,
  nemo_numbers,
  nemo_urls,
  nemo_bullet_lines,
  nemo_white_space,
  nemo_parentheses,
  nemo_long_word,
  nemo_words_min,
  nemo_words_max,
  nemo_boilerplate,
  nemo_word_length_min,
  nemo_word_length_max,
  nemo_repeated_lines,
  nemo_repeated_paragraphs,
  nemo_repeated_line_chars,
  nemo_repeated_paragraph_chars,
  nemo_unmarked_lines,
  nemo_ellipsis_lines,
  nemo_common_words,
  nemo_alpha_words,
  nemo_top_2_gram,
  nemo_top_3_gram,
  nemo_top_4_gram,
  nemo_duplicate_5_grams,
  nemo_duplicate_6_grams,
  nemo_duplicate_7_grams,
  nemo_duplicate_8_grams,
  nemo_duplicate_9_grams,
  nemo_duplicate_10_grams,
  quantile,  ///< on the wrong side of a quantile of a signal
  language,        ///< not among those the job keeps
  language_score,  ///< the guess is less certain than the job asks for
  fasttext,
  contamination,  ///< holds part of an evaluation set
  // quarantine, of web archives
  warc,  ///< a record of a web archive (WARC, ARC) whose frame is broken: its header, its length, or what follows it
  http,  ///< a response in a web archive that cannot be decoded
  extract_empty,  ///< an HTML page without text, or of which none is its article
  count_,
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Reason::count_)> kReasonNames = {
    "",
    "exact",
    "near",
    "json",
    "field",
    "utf8",
    "size",
    "damage",
    "io",
    "length_min",
    "length_max",
    "gopher_words_min",
    "gopher_words_max",
    "gopher_word_length_min",
    "gopher_word_length_max",
    "gopher_hash_ratio",
    "gopher_ellipsis_ratio",
    "gopher_bullet_lines",
    "gopher_ellipsis_lines",
    "gopher_alpha_words",
    "gopher_stop_words",
    "gopher_duplicate_lines",
    "gopher_duplicate_paragraphs",
    "gopher_duplicate_line_chars",
    "gopher_duplicate_paragraph_chars",
    "gopher_top_2_gram",
    "gopher_top_3_gram",
    "gopher_top_4_gram",
    "gopher_duplicate_5_grams",
    "gopher_duplicate_6_grams",
    "gopher_duplicate_7_grams",
    "gopher_duplicate_8_grams",
    "gopher_duplicate_9_grams",
    "gopher_duplicate_10_grams",
    "repeated",
    "sampled",
    "source_weight",
    "source_cap",
    "clean_empty",
    "refinedweb_lines",
    "url_domain",
    "url_listed",
    "url_words",
    "url_soft_words",
    "url_subwords",
    "bad_words_count",
    "bad_words_density",
    "vocabulary_terms_min",
    "vocabulary_density_min",
    "vocabulary_density_max",
    "pii_density",
    "c4_sentences",
    "c4_lorem_ipsum",
    "c4_curly_bracket",
    "fineweb_line_punctuation",
    "fineweb_short_lines",
    "fineweb_duplicate_line_chars",
    "fineweb_new_lines",
    "nemo_non_alphanumeric",
    "nemo_symbol_words",
    "nemo_numbers",
    "nemo_urls",
    "nemo_bullet_lines",
    "nemo_white_space",
    "nemo_parentheses",
    "nemo_long_word",
    "nemo_words_min",
    "nemo_words_max",
    "nemo_boilerplate",
    "nemo_word_length_min",
    "nemo_word_length_max",
    "nemo_repeated_lines",
    "nemo_repeated_paragraphs",
    "nemo_repeated_line_chars",
    "nemo_repeated_paragraph_chars",
    "nemo_unmarked_lines",
    "nemo_ellipsis_lines",
    "nemo_common_words",
    "nemo_alpha_words",
    "nemo_top_2_gram",
    "nemo_top_3_gram",
    "nemo_top_4_gram",
    "nemo_duplicate_5_grams",
    "nemo_duplicate_6_grams",
    "nemo_duplicate_7_grams",
    "nemo_duplicate_8_grams",
    "nemo_duplicate_9_grams",
    "nemo_duplicate_10_grams",
    "quantile",
    "language",
    "language_score",
    "fasttext",
    "contamination",
    "warc",
    "http",
    "extract_empty",
};

/// Whether a reason quarantines a record rather than removes it.
constexpr bool is_quarantine(Reason reason) {
  return (reason >= Reason::json && reason <= Reason::io) || reason == Reason::warc || reason == Reason::http;
}

constexpr std::string_view name(Reason reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }

constexpr std::string_view name(Verdict verdict) {
  constexpr std::array<std::string_view, 3> names = {"kept", "removed", "quarantined"};
  return names[static_cast<std::size_t>(verdict)];
}

}  // namespace quern
