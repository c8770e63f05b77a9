#pragma once
// Checksums of a file as it lies on disk.

#include "quern/base/hash.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

/// SHA-256 (FIPS 180-4).
struct Sha256 {
  std::array<std::uint8_t, 32> bytes = {};
  bool operator==(const Sha256&) const = default;
  /// 64 lower-case hexadecimal digits, as sha256sum prints them.
  std::string hex() const;
};
/// The value that Sha256::hex() prints; nothing when it is not that.
std::optional<Sha256> sha256_from_hex(std::string_view hex);

struct FileDigest {
  std::uint64_t bytes = 0;
  Hash128 xxh3;
  Sha256 sha256;
  bool operator==(const FileDigest&) const = default;
};

/// Reads the file once, in blocks of 1 MiB, with signs of life. Error{store} when it cannot be read.
FileDigest digest_of_file(const std::string& path);

}  // namespace quern
