#include "quern/write/export.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/store/file.hpp"
#include "write/export/context.hpp"
#include "write/export/manifest.hpp"
#include "write/export/windows.hpp"
#include "write/together.hpp"

#include <filesystem>
#include <optional>

namespace quern {

namespace {

constexpr std::uint64_t kMost16Bits = 65'536;
constexpr std::uint64_t kMost31Bits = 1ull << 31;

/// Trainers count with signed numbers.
template <class Spec>
void check(const Spec&, const VocabularyTraits& vocabulary) {
  if (vocabulary.size <= kMost31Bits) return;
  fail(ErrorKind::plan, "{}: its ids are below 2^31, and the vocabulary has {} entries: use a smaller one", Spec::kName, vocabulary.size);
}

void check(const NanoGptExport&, const VocabularyTraits& vocabulary) {
  if (vocabulary.size <= kMost16Bits) return;
  fail(ErrorKind::plan,
       "nanogpt: its files hold ids of 16 bits, and the vocabulary has {} entries: use one of at most {}, or export to llmc or megatron",
       vocabulary.size, kMost16Bits);
}

void check(const CerebrasExport& spec, const VocabularyTraits& vocabulary) {
  if (!spec.pad_id || *spec.pad_id < vocabulary.size) return;
  fail(ErrorKind::plan,
       "cerebras-samples: pad_id is {}, and the vocabulary has {} entries: give the id of a token that is there, or none (the end-of-text)",
       *spec.pad_id, vocabulary.size);
}

void check(const JsonlExport&, const VocabularyTraits& vocabulary) {
  if (vocabulary.lossless) return;
  fail(ErrorKind::plan,
       "jsonl: the tokens of this vocabulary do not give the texts back as they were (it has a normalizer, or lacks bytes): take the texts from "
       "`quern clean`, or use a vocabulary that loses nothing");
}

/// What a person should know of an export, line by line.
std::vector<std::string> lines_of(const ExportRequest& request, const ExportResult& result) {
  std::string counts;
  for (const auto& [what, n] : result.counts) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", n, what);
  std::vector<std::string> lines = {fmt::format("{}: {} files, {}", name(request.spec), result.files.size(), counts)};
  for (const std::string& note : result.notes) lines.push_back(fmt::format("{}: {}", name(request.spec), note));
  return lines;
}

/// Trainers that map a file into memory stop at one without a byte.
void note_empty_splits(const std::vector<Split>& splits, ExportResult& result) {
  for (const Split& split : splits) {
    if (split.n_tokens() > 0) continue;
    result.notes.push_back(split.name.empty() ? "the data set has no tokens: trainers stop at its empty files"
                                              : fmt::format("the split {} has no tokens: trainers stop at its empty files, or miss them", split.name));
  }
}

/// The folders of an export are durable with the names in them.
void sync_folders(const std::string& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) sync_folder(entry.path().string());
  }
  sync_folder(folder);
}

}  // namespace

void check_vocabulary(const ExportSpec& spec, const VocabularyTraits& vocabulary) {
  std::visit([&](const auto& format) { check(format, vocabulary); }, spec);
}

std::vector<std::string> export_dataset(const ExportRequest& request, const TokenDecoder& decode, World& world) {
  std::optional<DatasetReader> data;
  std::vector<Split> splits;
  together(world, [&] {
    data.emplace(request.data);
    splits = splits_of(*data);
    check_vocabulary(request.spec, {data->provenance().vocab_size, true});
  });
  ExportContext context{*data, splits, request.folder, decode, world};
  ExportResult result = std::visit([&](const auto& spec) { return write_format(spec, context); }, request.spec);
  note_empty_splits(splits, result);
  write_manifest(result, request.canonical, context);
  together(world, [&] {
    if (world.is_root()) sync_folders(request.folder);
  });
  return lines_of(request, result);
}

std::vector<std::string> write_windows_beside(const std::string& data_path, const WindowsSpec& spec, const std::string& folder, World& world) {
  std::optional<DatasetReader> data;
  std::vector<Split> splits;
  together(world, [&] {
    data.emplace(data_path);
    splits = splits_of(*data);
  });
  const TokenDecoder no_decoder;
  ExportContext context{*data, splits, folder, no_decoder, world};
  std::vector<std::string> lines;
  for (const Split& split : splits) {
    const std::string file = windows_file_name(split);
    lines.push_back(in_words(write_windows_file(file, spec, split, context), file));
  }
  return lines;
}

}  // namespace quern
