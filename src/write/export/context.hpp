#pragma once
// What every format is written from, and what it says of itself.

#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/write/export.hpp"
#include "write/even_share.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

/// Consecutive documents that are trained on, or validated with. A data set without splits is one split without a name.
struct Split {
  std::string name;
  Range documents, tokens;
  std::uint64_t n_documents() const { return documents.end - documents.first; }
  std::uint64_t n_tokens() const { return tokens.end - tokens.first; }
  /// "train_", or nothing.
  std::string prefix() const { return name.empty() ? "" : name + "_"; }
};
/// They cover the documents: the reader holds them against that.
std::vector<Split> splits_of(const DatasetReader& data);

struct ExportContext {
  const DatasetReader& data;
  const std::vector<Split>& splits;
  std::string folder;
  const TokenDecoder& decode;
  World& world;
  std::string path(const std::string& file) const { return folder + "/" + file; }
};

struct ExportResult {
  std::vector<std::string> files;  ///< below the folder, in the order of the manifest
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  std::vector<std::string> notes;  ///< what a reader may stumble on
  void count(const std::string& what, std::uint64_t n) { counts.emplace_back(what, n); }
};

// Collective, each.
ExportResult write_format(const MegatronExport& spec, ExportContext& context);
ExportResult write_format(const CerebrasExport& spec, ExportContext& context);
ExportResult write_format(const NanoGptExport& spec, ExportContext& context);
ExportResult write_format(const LlmcExport& spec, ExportContext& context);
ExportResult write_format(const DatatroveExport& spec, ExportContext& context);
ExportResult write_format(const OlmoExport& spec, ExportContext& context);
ExportResult write_format(const JsonlExport& spec, ExportContext& context);
ExportResult write_format(const WindowsSpec& spec, ExportContext& context);

/// This rank's share of a range.
inline Range share_of(Range all, const World& world) {
  const Range share = share_of(all.end - all.first, world);
  return {all.first + share.first, all.first + share.end};
}

}  // namespace quern
