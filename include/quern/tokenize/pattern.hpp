#pragma once
// The ways text is cut into pre-tokens, each a regex published with a vocabulary. docs/formats/tokenizers.md gives them verbatim.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quern {

/// One value per distinct cut; several published names may mean the same one. The numbers enter digests: append, never renumber.
enum class Pattern : std::uint8_t {
  gpt2 = 0,    ///< also r50k_base
  cl100k = 1,  ///< cl100k_base as tiktoken has it now: white space that ends the text is one pre-token, newlines in it or not
  llama3 = 2,  ///< also cl100k_base as first published, which gives the same tokens with cl100k_base's vocabulary
  o200k = 3,
  qwen2 = 4,
};

/// Names for job files and the command line, in the order messages list them.
std::span<const std::string_view> pattern_names() noexcept;
/// The same, "gpt2, r50k_base, ...".
std::string list_of_patterns();

std::optional<Pattern> find_pattern(std::string_view name) noexcept;
/// Throws Error{plan} with the list of names.
Pattern pattern_of(std::string_view name);

/// The pattern that a tokenizer.json's Split regex means, if it is a known one.
std::optional<Pattern> pattern_of_regex(std::string_view regex) noexcept;

/// A regex for the pattern that Hugging Face's library (Oniguruma) runs with this meaning; empty for gpt2, which ByteLevel has built in.
std::string_view split_regex(Pattern pattern) noexcept;

}  // namespace quern
