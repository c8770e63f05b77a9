// The keys of `output.windows` and `output.formats`: one section per format, and a line in kFormats.

#include "plan/check_job.hpp"
#include "plan/keys/keys.hpp"
#include "plan/named_list.hpp"

namespace quern {

namespace {

constexpr std::uint64_t kMostShardTokens = (1ull << 31) - 1;  // llm.c counts them in a signed 32-bit number
const Names<Pack> kPacks = {{"concat", Pack::concat}, {"whole", Pack::whole}, {"best_fit", Pack::best_fit}};

template <class S>
Kind<S> counts(std::vector<std::uint64_t> S::*member, std::uint64_t least, std::uint64_t most) {
  return {[=](S& to, const JobValue& value, const std::string&) {
            if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("a list of numbers is expected, not {}", describe(value)));
            (to.*member).clear();
            for (const JobValue& item : value.children) {
              const std::uint64_t number = read_count(item);
              check_bounds(item, number, least, most, [](std::uint64_t n) { return std::to_string(n); });
              (to.*member).push_back(number);
            }
          },
          [member](const S& from) { return (from.*member).empty() ? std::string() : fmt::format("[{}]", fmt::join(from.*member, ",")); },
          [=](const std::string&) { return schema_of_list(schema_of_count(least, most)); }};
}

template <class S>
Kind<S> optional_count(std::optional<std::uint64_t> S::*member, std::uint64_t most) {
  return {[=](S& to, const JobValue& value, const std::string&) {
            const std::uint64_t number = read_count(value);
            check_bounds(value, number, 0, most, [](std::uint64_t n) { return std::to_string(n); });
            to.*member = number;
          },
          [member](const S& from) { return from.*member ? std::to_string(*(from.*member)) : std::string(); },
          [most](const std::string&) { return schema_of_count(0, most); }};
}

const Section<WindowsSpec> kWindows = {
    {"length", count(&WindowsSpec::length, 2, kLongestWindow)},
    {"lengths", counts(&WindowsSpec::lengths, 2, kLongestWindow)},
    {"pack", choice(&WindowsSpec::pack, kPacks)},
};

const Section<MegatronExport> kMegatron = {
    {"key", text(&MegatronExport::key)},
    {"append_eod", flag(&MegatronExport::append_eod)},
};

const Section<CerebrasExport> kCerebras = {
    {"length", count(&CerebrasExport::length, 2, kLongestWindow)},
    {"pack", choice(&CerebrasExport::pack, kPacks)},
    {"min_tokens", count(&CerebrasExport::min_tokens, 2)},
    {"file_examples", count(&CerebrasExport::file_examples, 1, 1u << 20)},
    {"pad_id", optional_count(&CerebrasExport::pad_id, (1ull << 31) - 1)},
};

const Section<NanoGptExport> kNanoGpt = {};

const Section<LlmcExport> kLlmc = {
    {"prefix", text(&LlmcExport::prefix)},
    {"shard_tokens", count(&LlmcExport::shard_tokens, 2, kMostShardTokens)},
};

const Section<DatatroveExport> kDatatrove = {
    {"tokenizer", text(&DatatroveExport::tokenizer)},
};

const Section<OlmoExport> kOlmo = {
    {"shard_tokens", count(&OlmoExport::shard_tokens, 1)},
};

const Names<JsonlExport::Compression> kCompressions = {
    {"none", JsonlExport::Compression::none}, {"gzip", JsonlExport::Compression::gzip}, {"zstd", JsonlExport::Compression::zstd}};

const Section<JsonlExport> kJsonl = {
    {"compression", choice(&JsonlExport::compression, kCompressions)},
    {"shard_documents", count(&JsonlExport::shard_documents, 1)},
    {"shard_bytes", bytes(&JsonlExport::shard_bytes, 0, UINT64_MAX)},
};

const NamedKinds<ExportSpec> kFormats = {
    named<ExportSpec>(MegatronExport::kName, kMegatron),   named<ExportSpec>(CerebrasExport::kName, kCerebras),
    named<ExportSpec>(NanoGptExport::kName, kNanoGpt),     named<ExportSpec>(LlmcExport::kName, kLlmc),
    named<ExportSpec>(DatatroveExport::kName, kDatatrove), named<ExportSpec>(OlmoExport::kName, kOlmo),
    named<ExportSpec>(JsonlExport::kName, kJsonl),         named<ExportSpec>(WindowsSpec::kName, kWindows),
};

/// Part of a file's name.
void check_name(const std::string& name, const std::string& key, const JobValue& file) {
  if (name.empty() || name.find('/') != std::string::npos) fail_at(file, fmt::format("{}: '{}' cannot be part of a file's name", key, name));
}

void check(const WindowsSpec& spec, const std::string& key, const JobValue& file) {
  for (std::size_t i = 1; i < spec.lengths.size(); ++i) {
    if (spec.lengths[i - 1] < spec.lengths[i]) continue;
    fail_at(file, fmt::format("{}.lengths: {} comes behind {}: they must rise", key, spec.lengths[i], spec.lengths[i - 1]));
  }
  if (spec.lengths.size() > 1 && spec.pack == Pack::concat) {
    fail_at(file, fmt::format("{}: concat cuts one stream of tokens and takes one length: use pack best_fit or whole with 'lengths'", key));
  }
}
void check(const MegatronExport& spec, const std::string& key, const JobValue& file) { check_name(spec.key, key + ".key", file); }
void check(const LlmcExport& spec, const std::string& key, const JobValue& file) { check_name(spec.prefix, key + ".prefix", file); }
void check(const DatatroveExport& spec, const std::string& key, const JobValue& file) {
  if (spec.tokenizer.find_first_of("|\n\r") == std::string::npos) return;
  fail_at(file, fmt::format("{}.tokenizer: may hold neither '|' nor a line end: the metadata file is cut there", key));
}
/// Of other formats every option by itself is enough.
template <class Spec>
void check(const Spec&, const std::string&, const JobValue&) {}

}  // namespace

const Section<WindowsSpec>& windows_keys() { return kWindows; }

Kind<OutputSpec> format_list() {
  Kind<OutputSpec> kind = named_list(&OutputSpec::formats, kFormats, "format");
  const auto write = kind.write;
  // A job that asks for none is what it was before there were any.
  kind.write = [write](const OutputSpec& from) { return from.formats.empty() ? std::string() : write(from); };
  return kind;
}

void check_export(const ExportSpec& spec, const std::string& key, const JobValue& file) {
  JobValue at = file;
  at.where = where_of(file, key);
  at.path.clear();
  std::visit([&](const auto& format) { check(format, key, at); }, spec);
}

}  // namespace quern
