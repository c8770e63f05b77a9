// The keys of `language`.

#include "plan/keys/keys.hpp"

namespace quern {

namespace {

const Section<LanguageSpec> kModelFile = {
    {"file", required(side_file(&LanguageSpec::model))},
};

/// `cld2`, or {file: …}.
const Kind<LanguageSpec> kModel = {
    [](LanguageSpec& to, const JobValue& value, const std::string& folder) {
      to.model = {};
      if (value.kind == JobValue::Kind::map) return read_section(to, value, kModelFile, folder);
      read_name<int>(value, {{"cld2", 0}});
    },
    [](const LanguageSpec& from) { return from.model.path.empty() ? json_quoted("cld2") : write_section(from, kModelFile); },
    [](const std::string& key_path) { return schema_of_either({schema_of_names({"cld2"}), schema_of_section(kModelFile, key_path)}); },
    false,
    true,
    [](const LanguageSpec& from) { return from.model.path.empty() ? json_quoted("cld2") : write_section(from, kModelFile, Form::placed); }};

const Section<LanguageSpec> kLanguage = {
    {"model", kModel},
    {"keep", texts(&LanguageSpec::keep)},
    {"min_score", ratio(&LanguageSpec::min_score_ppm, 0, kMillion)},
    {"min_bytes", bytes(&LanguageSpec::min_bytes, 0, UINT64_MAX)},
    {"max_bytes", bytes(&LanguageSpec::max_bytes, 256, 1u << 30)},
    {"text", choice(&LanguageSpec::text, {{"prose", LanguageText::prose}, {"plain", LanguageText::plain}, {"html", LanguageText::html}})},
};

}  // namespace

Kind<Job> language_section() { return new_step(&Job::language, kLanguage); }

}  // namespace quern
