#pragma once
// tiktoken's vocabulary files (`.tiktoken`, Llama 3's `tokenizer.model`): lines "base64(token) rank".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct RankedToken {
  std::string bytes;
  std::uint32_t rank = 0;  ///< also the token's id
};

/// Strict base64 (RFC 4648, section 4): padded, no white space; nothing when it is not.
std::optional<std::string> decode_base64(std::string_view text);

/// Whether the first line has the form of a tiktoken file.
bool looks_like_tiktoken(std::string_view bytes);

/// In file order. Throws Error{plan} with the line.
std::vector<RankedToken> parse_tiktoken(std::string_view bytes, const std::string& path);

}  // namespace quern
