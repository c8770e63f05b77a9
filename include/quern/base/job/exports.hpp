#pragma once
// The formats of trainers in which a data set can be written again (docs/export.md), and its windows.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace quern {

/// How documents come into windows (docs/formats/windows.md).
enum class Pack {
  concat,   ///< the stream of tokens is cut; documents are split where a window ends
  whole,    ///< the next document begins a new window when it does not fit
  best_fit  ///< best-fit decreasing within blocks of documents
};

inline constexpr std::uint64_t kLongestWindow = 1u << 24;

struct WindowsSpec {
  static constexpr std::string_view kName = "windows";
  std::uint64_t length = 2048;         ///< tokens of a window
  std::vector<std::uint64_t> lengths;  ///< instead: rising; each document goes to the smallest window that holds it
  Pack pack = Pack::best_fit;
  /// One length, or those of `lengths`.
  std::vector<std::uint64_t> all_lengths() const { return lengths.empty() ? std::vector<std::uint64_t>{length} : lengths; }
};

struct MegatronExport {
  static constexpr std::string_view kName = "megatron";
  std::string key = "text";  ///< the part of the files' names that Megatron takes from the JSON key
  bool append_eod = true;    ///< documents end with the end-of-text token
};

struct CerebrasExport {
  static constexpr std::string_view kName = "cerebras-samples";
  std::uint64_t length = 2048;          ///< MSL
  Pack pack = Pack::concat;
  std::uint64_t min_tokens = 10;        ///< shorter samples are left out
  std::uint64_t file_examples = 4096;
  std::optional<std::uint64_t> pad_id;  ///< none: the end-of-text token
};

struct NanoGptExport {
  static constexpr std::string_view kName = "nanogpt";
};

struct LlmcExport {
  static constexpr std::string_view kName = "llmc";
  std::string prefix = "data";
  std::uint64_t shard_tokens = 100'000'000;
};

struct DatatroveExport {
  static constexpr std::string_view kName = "datatrove";
  std::string tokenizer = "tokenizer.json";  ///< what the metadata file calls it
};

struct OlmoExport {
  static constexpr std::string_view kName = "olmo";
  std::uint64_t shard_tokens = 1'000'000'000;
};

struct JsonlExport {
  static constexpr std::string_view kName = "jsonl";
  enum class Compression { none, gzip, zstd };
  Compression compression = Compression::zstd;
  std::uint64_t shard_documents = 100'000;
  std::uint64_t shard_bytes = 0;  ///< of text, before compression; above 0: instead of shard_documents
};

using ExportSpec = std::variant<MegatronExport, CerebrasExport, NanoGptExport, LlmcExport, DatatroveExport, OlmoExport, JsonlExport, WindowsSpec>;

inline std::string_view name(const ExportSpec& spec) {
  return std::visit([](const auto& format) { return format.kName; }, spec);
}

}  // namespace quern
