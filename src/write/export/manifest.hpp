#pragma once
// manifest.json: what an export is, and digests of its files.

#include "write/export/context.hpp"

#include <string>

namespace quern {

/// Pieces in which long files are hashed, so that ranks share them.
inline constexpr std::uint64_t kHashedPiece = 64u << 20;
/// A longer file has no SHA-256: that goes through it from beginning to end on one rank.
inline constexpr std::uint64_t kMostSha256Bytes = 16ull << 30;

/// Reads the files of `result` again and writes <folder>/manifest.json. Collective.
void write_manifest(const ExportResult& result, const std::string& canonical, ExportContext& context);

}  // namespace quern
