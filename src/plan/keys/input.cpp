// The keys of an entry of `input`.

#include "plan/keys/keys.hpp"
#include "plan/glob.hpp"

namespace quern {

namespace {

/// A glob; the folder of the job file is no part of the pattern, whatever characters it has.
const Kind<InputSpec> kInputPath = {
    [](InputSpec& to, const JobValue& value, const std::string& folder) {
      if (!to.path.empty()) fail_at(value, "an input has either 'path' or 'list', not both");
      to.path = absolute_path(escaped_for_glob(folder), value);
      to.prefix = parse_glob(to.path).prefix;
    },
    // Only what stands below the prefix: a corpus that is moved is the same corpus.
    [](const InputSpec& from) { return from.is_list ? std::string() : json_quoted(parse_glob(from.path).pattern); }};

const Kind<InputSpec> kInputList = {
    [](InputSpec& to, const JobValue& value, const std::string& folder) {
      if (!to.path.empty()) fail_at(value, "an input has either 'path' or 'list', not both");
      to.path = absolute_path(folder, value);
      to.prefix = parse_glob(escaped_for_glob(to.path)).prefix;
      to.is_list = true;
    },
    [](const InputSpec& from) { return from.is_list ? json_quoted(from.path.substr(from.path.rfind('/') + 1)) : std::string(); }};

const Section<InputSpec> kInput = {
    {"path", kInputPath},
    {"list", kInputList},
    {"format", choice(&InputSpec::format, {{"jsonl", InputFormat::jsonl}, {"text", InputFormat::text}, {"warc", InputFormat::warc}})},
    {"source", text(&InputSpec::source)},
    {"text_field", text(&InputSpec::text_field)},
    {"id_field", text(&InputSpec::id_field)},
    {"html", choice(&InputSpec::html, {{"automatic", Html::automatic}, {"article", Html::article}, {"all_text", Html::all_text}, {"none", Html::none}})},
};

}  // namespace

const Section<InputSpec>& input_keys() { return kInput; }

}  // namespace quern
