// The keys of `filter`: one section per filter, and a line in kFilters.

#include "plan/keys/keys.hpp"
#include "plan/named_list.hpp"

namespace quern {

namespace {

const Section<LengthSpec> kLength = {
    {"min_chars", count(&LengthSpec::min_chars)},
    {"max_chars", count(&LengthSpec::max_chars)},
};

const Section<GopherQualitySpec> kGopherQuality = {
    {"min_words", count(&GopherQualitySpec::min_words)},
    {"max_words", count(&GopherQualitySpec::max_words)},
    {"min_mean_word_length", ratio(&GopherQualitySpec::min_mean_word_length_ppm)},
    {"max_mean_word_length", ratio(&GopherQualitySpec::max_mean_word_length_ppm)},
    {"max_symbol_ratio", ratio(&GopherQualitySpec::max_symbol_ratio_ppm)},
    {"max_bullet_lines", ratio(&GopherQualitySpec::max_bullet_lines_ppm, 0, kMillion)},
    {"max_ellipsis_lines", ratio(&GopherQualitySpec::max_ellipsis_lines_ppm, 0, kMillion)},
    {"min_alpha_words", ratio(&GopherQualitySpec::min_alpha_words_ppm, 0, kMillion)},
    {"min_stop_words", count(&GopherQualitySpec::min_stop_words)},
};

const Section<GopherRepetitionSpec> kGopherRepetition = {
    {"max_duplicate_lines", ratio(&GopherRepetitionSpec::max_duplicate_lines_ppm, 0, kMillion)},
    {"max_duplicate_paragraphs", ratio(&GopherRepetitionSpec::max_duplicate_paragraphs_ppm, 0, kMillion)},
    {"max_duplicate_line_chars", ratio(&GopherRepetitionSpec::max_duplicate_line_chars_ppm, 0, kMillion)},
    {"max_duplicate_paragraph_chars", ratio(&GopherRepetitionSpec::max_duplicate_paragraph_chars_ppm, 0, kMillion)},
    {"max_top_2_gram", ratio(&GopherRepetitionSpec::max_top_2_gram_ppm, 0, kMillion)},
    {"max_top_3_gram", ratio(&GopherRepetitionSpec::max_top_3_gram_ppm, 0, kMillion)},
    {"max_top_4_gram", ratio(&GopherRepetitionSpec::max_top_4_gram_ppm, 0, kMillion)},
    {"max_duplicate_5_grams", ratio(&GopherRepetitionSpec::max_duplicate_5_grams_ppm, 0, kMillion)},
    {"max_duplicate_6_grams", ratio(&GopherRepetitionSpec::max_duplicate_6_grams_ppm, 0, kMillion)},
    {"max_duplicate_7_grams", ratio(&GopherRepetitionSpec::max_duplicate_7_grams_ppm, 0, kMillion)},
    {"max_duplicate_8_grams", ratio(&GopherRepetitionSpec::max_duplicate_8_grams_ppm, 0, kMillion)},
    {"max_duplicate_9_grams", ratio(&GopherRepetitionSpec::max_duplicate_9_grams_ppm, 0, kMillion)},
    {"max_duplicate_10_grams", ratio(&GopherRepetitionSpec::max_duplicate_10_grams_ppm, 0, kMillion)},
};

const Section<UrlBlocklistSpec> kUrlBlocklist = {
    {"domains", side_files(&UrlBlocklistSpec::domains)},
    {"urls", side_files(&UrlBlocklistSpec::urls)},
    {"words", side_files(&UrlBlocklistSpec::words)},
    {"soft_words", side_files(&UrlBlocklistSpec::soft_words)},
    {"min_soft_words", count(&UrlBlocklistSpec::min_soft_words, 1)},
    {"subwords", side_files(&UrlBlocklistSpec::subwords)},
};

const Section<BadWordsSpec> kBadWords = {
    {"words", required(side_files(&BadWordsSpec::words))},
    {"max_count", count(&BadWordsSpec::max_count)},
    {"max_per_1000_words", ratio(&BadWordsSpec::max_per_1000_words_ppm, 0, 1000 * kMillion)},
};

const Section<VocabularySpec> kVocabulary = {
    {"terms", required(side_files(&VocabularySpec::terms))},
    {"min_terms", count(&VocabularySpec::min_terms)},
    {"min_per_1000_words", ratio(&VocabularySpec::min_per_1000_words_ppm, 0, 1000 * kMillion)},
    {"max_per_1000_words", ratio(&VocabularySpec::max_per_1000_words_ppm, 0, 1000 * kMillion)},
};

const NamedKinds<FilterSpec> kFilters = {
    named<FilterSpec>("length", kLength),
    named<FilterSpec>("gopher_quality", kGopherQuality),
    named<FilterSpec>("gopher_repetition", kGopherRepetition),
    named<FilterSpec>("url_blocklist", kUrlBlocklist),
    named<FilterSpec>("bad_words", kBadWords),
    named<FilterSpec>("vocabulary", kVocabulary),
};

}  // namespace

Kind<Job> filter_list() { return named_list(&Job::filter, kFilters, "filter"); }

}  // namespace quern
