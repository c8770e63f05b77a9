#include "engine/dataset_text.hpp"
#include "engine/document_rules.hpp"
#include "engine/memory_need.hpp"
#include "engine/order_key.hpp"
#include "engine/repeat.hpp"
#include "engine/exports.hpp"
#include "engine/report_files.hpp"
#include "engine/second_map.hpp"
#include "engine/setup.hpp"
#include "engine/show_cluster.hpp"
#include "engine/terminal_style.hpp"
#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/classify/language.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/engine/engine.hpp"
#include "quern/format/json_text.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/plan/units.hpp"
#include "quern/read/reader.hpp"
#include "quern/report/letters.hpp"
#include "quern/store/file.hpp"
#include "quern/tokenize/encoder.hpp"
#include "quern/write/print.hpp"

#include <filesystem>
#include <ostream>
#include <sstream>

namespace quern {

namespace {

/// Calls visit(record) for each document of the job, in input order.
template <class Visit>
void for_each_document(const Job& job, Visit visit) {
  UnitReader reader(job, decoder_of_datasets());
  for (const Unit& unit : make_units(list_inputs(job), job)) {
    reader.read(unit, [&](const Record& record) {
      if (record.bad == Reason::none) visit(record);
    });
  }
}

void check_written(const std::ostream& out) {
  if (!out) fail(ErrorKind::store, "standard output: cannot be written to");
}

/// 0.55 bytes of tokens of 16 bits for a byte of text, which deflate to less than half; and the rest.
std::string output_size(const Job& job, std::uint64_t text_bytes) {
  const bool sharded = job.output.layout == Layout::sharded;
  const std::uint64_t bytes = sharded ? text_bytes * 3 / 10 : text_bytes * 6 / 10;
  std::string size = fmt::format("about {} bytes or less", grouped(bytes));
  if (sharded) {
    const ShardCut cut{bytes, job.output.shard_tokens};
    size += fmt::format(", the tokens in {} shards or less", grouped(cut.shards()));
    if (cut.shards() > kMostShards) size += fmt::format("; {} shards are the most: set output.shard_tokens higher", grouped(kMostShards));
  }
  if (repeats_documents(job)) size += "; more by what is repeated";
  if (has_exports(job.output)) size += "; windows and formats for trainers come on top";
  return size;
}

}  // namespace

void print_plan(const RunOptions& options, std::ostream& out) {
  const auto alone = single_rank_world();
  Setup setup = prepare(options.job_path, options.sets, *alone);
  setup.units = make_units(setup.files, setup.job);
  check_exports(setup);
  DocumentRules::make(setup, *alone);  // lists, models and evaluation sets that cannot be used are said here
  std::uint64_t disk_bytes = 0, text_bytes = 0;
  for (const InputFile& file : setup.files) disk_bytes += file.bytes;
  for (const Unit& unit : setup.units) text_bytes += unit.estimated_bytes;
  out << fmt::format("job            {}\n", options.job_path);
  out << fmt::format("input          {} files, {} bytes on disk, about {} decompressed\n", grouped(setup.files.size()), grouped(disk_bytes),
                     grouped(text_bytes));
  out << fmt::format("units          {} of about {} bytes\n", grouped(setup.units.size()), grouped(effective_unit_bytes(setup.job)));
  // 0.55 bytes of tokens, or the text itself, for a byte of text; and a signature for each document of about 4 kB.
  const bool text_spooled = setup.job.tokenizer.train || !setup.tokenizer->lossless();
  const std::uint64_t final_spool = text_spooled ? text_bytes * 17 / 10 : text_bytes * 7 / 10;
  // Where texts are changed behind the map, they lie there once more, unsigned; and so do documents that are put in order.
  const std::uint64_t more = (maps_twice(setup.job) ? text_bytes : 0) + (reorders_documents(setup.job) ? guessed_bytes_with_copies(setup) * 6 / 10 : 0);
  out << fmt::format("spool          about {} bytes in {}\n", grouped(final_spool + more), setup.spool_folder());
  const std::uint64_t in_output = repeats_documents(setup.job) ? guessed_bytes_with_copies(setup) : text_bytes;
  out << fmt::format("output         {}, {}\n", setup.job.output.path, output_size(setup.job, in_output));
  const std::uint64_t records = estimated_records(setup);
  out << fmt::format("records        about {}, by the first megabyte of some files\n", grouped(records));
  out << fmt::format("memory         {} bytes per rank; on one rank the job needs at least {}MiB, on more ranks its share of that\n",
                     grouped(setup.job.memory_per_rank), least_memory_per_rank(records, 1) >> 20);
  for (const std::string& line : setup.left_out) out << fmt::format("left out       {}\n", line);
  out << fmt::format("plan digest    {}\njob as run     {}\n", setup.plan_digest.hex(), setup.canonical);
  check_written(out);
}

void print_clean(const RunOptions& options, std::ostream& out) {
  const Job job = load_job(options.job_path, options.sets);
  DocumentText document_text(job);
  std::string text;
  for_each_document(job, [&](const Record& record) {
    document_text.make(record, text);
    out << fmt::format("{{\"id\":{},\"text\":{}}}\n", json_string(record.own_id), json_string(text));
  });
  check_written(out);
}

void print_languages(const RunOptions& options, std::ostream& out) {
  const Job job = load_job(options.job_path, options.sets);
  DocumentText document_text(job);
  LanguageClassifier classifier(job.language.value_or(LanguageSpec{}));
  std::string text;
  for_each_document(job, [&](const Record& record) {
    const Reason reason = document_text.make(record, text);
    const LanguageGuess guess = classifier.guess(text);
    const Reason judged = reason == Reason::none ? classifier.judge(text, guess) : reason;
    out << fmt::format("{}\t{}\t{}\t{}\t{}\n", record.own_id, guess.label, guess.permille, guess.reliable ? 1 : 0,
                       judged == Reason::none ? "kept" : name(judged));
  });
  check_written(out);
}

bool has_vocabulary_beside(const std::string& path) {
  return tokenizer_beside(DatasetReader(path)).has_value();
}

void print_tokens(const std::string& tokenizer_path, const std::string& pattern, const std::string& input_path, std::ostream& out) {
  const Tokenizer tokenizer = load_tokenizer(tokenizer_path, pattern);
  Encoder encoder(tokenizer);
  Piece whole;
  whole.path = input_path;
  whole.name = std::filesystem::path(input_path).filename().string();
  whole.file_bytes = whole.end = File(input_path, File::Mode::read).size();
  Unit unit;
  unit.pieces = {whole};
  Job job;
  job.input.emplace_back();
  std::vector<std::uint32_t> tokens;
  read_unit(unit, job, [&](const Record& record) {
    if (record.bad != Reason::none) {
      fail(ErrorKind::input, "{}: record at offset {}: {}: {}", input_path, record.offset, name(record.bad), record.message);
    }
    tokens.clear();
    encoder.encode(record.text, tokens);
    out << fmt::format("{{\"id\":{},\"tokens\":[{}]}}\n", json_string(record.own_id), fmt::join(tokens, ","));
  });
  check_written(out);
}

void show(const ShowRequest& request, std::ostream& out) {
  const DatasetReader data(request.path);
  if (!request.cluster.empty()) {
    show_cluster(request, data, out);
    return check_written(out);
  }
  ShowOptions options;
  TokenDecoder decode;
  std::optional<Tokenizer> tokenizer;
  if (request.document >= 0) {
    options.document = static_cast<std::uint64_t>(request.document);
    tokenizer = request.tokenizer_path.empty() ? tokenizer_beside(data) : load_tokenizer(request.tokenizer_path, request.pattern);
    if (tokenizer && tokenizer->digest() != data.provenance().tokenizer_digest) {
      fail(ErrorKind::usage, "{}: is not the vocabulary this data set was made with", request.tokenizer_path);
    }
    if (tokenizer) decode = [&](std::span<const std::uint32_t> ids) { return tokenizer->decode(ids); };
  }
  if (request.removed >= 0) options.removed = static_cast<std::uint64_t>(request.removed);
  std::ostringstream words;
  show_dataset(request.path, options, decode, words);
  out << (options.document ? words.str() : shown(words.str(), true));  // the text of a document is printed as it is
  if (!options.document && !options.removed) out << report_in_letters(finished_report(data, *single_rank_world()), terminal_style(request.ascii));
  if (request.document >= 0 && !tokenizer) out << "(no text: the vocabulary does not lie beside the data set; name it with --tokenizer)\n";
  check_written(out);
}

}  // namespace quern
