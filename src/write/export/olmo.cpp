// Dolma and OLMo: part-S-NNNNN.npy with the bare tokens of whole documents, part-S-NNNNN.csv.gz with a row for each of them.

#include "quern/store/compressed_writer.hpp"
#include "write/export/context.hpp"
#include "write/export/tokens.hpp"
#include "write/record_names.hpp"
#include "write/together.hpp"

namespace quern {

namespace {

/// As RFC 4180 has it: quoted where a comma, a quote or a line end stands in it.
void append_field(std::string& row, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    row += text;
    return;
  }
  row += '"';
  for (const char c : text) row.append(c == '"' ? 2 : 1, c);
  row += '"';
}

/// The first of `documents` that begins at or behind token `token`. Reads log2(documents) numbers.
std::uint64_t first_document_from(std::uint64_t token, Range documents, const DatasetReader& data) {
  while (documents.first < documents.end) {
    const std::uint64_t middle = documents.first + (documents.end - documents.first) / 2;
    if (data.document_starts(middle, 0)[0] < token) documents.first = middle + 1;
    else documents.end = middle;
  }
  return documents.first;
}

/// Documents by the shard in which their first token lies, when the split's tokens are cut at every `shard_tokens`-th.
std::vector<Range> shards_of(const Split& split, std::uint64_t shard_tokens, const DatasetReader& data) {
  std::vector<Range> shards;
  std::uint64_t first = split.documents.first;
  for (std::uint64_t cut = 0; first < split.documents.end;) {
    cut = split.n_tokens() - cut > shard_tokens ? cut + shard_tokens : split.n_tokens();
    const std::uint64_t end = first_document_from(split.tokens.first + cut, {first, split.documents.end}, data);
    if (end > first) shards.push_back({first, end});  // none begins in it where a document is longer than a shard
    first = end;
  }
  return shards;
}

class OlmoFile {
 public:
  OlmoFile(const std::string& path, ExportContext& context)
      : context_(context), names_(context.data), tokens_(path + ".npy", File::Mode::create), rows_(path + ".csv.gz", FileCompression::gzip) {}

  void write(Range documents) {
    TokenReader reader(context_.data);
    for (std::uint64_t first = documents.first; first < documents.end;) {
      const DocumentPart part = context_.data.documents(first, std::min(kDocumentsAtOnce, documents.end - first));
      for (std::size_t i = 0; i < part.record.size(); ++i) add_row(part, i);
      copy(reader, part.start.front(), part.start.back());
      first += part.record.size();
    }
    tokens_.sync();
    tokens_.close();
    rows_.close();
  }

 private:
  /// start, end, id, src, loc. loc counts from 1, as in Dolma, but bytes: that is how the place of a record is known here.
  void add_row(const DocumentPart& part, std::size_t i) {
    const std::uint64_t tokens = part.start[i + 1] - part.start[i];
    row_ = fmt::format("{},{},", at_, at_ + tokens);
    append_field(row_, names_.of(part.own_ids[i], part.place[i]));
    row_ += ',';
    append_field(row_, names_.file(part.place[i].file));
    row_ += fmt::format(",{}\n", part.place[i].offset + 1);
    rows_.append(row_);
    at_ += tokens;
  }

  void copy(TokenReader& reader, std::uint64_t first, std::uint64_t end) {
    reader.each(first, end, [&](std::span<const std::uint32_t> some) {
      row_.clear();
      append_tokens(row_, some, context_.data.token_bytes());
      tokens_.append(row_);
    });
  }

  ExportContext& context_;
  RecordNames names_;
  File tokens_;
  CompressedWriter rows_;
  std::uint64_t at_ = 0;
  std::string row_;
};

}  // namespace

ExportResult write_format(const OlmoExport& spec, ExportContext& context) {
  ExportResult result;
  std::vector<std::pair<std::string, Range>> shards;
  together(context.world, [&] {
    for (std::size_t s = 0; s < context.splits.size(); ++s) {
      const Split& split = context.splits[s];
      std::uint64_t n = 0;
      for (const Range& documents : shards_of(split, spec.shard_tokens, context.data)) {
        shards.emplace_back(fmt::format("{}part-{}-{:05}", split.name.empty() ? "" : split.name + "/", s, n++), documents);
      }
      if (!split.name.empty() && context.world.is_root()) make_folders(context.path(split.name));
    }
  });
  together(context.world, [&] {
    const Range mine = share_of(shards.size(), context.world);
    for (std::uint64_t i = mine.first; i < mine.end; ++i) OlmoFile(context.path(shards[i].first), context).write(shards[i].second);
  });
  for (const auto& [name, documents] : shards) {
    for (const char* ending : {".npy", ".csv.gz"}) result.files.push_back(name + ending);
  }
  for (const Split& split : context.splits) {
    result.count(split.prefix() + "documents", split.n_documents());
    result.count(split.prefix() + "tokens", split.n_tokens());
  }
  return result;
}

}  // namespace quern
