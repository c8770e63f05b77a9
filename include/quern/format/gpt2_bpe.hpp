#pragma once
// GPT-2's vocabulary files, encoder.json and vocab.bpe, and the byte-level alphabet they (and tokenizer.json) are written in.
// docs/formats/tokenizers.md describes the bytes.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// The printable character that stands for a byte: 0x21..0x7E, 0xA1..0xAC and 0xAE..0xFF are themselves, the other 68 bytes
/// are U+0100 + n in byte order (GPT-2's encoder.py, bytes_to_unicode).
char32_t byte_level_char(std::uint8_t byte) noexcept;

/// The 256 bytes in the order of the characters that stand for them.
std::array<std::uint8_t, 256> byte_level_order() noexcept;

/// Bytes written in the byte-level alphabet.
std::string to_byte_level(std::string_view bytes);

/// Bytes for which a string of the byte-level alphabet stands; nothing when a character is not in the alphabet.
std::optional<std::string> from_byte_level(std::string_view characters);

/// A token as its file writes it (byte-level alphabet, or a special token's plain text) with its id.
struct VocabEntry {
  std::string token;
  std::uint32_t id = 0;
};

/// A merge as its file writes it: two tokens in the byte-level alphabet. Its rank is its place in the list.
struct MergeEntry {
  std::string left;
  std::string right;
};

/// Lines "left right", the first of them possibly "#version: ...". Throws Error{plan} with the line.
std::vector<MergeEntry> parse_vocab_bpe(std::string_view bytes, const std::string& path);

/// A JSON object {token: id}. Throws Error{plan} with the key.
std::vector<VocabEntry> parse_encoder_json(std::string_view bytes, const std::string& path);

}  // namespace quern
