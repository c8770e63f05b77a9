#include "quern/format/gpt2_bpe.hpp"

#include "quern/base/error.hpp"
#include "quern/text/unicode.hpp"
#include "quern/text/utf8.hpp"

#include <simdjson.h>

#include <algorithm>
#include <numeric>

namespace quern {

namespace {

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::size_t kCharEnd = 0x100 + 68;

struct ByteLevelTables {
  std::array<char32_t, 256> to_char{};
  std::array<std::int16_t, kCharEnd> to_byte{};

  constexpr ByteLevelTables() {
    to_byte.fill(-1);
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const char32_t c = stands_for_itself(byte) ? static_cast<char32_t>(byte) : next++;
      to_char[byte] = c;
      to_byte[c] = static_cast<std::int16_t>(byte);
    }
  }
};

constexpr ByteLevelTables kByteLevel;

}  // namespace

char32_t byte_level_char(std::uint8_t byte) noexcept { return kByteLevel.to_char[byte]; }

std::array<std::uint8_t, 256> byte_level_order() noexcept {
  std::array<std::uint8_t, 256> order{};
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  std::sort(order.begin(), order.end(), [](std::uint8_t a, std::uint8_t b) { return byte_level_char(a) < byte_level_char(b); });
  return order;
}

std::string to_byte_level(std::string_view bytes) {
  std::string characters;
  characters.reserve(bytes.size() + bytes.size() / 2);
  for (const char byte : bytes) append_utf8(characters, byte_level_char(static_cast<std::uint8_t>(byte)));
  return characters;
}

std::optional<std::string> from_byte_level(std::string_view characters) {
  if (!is_valid_utf8(characters)) return std::nullopt;
  std::string bytes;
  bytes.reserve(characters.size());
  for (std::size_t at = 0; at < characters.size();) {
    const char32_t c = next_code_point(characters, at);
    if (c >= kCharEnd || kByteLevel.to_byte[c] < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(kByteLevel.to_byte[c]));
  }
  return bytes;
}

std::vector<MergeEntry> parse_vocab_bpe(std::string_view bytes, const std::string& path) {
  std::vector<MergeEntry> merges;
  std::size_t number = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = bytes.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    const std::size_t space = line.find(' ');
    if (space == 0 || space == line.npos || space + 1 == line.size() || line.find(' ', space + 1) != line.npos) {
      fail(ErrorKind::plan, "{}: line {}: a merge is two tokens with one space between them", path, number);
    }
    merges.push_back({std::string(line.substr(0, space)), std::string(line.substr(space + 1))});
  }
  return merges;
}

std::vector<VocabEntry> parse_encoder_json(std::string_view bytes, const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (const auto error = parser.parse(bytes.data(), bytes.size()).get(object)) {
    fail(ErrorKind::plan, "{}: not a JSON object of tokens and ids: {}", path, simdjson::error_message(error));
  }
  std::vector<VocabEntry> vocab;
  for (const auto& [token, value] : object) {
    std::uint64_t id = 0;
    if (value.get(id) != simdjson::SUCCESS || id > UINT32_MAX) {
      fail(ErrorKind::plan, "{}: the id of token \"{}\" is not a whole number below 2^32 (taken for GPT-2's encoder.json, since it has no 'model' as a tokenizer.json has)",
           path, token);
    }
    vocab.push_back({std::string(token), static_cast<std::uint32_t>(id)});
  }
  return vocab;
}

}  // namespace quern
