#pragma once
// The windows of a split, block by block, whoever asks for which.

#include "write/export/context.hpp"
#include "write/export/pack.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

/// A block of the documents of a split, by its number. Reads the offsets of its documents.
Range block_of(const Split& split, std::uint64_t block);
std::uint64_t blocks_of(const Split& split);

/// The windows of one block.
Windows windows_of(const ExportContext& context, const Split& split, std::uint64_t block, const Bucket& bucket, Pack pack);

/// What packing has made of a split.
struct PackCounts {
  std::uint64_t windows = 0, parts = 0, tokens = 0;
  std::uint64_t padding = 0;        ///< places in windows without a token
  std::uint64_t cut_documents = 0;  ///< that are not whole in one window
};

/// Writes <file> (docs/formats/windows.md) below the context's folder. Collective.
PackCounts write_windows_file(const std::string& file, const WindowsSpec& spec, const Split& split, ExportContext& context);

/// "windows.h5", "windows-train.h5".
std::string windows_file_name(const Split& split);

/// A line for people.
std::string in_words(const PackCounts& counts, const std::string& what);

}  // namespace quern
