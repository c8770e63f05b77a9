// JSON lines: the texts again, with what is known of each document, as datatrove and Dolma read them.

#include "quern/base/error.hpp"
#include "quern/format/json_text.hpp"
#include "quern/store/compressed_writer.hpp"
#include "write/export/context.hpp"
#include "write/export/tokens.hpp"
#include "write/record_names.hpp"
#include "write/together.hpp"

#include <nlohmann/json.hpp>

namespace quern {

namespace {

/// Consecutive documents → their lines.
class Lines {
 public:
  explicit Lines(const ExportContext& context) : context_(context), names_(context.data), tokens_(context.data) {}

  /// visit(document, line) for each of `documents`, in order.
  template <class Visit>
  void each(Range documents, Visit visit) {
    for (std::uint64_t first = documents.first; first < documents.end;) {
      const DocumentPart part = context_.data.documents(first, std::min(kDocumentsAtOnce, documents.end - first));
      for (std::size_t i = 0; i < part.record.size(); ++i) visit(first + i, line(part, i));
      first += part.record.size();
    }
  }

 private:
  const std::string& line(const DocumentPart& part, std::size_t i) {
    const std::string id = part.own_ids[i].empty() ? names_.of({}, part.place[i]) : std::string(part.own_ids[i]);
    const std::string_view metadata = context_.data.has_metadata() ? part.metadata[i] : std::string_view();
    line_ = fmt::format("{{\"id\":{},\"text\":{},\"source\":{}", json_string(id), json_string(text(part, i)),
                        json_string(context_.data.source_name(part.source[i], part.record[i])));
    append_times(metadata);
    line_ += fmt::format(",\"metadata\":{}}}\n", metadata.empty() ? "{}" : metadata);
    return line_;
  }

  std::string text(const DocumentPart& part, std::size_t i) {
    document_.clear();
    const std::uint64_t end = part.start[i + 1] - 1;  // without the end-of-text
    tokens_.each(part.start[i], end, [&](std::span<const std::uint32_t> some) { document_.insert(document_.end(), some.begin(), some.end()); });
    return context_.decode(document_);
  }

  /// From what came with the record: no clock is asked.
  void append_times(std::string_view metadata) {
    if (metadata.find("\"added\"") == std::string_view::npos && metadata.find("\"created\"") == std::string_view::npos &&
        metadata.find("\"date\"") == std::string_view::npos) {
      return;  // most have none, and are not parsed
    }
    const nlohmann::json all = nlohmann::json::parse(metadata, nullptr, false);
    if (!all.is_object()) return;
    const nlohmann::json fields = all.value("metadata", nlohmann::json::object());  // what the job's `metadata` named
    put("added", fields, "added");
    if (!put("created", fields, "created")) put("created", all, "date");
  }

  bool put(const char* key, const nlohmann::json& fields, const char* from) {
    const auto field = fields.is_object() ? fields.find(from) : fields.end();
    if (field == fields.end() || !field->is_string()) return false;
    line_ += fmt::format(",\"{}\":{}", key, json_string(field->get_ref<const std::string&>()));
    return true;
  }

  const ExportContext& context_;
  RecordNames names_;
  TokenReader tokens_;
  std::vector<std::uint32_t> document_;
  std::string line_;
};

std::vector<Range> cut_by_documents(Range documents, std::uint64_t at_once) {
  std::vector<Range> shards;
  for (std::uint64_t first = documents.first; first < documents.end;) {
    const std::uint64_t end = documents.end - first > at_once ? first + at_once : documents.end;
    shards.push_back({first, end});
    first = end;
  }
  return shards;
}

/// A line belongs to the shard in which its first byte lies, when the lines of the split are cut at every `shard_bytes`-th. Decodes all texts.
/// Collective.
std::vector<Range> cut_by_bytes(Range documents, std::uint64_t shard_bytes, ExportContext& context) {
  World& world = context.world;
  const Range mine = share_of(documents, world);
  std::vector<std::uint32_t> lengths;
  together(world, [&] {
    Lines(context).each(mine, [&](std::uint64_t, const std::string& line) { lengths.push_back(static_cast<std::uint32_t>(line.size())); });
  });
  std::uint64_t bytes = 0;
  for (const std::uint32_t length : lengths) bytes += length;
  std::uint64_t at = world.exclusive_sum(bytes), shard_before = at == 0 ? UINT64_MAX : (at - 1) / shard_bytes;
  std::vector<std::uint64_t> firsts;  // documents that may begin a shard: the line before them begins in another, or is another rank's
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::uint64_t shard = at / shard_bytes;
    if (i == 0 || shard != shard_before) {
      firsts.push_back(mine.first + i);
      firsts.push_back(shard);
    }
    shard_before = shard;
    at += lengths[i];
  }
  const std::vector<std::uint64_t> all = world.all_gather<std::uint64_t>(firsts);
  std::vector<Range> shards;
  std::uint64_t last = UINT64_MAX;
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    if (all[i + 1] == last) continue;
    if (!shards.empty()) shards.back().end = all[i];
    shards.push_back({all[i], documents.end});
    last = all[i + 1];
  }
  return shards;
}

FileCompression compression_of(const JsonlExport& spec) {
  switch (spec.compression) {
    case JsonlExport::Compression::none: return FileCompression::none;
    case JsonlExport::Compression::gzip: return FileCompression::gzip;
    case JsonlExport::Compression::zstd: break;
  }
  return FileCompression::zstd;
}

const char* ending_of(FileCompression compression) {
  switch (compression) {
    case FileCompression::none: return ".jsonl";
    case FileCompression::gzip: return ".jsonl.gz";
    case FileCompression::zstd: break;
  }
  return ".jsonl.zst";
}

}  // namespace

ExportResult write_format(const JsonlExport& spec, ExportContext& context) {
  ExportResult result;
  std::vector<Range> shards;
  const FileCompression compression = compression_of(spec);
  for (const Split& split : context.splits) {
    const std::vector<Range> of_split = spec.shard_bytes > 0 ? cut_by_bytes(split.documents, spec.shard_bytes, context)
                                                             : cut_by_documents(split.documents, spec.shard_documents);
    for (std::size_t n = 0; n < of_split.size(); ++n) {
      shards.push_back(of_split[n]);
      result.files.push_back(fmt::format("{}{:05}{}", split.name.empty() ? "" : split.name + "/", n, ending_of(compression)));
    }
    result.count(split.prefix() + "documents", split.n_documents());
    together(context.world, [&] {
      if (!split.name.empty() && context.world.is_root()) make_folders(context.path(split.name));
    });
  }
  together(context.world, [&] {
    const Range mine = share_of(shards.size(), context.world);
    for (std::uint64_t s = mine.first; s < mine.end; ++s) {
      CompressedWriter file(context.path(result.files[s]), compression);
      Lines(context).each(shards[s], [&](std::uint64_t, const std::string& line) { file.append(line); });
      file.close();
    }
  });
  return result;
}

}  // namespace quern
