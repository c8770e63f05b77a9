// The keys of an entry of `input`.

#include "plan/glob.hpp"
#include "plan/keys/keys.hpp"

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
    [](const InputSpec& from) { return from.is_list ? std::string() : json_quoted(parse_glob(from.path).pattern); },
    any_path(schema_of_path),
    false,
    true,
    [](const InputSpec& from) { return from.is_list ? std::string() : json_path(from.path); }};

const Kind<InputSpec> kInputList = {
    [](InputSpec& to, const JobValue& value, const std::string& folder) {
      if (!to.path.empty()) fail_at(value, "an input has either 'path' or 'list', not both");
      to.path = absolute_path(folder, value);
      to.prefix = parse_glob(escaped_for_glob(to.path)).prefix;
      to.is_list = true;
    },
    [](const InputSpec& from) { return from.is_list ? json_quoted(from.path.substr(from.path.rfind('/') + 1)) : std::string(); },
    any_path(schema_of_path),
    false,
    true,
    [](const InputSpec& from) { return from.is_list ? json_path(from.path) : std::string(); }};

/// `all`, or a list of fields.
const Kind<InputSpec> kMetadata = {
    [](InputSpec& to, const JobValue& value, const std::string&) {
      to.all_metadata = value.kind == JobValue::Kind::scalar && read_text(value) == "all";
      if (to.all_metadata) return to.metadata.clear();
      if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("'all' or a list of fields is expected, not {}", describe(value)));
      to.metadata.clear();
      for (const JobValue& item : value.children) to.metadata.push_back(read_text(item));
    },
    [](const InputSpec& from) {
      std::vector<std::string> fields;
      for (const std::string& field : from.metadata) fields.push_back(json_quoted(field));
      return from.all_metadata ? json_quoted("all") : json_list(fields);
    },
    [](const std::string&) { return schema_of_either({schema_of_names({"all"}), schema_of_list(schema_of_text())}); }};

const Section<InputSpec> kInput = {
    {"path", kInputPath},
    {"list", kInputList},
    {"format", choice(&InputSpec::format, {{"jsonl", InputFormat::jsonl},
                                           {"text", InputFormat::text},
                                           {"text_blocks", InputFormat::text_blocks},
                                           {"tsv", InputFormat::tsv},
                                           {"html", InputFormat::html},
                                           {"warc", InputFormat::warc},
                                           {"dataset", InputFormat::dataset}})},
    {"source", text(&InputSpec::source)},
    {"text_field", text(&InputSpec::text_field)},
    {"id_field", text(&InputSpec::id_field)},
    {"source_field", text(&InputSpec::source_field)},
    {"url_field", text(&InputSpec::url_field)},
    {"date_field", text(&InputSpec::date_field)},
    {"metadata", kMetadata},
    {"columns", texts(&InputSpec::columns)},
    {"header", flag(&InputSpec::header)},
    {"escapes", flag(&InputSpec::escapes)},
    {"html", choice(&InputSpec::html, {{"automatic", Html::automatic}, {"article", Html::article}, {"all_text", Html::all_text}, {"none", Html::none}})},
};

}  // namespace

const Section<InputSpec>& input_keys() { return kInput; }

}  // namespace quern
