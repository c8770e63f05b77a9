// The keys of `clean`.

#include "plan/keys/keys.hpp"
#include "plan/keys/pii.hpp"
#include "plan/named_list.hpp"

namespace quern {

namespace {

constexpr std::uint64_t kMostBlankLines = 1'000'000'000;
constexpr std::uint32_t kMostTimes = 5;

const Section<MojibakeSpec> kMojibake = {
    {"times", count(&MojibakeSpec::times, 1, kMostTimes)},
};

const Section<TrimLinesSpec> kTrimLines = {};

const Section<WhiteSpaceSpec> kWhiteSpace = {
    {"collapse", flag(&WhiteSpaceSpec::collapse)},
    {"keep_indentation", flag(&WhiteSpaceSpec::keep_indentation)},
    {"trim", flag(&WhiteSpaceSpec::trim)},
    {"max_blank_lines", count(&WhiteSpaceSpec::max_blank_lines, 0, kMostBlankLines)},
};

const Section<ZeroWidthSpec> kZeroWidth = {
    {"bidi", flag(&ZeroWidthSpec::bidi)},
    {"soft_hyphens", flag(&ZeroWidthSpec::soft_hyphens)},
    {"tags", flag(&ZeroWidthSpec::tags)},
    {"joiners", flag(&ZeroWidthSpec::joiners)},
    {"variation_selectors", flag(&ZeroWidthSpec::variation_selectors)},
};

const Section<ControlCharactersSpec> kControlCharacters = {
    {"noncharacters", flag(&ControlCharactersSpec::noncharacters)},
    {"annotation", flag(&ControlCharactersSpec::annotation)},
    {"private_use", flag(&ControlCharactersSpec::private_use)},
    {"replacement", flag(&ControlCharactersSpec::replacement)},
};

const Section<PunctuationSpec> kPunctuation = {
    {"quotes", flag(&PunctuationSpec::quotes)},         {"dashes", flag(&PunctuationSpec::dashes)},
    {"ellipses", flag(&PunctuationSpec::ellipses)},     {"full_width", flag(&PunctuationSpec::full_width)},
    {"cjk", flag(&PunctuationSpec::cjk)},
};

const Section<EntitiesSpec> kEntities = {
    {"without_semicolon", flag(&EntitiesSpec::without_semicolon)},
    {"times", count(&EntitiesSpec::times, 1, kMostTimes)},
};

const Section<RemoveUrlsSpec> kRemoveUrls = {
    {"replacement", text(&RemoveUrlsSpec::replacement)},
};

const Section<RemoveEmojiSpec> kRemoveEmoji = {
    {"symbols", flag(&RemoveEmojiSpec::symbols)},
    {"replacement", text(&RemoveEmojiSpec::replacement)},
};

const Section<RemoveHashtagsSpec> kRemoveHashtags = {
    {"mentions", flag(&RemoveHashtagsSpec::mentions)},
    {"keep_words", flag(&RemoveHashtagsSpec::keep_words)},
};

const Section<LowerCaseSpec> kLowerCase = {};

const Section<C4LinesSpec> kC4Lines = {
    {"end_marks", text(&C4LinesSpec::end_marks)},
    {"ellipses", flag(&C4LinesSpec::ellipses)},
    {"min_words", count(&C4LinesSpec::min_words)},
    {"max_word_chars", count(&C4LinesSpec::max_word_chars, 1)},
    {"citations", flag(&C4LinesSpec::citations)},
    {"javascript", flag(&C4LinesSpec::javascript)},
    {"policies", flag(&C4LinesSpec::policies)},
};

const Section<RefinedWebLinesSpec> kRefinedWebLines = {
    {"max_uppercase", ratio(&RefinedWebLinesSpec::max_uppercase_ppm, 0, kMillion)},
    {"numbers", flag(&RefinedWebLinesSpec::numbers)},
    {"counters", flag(&RefinedWebLinesSpec::counters)},
    {"min_words", count(&RefinedWebLinesSpec::min_words)},
    {"max_pattern_words", count(&RefinedWebLinesSpec::max_pattern_words)},
    {"max_removed_words", ratio(&RefinedWebLinesSpec::max_removed_words_ppm, 0, kMillion)},
};

const Section<RemoveLinesSpec> kRemoveLines = {
    {"equal", side_files(&RemoveLinesSpec::equal)},
    {"containing", side_files(&RemoveLinesSpec::containing)},
    {"fold_case", flag(&RemoveLinesSpec::fold_case)},
};

const Section<DedupLinesSpec> kDedupLines = {
    {"min_chars", count(&DedupLinesSpec::min_chars)},
    {"consecutive", flag(&DedupLinesSpec::consecutive)},
};

const Section<DedupParagraphsSpec> kDedupParagraphs = {
    {"min_chars", count(&DedupParagraphsSpec::min_chars)},
    {"consecutive", flag(&DedupParagraphsSpec::consecutive)},
};

const NamedKinds<CleanStep> kSteps = {
    named<CleanStep>("mojibake", kMojibake),
    named<CleanStep>("trim_lines", kTrimLines),
    named<CleanStep>("white_space", kWhiteSpace),
    named<CleanStep>("zero_width", kZeroWidth),
    named<CleanStep>("control_characters", kControlCharacters),
    named<CleanStep>("punctuation", kPunctuation),
    named<CleanStep>("entities", kEntities),
    named<CleanStep>("remove_urls", kRemoveUrls),
    named<CleanStep>("remove_emoji", kRemoveEmoji),
    named<CleanStep>("remove_hashtags", kRemoveHashtags),
    named<CleanStep>("lower_case", kLowerCase),
    named<CleanStep>("c4_lines", kC4Lines),
    named<CleanStep>("refinedweb_lines", kRefinedWebLines),
    named<CleanStep>("remove_lines", kRemoveLines),
    named<CleanStep>("dedup_lines", kDedupLines),
    named<CleanStep>("dedup_paragraphs", kDedupParagraphs),
    named<CleanStep>("pii", pii_keys()),
};

const Section<CleanSpec> kClean = {
    {"invalid_utf8",
     choice(&CleanSpec::invalid_utf8, {{"quarantine", InvalidUtf8::quarantine}, {"repair", InvalidUtf8::repair}})},
    {"unicode", choice(&CleanSpec::unicode, {{"nfc", UnicodeForm::nfc}, {"none", UnicodeForm::none}})},
    {"steps", named_list(&CleanSpec::steps, kSteps, "step of clean")},
};

}  // namespace

const Section<CleanSpec>& clean_keys() { return kClean; }

}  // namespace quern
