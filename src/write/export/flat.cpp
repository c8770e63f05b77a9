// Formats that are /data itself, in one file or in shards: nanoGPT, llm.c, datatrove.

#include "quern/base/error.hpp"
#include "write/export/context.hpp"
#include "write/export/tokens.hpp"
#include "write/together.hpp"

#include <array>

namespace quern {

namespace {

/// The tokens of a split as one file. Collective.
void write_tokens(const std::string& file, const Split& split, ExportContext& context) {
  const std::uint64_t bytes = context.data.token_bytes();
  SharedFile to(context.path(file), split.n_tokens() * bytes, context.world);
  together(context.world, [&] {
    const Range mine = share_of(split.tokens, context.world);
    TokenReader reader(context.data);
    copy_tokens(reader, mine, bytes, to, (mine.first - split.tokens.first) * bytes);
    to.close();
  });
}

/// "train", "val": what trainers call the splits.
std::string short_name(const Split& split) {
  if (split.name.empty()) return "train";
  return split.name == "validation" ? "val" : split.name;
}

void note_missing_validation(const ExportContext& context, ExportResult& result) {
  if (context.splits.size() > 1) return;
  result.notes.push_back("the data set has no validation split, which this trainer reads too: give output.validation in the job");
}

// ---- llm.c ----

constexpr std::size_t kLlmcHeader = 256;  // 32-bit numbers
constexpr std::int32_t kLlmcGpt2 = 20240520, kLlmcLlama3 = 20240801;
constexpr std::uint64_t kGpt2Vocabulary = 50'257, kLlama3Vocabulary = 128'256;

std::string llmc_header(std::uint64_t tokens, std::uint64_t token_bytes) {
  std::array<std::int32_t, kLlmcHeader> header = {};
  header[0] = token_bytes == 2 ? kLlmcGpt2 : kLlmcLlama3;
  header[1] = token_bytes == 2 ? 1 : 7;
  header[2] = static_cast<std::int32_t>(tokens);
  return {reinterpret_cast<const char*>(header.data()), sizeof header};
}

/// The tokens [first, end) of the split's stream in which the end-of-text stands before each document: its place 0 is one of these, place i the
/// token before i in /data.
void write_llmc_shard(const std::string& path, Range stream, const Split& split, const DatasetReader& data) {
  const std::uint64_t bytes = data.token_bytes();
  File file(path, File::Mode::create);
  file.append(llmc_header(stream.end - stream.first, bytes));
  std::string piece;
  if (stream.first == 0) {
    const auto end_of_text = static_cast<std::uint32_t>(data.provenance().end_of_text);
    append_tokens(piece, {&end_of_text, 1}, bytes);
    file.append(piece);
  }
  TokenReader reader(data);
  const std::uint64_t first = split.tokens.first + std::max<std::uint64_t>(stream.first, 1) - 1;
  reader.each(first, split.tokens.first + stream.end - 1, [&](std::span<const std::uint32_t> some) {
    piece.clear();
    append_tokens(piece, some, bytes);
    file.append(piece);
  });
  file.sync();
  file.close();
}

void note_vocabulary(const ExportContext& context, ExportResult& result) {
  const std::uint64_t vocabulary = context.data.provenance().vocab_size;
  const std::uint64_t known = context.data.token_bytes() == 2 ? kGpt2Vocabulary : kLlama3Vocabulary;
  if (vocabulary <= known) return;
  result.notes.push_back(fmt::format(
      "the vocabulary has {} entries, and llm.c's model for this kind of file {}: give the model more, or ids will be out of its bounds", vocabulary, known));
}

// ---- datatrove ----

/// "1.23M": for people.
std::string in_words(std::uint64_t tokens) {
  constexpr std::string_view kUnits = "KMBT";
  if (tokens < 1000) return std::to_string(tokens);
  std::uint64_t unit = 1000;
  std::size_t at = 0;
  for (; at + 1 < kUnits.size() && tokens / unit >= 1000; ++at) unit *= 1000;
  const std::uint64_t hundredths = tokens / (unit / 100) % 100;
  return fmt::format("{}.{:02}{}", tokens / unit, hundredths, kUnits[at]);
}

/// Ends of the documents, counted from the beginning of the split. Collective.
void write_ends(const std::string& file, const Split& split, ExportContext& context) {
  SharedFile to(context.path(file), split.n_documents() * sizeof(std::uint64_t), context.world);
  together(context.world, [&] {
    std::vector<std::uint64_t> ends;
    const Range mine = share_of(split.documents, context.world);
    std::uint64_t row = mine.first - split.documents.first;
    const auto flush = [&] {
      to.write_values(row * sizeof(std::uint64_t), std::span<const std::uint64_t>(ends));
      row += ends.size();
      ends.clear();
    };
    for_each_document(context.data, mine, [&](std::uint64_t, std::uint64_t, std::uint64_t end) {
      ends.push_back(end - split.tokens.first);
      if (ends.size() == kDocumentsAtOnce) flush();
    });
    flush();
    to.close();
  });
}

}  // namespace

ExportResult write_format(const NanoGptExport&, ExportContext& context) {
  ExportResult result;
  for (const Split& split : context.splits) {
    const std::string file = short_name(split) + ".bin";
    write_tokens(file, split, context);
    result.files.push_back(file);
    result.count(split.prefix() + "tokens", split.n_tokens());
  }
  note_missing_validation(context, result);
  return result;
}

ExportResult write_format(const LlmcExport& spec, ExportContext& context) {
  ExportResult result;
  std::vector<std::function<void()>> shards;
  for (const Split& split : context.splits) {
    for (std::uint64_t first = 0, n = 0; first < split.n_tokens(); first += spec.shard_tokens, ++n) {
      const Range stream = {first, std::min(first + spec.shard_tokens, split.n_tokens())};
      const std::string& file = result.files.emplace_back(fmt::format("{}_{}_{:06}.bin", spec.prefix, short_name(split), n));
      shards.push_back([=, &split, &context] { write_llmc_shard(context.path(file), stream, split, context.data); });
    }
    result.count(split.prefix() + "tokens", split.n_tokens());
  }
  together(context.world, [&] {
    const Range mine = share_of(shards.size(), context.world);
    for (std::uint64_t s = mine.first; s < mine.end; ++s) shards[s]();
  });
  note_missing_validation(context, result);
  note_vocabulary(context, result);
  return result;
}

ExportResult write_format(const DatatroveExport& spec, ExportContext& context) {
  ExportResult result;
  for (const Split& split : context.splits) {
    // Readers take every .ds file of a folder.
    const std::string file = (split.name.empty() ? "" : split.name + "/") + "000_data.ds";
    together(context.world, [&] {
      if (!split.name.empty() && context.world.is_root()) make_folders(context.path(split.name));
    });
    write_tokens(file, split, context);
    write_ends(file + ".index", split, context);
    together(context.world, [&] {
      if (!context.world.is_root()) return;
      publish_file(context.path(file + ".metadata"),
                   fmt::format("{}|{}\n{}\n{}", spec.tokenizer, context.data.token_bytes(), split.n_tokens(), in_words(split.n_tokens())));
    });
    for (const char* part : {"", ".index", ".metadata"}) result.files.push_back(file + part);
    result.count(split.prefix() + "documents", split.n_documents());
    result.count(split.prefix() + "tokens", split.n_tokens());
  }
  return result;
}

}  // namespace quern
