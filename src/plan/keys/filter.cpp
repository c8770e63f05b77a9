// The keys of `filter`: one section per filter, and a line in kFilters.

#include "plan/keys/keys.hpp"
#include "plan/named_list.hpp"
#include "quern/base/signal.hpp"

#include <array>

namespace quern {

namespace {

constexpr std::uint64_t kMostCommonWords = 100;  // what the signal counts up to

/// `off` where a largest value is expected.
template <class S>
Kind<S> or_off(std::uint64_t S::*member, Kind<S> kind) {
  return {[member, kind](S& to, const JobValue& value, const std::string& folder) {
            if (value.kind == JobValue::Kind::scalar && value.text == "off") to.*member = kNoMost;
            else kind.read(to, value, folder);
          },
          [member, kind](const S& from) { return from.*member == kNoMost ? json_quoted("off") : kind.write(from); },
          [kind](const std::string& key_path) { return schema_of_either({schema_of_names({"off"}), kind.schema(key_path)}); }};
}

template <class S>
Kind<S> most(std::uint64_t S::*member) {
  return or_off(member, ratio(member));
}

template <class S>
Kind<S> most_count(std::uint64_t S::*member) {
  return or_off(member, count(member));
}

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

const Section<C4Spec> kC4 = {
    {"min_sentences", count(&C4Spec::min_sentences)},
    {"max_lorem_ipsum", most_count(&C4Spec::max_lorem_ipsum)},
    {"max_curly_brackets", most_count(&C4Spec::max_curly_brackets)},
};

const Section<FineWebSpec> kFineWeb = {
    {"min_line_punctuation", ratio(&FineWebSpec::min_line_punctuation_ppm)},
    {"max_short_lines", most(&FineWebSpec::max_short_lines_ppm)},
    {"max_duplicate_line_chars", most(&FineWebSpec::max_duplicate_line_chars_ppm)},
    {"max_new_lines", most(&FineWebSpec::max_new_lines_ppm)},
};

const Section<NemoSpec> kNemo = {
    {"max_non_alphanumeric", most(&NemoSpec::max_non_alphanumeric_ppm)},
    {"max_symbol_words", most(&NemoSpec::max_symbol_words_ppm)},
    {"max_numbers", most(&NemoSpec::max_numbers_ppm)},
    {"max_urls", most(&NemoSpec::max_urls_ppm)},
    {"max_bullet_lines", most(&NemoSpec::max_bullet_lines_ppm)},
    {"max_white_space", most(&NemoSpec::max_white_space_ppm)},
    {"max_parentheses", most(&NemoSpec::max_parentheses_ppm)},
    {"max_word_chars", most_count(&NemoSpec::max_word_chars)},
    {"min_words", count(&NemoSpec::min_words)},
    {"max_words", most_count(&NemoSpec::max_words)},
    {"max_boilerplate", most(&NemoSpec::max_boilerplate_ppm)},
    {"min_mean_word_length", ratio(&NemoSpec::min_mean_word_length_ppm)},
    {"max_mean_word_length", most(&NemoSpec::max_mean_word_length_ppm)},
    {"min_unique_lines", ratio(&NemoSpec::min_unique_lines_ppm)},
    {"min_unique_paragraphs", ratio(&NemoSpec::min_unique_paragraphs_ppm)},
    {"min_unique_line_chars", ratio(&NemoSpec::min_unique_line_chars_ppm)},
    {"min_unique_paragraph_chars", ratio(&NemoSpec::min_unique_paragraph_chars_ppm)},
    {"max_unmarked_lines", most(&NemoSpec::max_unmarked_lines_ppm)},
    {"max_ellipsis_lines", most(&NemoSpec::max_ellipsis_lines_ppm)},
    {"min_common_words", count(&NemoSpec::min_common_words, 0, kMostCommonWords)},
    {"min_alpha_words", ratio(&NemoSpec::min_alpha_words_ppm)},
    {"max_top_2_gram", most(&NemoSpec::max_top_2_gram_ppm)},
    {"max_top_3_gram", most(&NemoSpec::max_top_3_gram_ppm)},
    {"max_top_4_gram", most(&NemoSpec::max_top_4_gram_ppm)},
    {"max_duplicate_5_grams", most(&NemoSpec::max_duplicate_5_grams_ppm)},
    {"max_duplicate_6_grams", most(&NemoSpec::max_duplicate_6_grams_ppm)},
    {"max_duplicate_7_grams", most(&NemoSpec::max_duplicate_7_grams_ppm)},
    {"max_duplicate_8_grams", most(&NemoSpec::max_duplicate_8_grams_ppm)},
    {"max_duplicate_9_grams", most(&NemoSpec::max_duplicate_9_grams_ppm)},
    {"max_duplicate_10_grams", most(&NemoSpec::max_duplicate_10_grams_ppm)},
};

const Section<QuantileSpec> kQuantile = {
    {"signal", required(signal(&QuantileSpec::signal))},
    {"keep_top", ratio(&QuantileSpec::keep_top_ppm, 1, kMillion)},
    {"keep_bottom", ratio(&QuantileSpec::keep_bottom_ppm, 1, kMillion)},
};

const Section<FastTextSpec> kFastText = {
    {"model", required(side_file(&FastTextSpec::model))},
    {"label", required(text(&FastTextSpec::label))},
    {"min_score", ratio(&FastTextSpec::min_score_ppm, 0, kMillion)},
    {"min_margin", ratio(&FastTextSpec::min_margin_ppm, 0, kMillion)},
    {"max_bytes", bytes(&FastTextSpec::max_bytes, 1, UINT64_MAX)},
};

const NamedKinds<FilterSpec> kFilters = {
    named<FilterSpec>("length", kLength),
    named<FilterSpec>("gopher_quality", kGopherQuality),
    named<FilterSpec>("gopher_repetition", kGopherRepetition),
    named<FilterSpec>("url_blocklist", kUrlBlocklist),
    named<FilterSpec>("bad_words", kBadWords),
    named<FilterSpec>("vocabulary", kVocabulary),
    named<FilterSpec>("c4", kC4),
    named<FilterSpec>("fineweb", kFineWeb),
    named<FilterSpec>("nemo", kNemo),
    named<FilterSpec>("fasttext", kFastText),
    named<FilterSpec>("quantile", kQuantile),
};

std::vector<std::string_view> words_for_signals() {
  std::vector<std::string_view> names = {"all"};
  names.insert(names.end(), kSignalFamilyNames.begin(), kSignalFamilyNames.end());
  for (const SignalAbout& about : kSignalAbout) names.push_back(about.name);
  return names;
}

/// A signal, a family of them, or all.
void choose_signals(std::array<bool, kSignals>& chosen, const JobValue& value) {
  const std::string& word = read_text(value);
  bool known = word == "all";
  for (std::size_t i = 0; i < kSignals; ++i) {
    const SignalAbout& about = kSignalAbout[i];
    const bool named = word == "all" || word == about.name || word == name(about.family);
    chosen[i] = chosen[i] || named;
    known = known || named;
  }
  if (!known) fail_unknown(value, "unknown signal", word, words_for_signals());
}

}  // namespace

Kind<Job> signal_list() {
  return {[](Job& to, const JobValue& value, const std::string&) {
            std::array<bool, kSignals> chosen{};
            if (value.kind == JobValue::Kind::scalar) choose_signals(chosen, value);
            else if (value.kind != JobValue::Kind::list) {
              fail_at(value, fmt::format("a list of signals is expected, not {}", describe(value)));
            }
            for (const JobValue& item : value.children) choose_signals(chosen, item);
            to.signals.clear();
            for (std::size_t i = 0; i < kSignals; ++i) {
              if (chosen[i]) to.signals.push_back(static_cast<Signal>(i));
            }
          },
          [](const Job& from) {
            std::vector<std::string> names;
            for (const Signal signal : from.signals) names.push_back(json_quoted(name(signal)));
            return json_list(names);
          },
          [](const std::string&) {
            const std::string word = schema_of_names(words_for_signals());
            return schema_of_either({word, schema_of_list(word)});
          }};
}

Kind<Job> filter_list() { return named_list(&Job::filter, kFilters, "filter"); }

}  // namespace quern
