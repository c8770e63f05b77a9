#pragma once
// Byte strings that are hashed: integers little-endian, texts with their length before them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace quern {

template <class T>
void pack_number(std::string& bytes, T value) {
  static_assert(std::is_unsigned_v<T>);
  for (unsigned i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

inline void pack_text(std::string& bytes, std::string_view text) {
  pack_number<std::uint64_t>(bytes, text.size());
  bytes += text;
}

inline void pack_numbers(std::string& bytes, std::span<const std::uint64_t> numbers) {
  pack_number<std::uint64_t>(bytes, numbers.size());
  for (const std::uint64_t number : numbers) pack_number(bytes, number);
}

inline void pack_texts(std::string& bytes, std::span<const std::string> texts) {
  pack_number<std::uint64_t>(bytes, texts.size());
  for (const std::string& text : texts) pack_text(bytes, text);
}

}  // namespace quern
