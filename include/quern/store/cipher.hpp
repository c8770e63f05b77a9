#pragma once
// AES-256-GCM (NIST SP 800-38D) for what a run keeps on disk, and the file its key is in. docs/decisions/0008-spool-cipher.md argues the nonces.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kSaltBytes = 16;
inline constexpr std::size_t kTagBytes = 16;

/// The key of a work folder. Overwritten when it goes; never printed.
class SecretKey {
 public:
  SecretKey() = default;  ///< zeros: no key at all
  /// From kKeyBytes raw bytes.
  explicit SecretKey(std::string_view raw);
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;

  const std::uint8_t* data() const { return bytes_.data(); }
  /// The bytes as they go from rank to rank.
  std::string_view raw() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  /// 32 hexadecimal digits by which the same key is known again; nothing about the key follows from them.
  std::string fingerprint() const;

 private:
  std::array<std::uint8_t, kKeyBytes> bytes_ = {};
};

/// From a file of 64 hexadecimal digits that only its owner can read. Throws Error{refused} for any other.
SecretKey read_key_file(const std::string& path);
/// Makes such a file with a new random key; an error if one is there. Durable when it returns.
SecretKey make_key_file(const std::string& path);

using Salt = std::array<char, kSaltBytes>;
Salt random_salt();

/// Seals the sections of one segment file with a key of its own (HKDF-SHA256, RFC 5869, from the folder's key and the segment's salt).
/// Never seal two texts with the same numbers.
class SegmentCipher {
 public:
  SegmentCipher(const SecretKey& key, const Salt& salt, std::string_view phase);
  ~SegmentCipher();
  SegmentCipher(SegmentCipher&&) noexcept;
  SegmentCipher& operator=(SegmentCipher&&) noexcept;

  /// The text encrypted, and kTagBytes that hold for it and for `header`.
  std::string seal(std::uint32_t block, std::uint32_t section, std::string_view header, std::string_view text);
  /// Takes a sealed section apart. False when one byte of it or of `header` is not what was sealed, or by another key: then `text` is empty.
  bool open(std::uint32_t block, std::uint32_t section, std::string_view header, std::string_view sealed, std::string& text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern
