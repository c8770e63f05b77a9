#include "quern/tokenize/pattern.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

struct Name {
  std::string_view name;
  Pattern pattern;
};

constexpr std::array kNames = {
    Name{"gpt2", Pattern::gpt2},        Name{"r50k_base", Pattern::gpt2}, Name{"cl100k_base", Pattern::cl100k},
    Name{"o200k_base", Pattern::o200k}, Name{"llama3", Pattern::llama3},  Name{"qwen2", Pattern::qwen2},
};

constexpr auto kNameList = [] {
  std::array<std::string_view, kNames.size()> list{};
  std::transform(kNames.begin(), kNames.end(), list.begin(), [](const Name& name) { return name.name; });
  return list;
}();

struct Regex {
  std::string_view regex;
  Pattern pattern;
};

// The first regex of each pattern is the one that is written.
constexpr std::array kRegexes = {
    Regex{R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
          Pattern::llama3},
    // `{1,3}+` would not be possessive in Oniguruma's default syntax but "one or more times up to three": written without the plus.
    Regex{R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
          Pattern::cl100k},
    Regex{R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
          R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
          R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
          Pattern::o200k},
    Regex{R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
          Pattern::qwen2},
    Regex{R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", Pattern::gpt2},
    Regex{R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", Pattern::gpt2},
    Regex{R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)", Pattern::gpt2},
};

}  // namespace

std::span<const std::string_view> pattern_names() noexcept { return kNameList; }

std::string list_of_patterns() { return fmt::format("{}", fmt::join(kNameList, ", ")); }

std::optional<Pattern> find_pattern(std::string_view name) noexcept {
  const auto* const found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& known) { return known.name == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->pattern;
}

Pattern pattern_of(std::string_view name) {
  if (const auto pattern = find_pattern(name)) return *pattern;
  fail(ErrorKind::plan, "unknown pattern \"{}\"; known are {}", name, list_of_patterns());
}

std::optional<Pattern> pattern_of_regex(std::string_view regex) noexcept {
  const auto* const found = std::find_if(kRegexes.begin(), kRegexes.end(), [&](const Regex& known) { return known.regex == regex; });
  if (found == kRegexes.end()) return std::nullopt;
  return found->pattern;
}

std::string_view split_regex(Pattern pattern) noexcept {
  if (pattern == Pattern::gpt2) return {};
  return std::find_if(kRegexes.begin(), kRegexes.end(), [&](const Regex& known) { return known.pattern == pattern; })->regex;
}

}  // namespace quern
