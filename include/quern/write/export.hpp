#pragma once
// A finished data set in the formats of trainers (docs/export.md).

#include "quern/base/job/exports.hpp"
#include "quern/write/print.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class World;

/// What a format asks of a vocabulary: its size, and whether tokens give the texts back as they were.
struct VocabularyTraits {
  std::uint64_t size = 0;
  bool lossless = true;
};
/// Throws Error{plan} with the remedy when the format cannot hold tokens of this vocabulary: before a run begins, and again before an export.
void check_vocabulary(const ExportSpec& spec, const VocabularyTraits& vocabulary);

struct ExportRequest {
  std::string data;       ///< output folder or .h5 file
  ExportSpec spec;
  std::string canonical;  ///< the format with its options, JSON: for the manifest
  std::string folder;     ///< where to write: there, and empty
};

/// Collective. Writes the files of the format, all ranks together, and manifest.json, each of them durable; the bytes are the same at any number of
/// ranks. `decode`: of the data set's vocabulary; for JSON lines alone. Returns lines for the person who asked: counts, and what was left out.
/// Reads the tokens once (windows and Megatron: and the offsets of the documents twice). Memory: some ten megabytes a rank; for packed windows
/// about 100 bytes per document of a block.
std::vector<std::string> export_dataset(const ExportRequest& request, const TokenDecoder& decode, World& world);

/// Names, below `folder`, of the files of the export that lies there, by its manifest, the manifest's own among them; nothing where none lies.
/// Reads the manifest alone. Throws Error{store} when that fails.
std::optional<std::set<std::string>> files_of_export(const std::string& folder);

/// Collective. `output.windows` of a job: windows.h5 (or one file for each split) in `folder`, without a manifest.
std::vector<std::string> write_windows_beside(const std::string& data, const WindowsSpec& spec, const std::string& folder, World& world);

}  // namespace quern
