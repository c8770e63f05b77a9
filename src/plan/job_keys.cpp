#include "plan/job_keys.hpp"

#include "plan/keys/keys.hpp"

namespace quern {

namespace {

constexpr std::uint64_t kMostBytes = 1ull << 40;
// A document is cleaned, signed and spooled as one piece: lengths in it are 32 bits, with room to grow in NFC.
constexpr std::uint64_t kMostShardTokens = 1ull << 40;
constexpr std::uint64_t kMostDocumentBytes = 1000ull << 20;

// ---- tokenizer ----

const Names<std::string> kPatterns = {
    {"gpt2", "gpt2"},         {"r50k_base", "r50k_base"}, {"cl100k_base", "cl100k_base"},
    {"o200k_base", "o200k_base"}, {"llama3", "llama3"},       {"qwen2", "qwen2"},
};

const Section<TrainSpec> kTrain = {
    {"vocab_size", count(&TrainSpec::vocab_size, 257, 1u << 24)},
    {"min_frequency", count(&TrainSpec::min_frequency, 1)},
    {"pattern", name(&TrainSpec::pattern, kPatterns)},
    {"special", texts(&TrainSpec::special)},
    {"max_words", count(&TrainSpec::max_words, 1)},
};

const Section<TokenizerSpec> kTokenizer = {
    {"file", path(&TokenizerSpec::file)},
    {"pattern", name(&TokenizerSpec::pattern, kPatterns)},
    {"end_of_text", text(&TokenizerSpec::end_of_text)},
    {"train", optional_section(&TokenizerSpec::train, kTrain)},
};

// ---- output ----

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kMostTimes = 100 * kMillion;  // with that of the source 10,000 copies at most, which 16 bits number

const Section<ClusterRepeat> kClusterRepeat = {
    {"at_least", required(count(&ClusterRepeat::at_least, 1))},
    {"times", required(ratio(&ClusterRepeat::times_ppm, 0, kMostTimes))},
};

const Section<OutputSpec> kOutput = {
    {"path", required(path(&OutputSpec::path))},
    {"layout", choice(&OutputSpec::layout, {{"single", Layout::single}, {"sharded", Layout::sharded}})},
    {"shard_tokens", new_key(count(&OutputSpec::shard_tokens, 1, kMostShardTokens))},
    {"order", new_key(choice(&OutputSpec::order, {{"input", Order::input}, {"shuffle", Order::shuffle}}))},
    {"seed", new_key(count(&OutputSpec::seed))},
    {"validation", new_key(ratio(&OutputSpec::validation_ppm, 0, kMillion))},
    {"repeat_by_cluster", new_key(list_of_sections(&OutputSpec::repeat_by_cluster, kClusterRepeat))},
    {"mode", permissions(&OutputSpec::mode)},
    {"windows", optional_section(&OutputSpec::windows, windows_keys())},
    {"formats", format_list()},
};

// ---- spool ----

const Section<SpoolSpec> kSpool = {
    {"mode", permissions(&SpoolSpec::mode)},
    {"encrypt", flag(&SpoolSpec::encrypt)},
    {"key_file", path(&SpoolSpec::key_file)},
};

// ---- about ----

const Section<AboutSpec> kAbout = {
    {"title", text(&AboutSpec::title)},     {"description", text(&AboutSpec::description)}, {"license", text(&AboutSpec::license)},
    {"contact", text(&AboutSpec::contact)}, {"homepage", text(&AboutSpec::homepage)},       {"citation", text(&AboutSpec::citation)},
    {"limits", text(&AboutSpec::limits)},
};

// ---- report ----

const Section<ReportSpec> kReport = {
    {"examples", count(&ReportSpec::examples, 0, 100)},
};

// ---- the job ----

const Section<Job> kJob = {
    {"input", required(list_of_sections(&Job::input, input_keys()))},
    {"clean", section(&Job::clean, clean_keys())},
    {"language", language_section()},
    {"filter", filter_list()},
    {"contamination", contamination_section()},
    {"repeats", section(&Job::repeats, repeats_keys())},
    {"signals", signal_list()},
    {"dedup", section(&Job::dedup, dedup_keys())},
    {"sources", list_of_sections(&Job::sources, source_keys())},
    {"sample_seed", count(&Job::sample_seed)},
    {"tokenizer", required(section(&Job::tokenizer, kTokenizer))},
    {"output", required(section(&Job::output, kOutput))},
    {"about", not_computed(section(&Job::about, kAbout))},
    {"work", without_place(path(&Job::work))},
    {"spool", without_place(not_computed(section(&Job::spool, kSpool)))},
    {"max_document_bytes", bytes(&Job::max_document_bytes, 1, kMostDocumentBytes)},
    {"on_error", not_computed(choice(&Job::on_error, {{"quarantine", OnError::quarantine}, {"stop", OnError::stop}}))},
    {"report", without_place(not_computed(section(&Job::report, kReport)))},
    {"memory_per_rank", not_computed(bytes(&Job::memory_per_rank, kLeastMemoryPerRank, UINT64_MAX))},
    {"unit_bytes", not_computed(bytes(&Job::unit_bytes, kLeastUnitBytes, kMostBytes))},
    {"tokenizer_cache", not_computed(flag(&Job::tokenizer_cache))},
    {"checkpoint_seconds", not_computed(count(&Job::checkpoint_seconds, 0, 86'400))},
    {"stall_timeout", not_computed(count(&Job::stall_timeout, 0, 86'400))},
    {"progress", without_place(not_computed(section(&Job::progress, progress_keys())))},
    {"metrics", without_place(not_computed(section(&Job::metrics, metrics_keys())))},
    {"log", without_place(not_computed(section(&Job::log, log_keys())))},
    {"limits", without_place(not_computed(section(&Job::limits, limits_keys())))},
};

}  // namespace

const Section<Job>& job_keys() { return kJob; }
const Section<AboutSpec>& about_keys() { return kAbout; }

}  // namespace quern
