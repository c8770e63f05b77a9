// The keys of `clean`.

#include "plan/keys/keys.hpp"
#include "plan/named_list.hpp"

namespace quern {

namespace {

const Section<TrimLinesSpec> kTrimLines = {};

const NamedKinds<CleanStep> kSteps = {
    named<CleanStep>("trim_lines", kTrimLines),
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
