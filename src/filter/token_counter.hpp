#pragma once
// Counts a text by its definition: white space character by character, all else run by run.

#include "quern/filter/statistics.hpp"
#include "quern/text/tokens.hpp"

#include <cstddef>
#include <string_view>

namespace quern {

class TokenCounter {
 public:
  /// Counts the white space character or the run of other characters at `at`; returns where it ends.
  std::size_t add_next(std::string_view text, std::size_t at) noexcept {
    const tokens::Character first = tokens::character_at(text, at);
    if ((first.classes & kTokenSpace) != 0) {
      ++counts_.chars;
      if (text[at] == '\n') end_line();
      else line_begun_ = true;
      return first.end;
    }
    std::size_t end = at;
    while (end < text.size()) {
      const tokens::Character c = tokens::character_at(text, end);
      if ((c.classes & kTokenSpace) != 0) break;
      ++counts_.chars;
      end = c.end;
    }
    add_run(text.substr(at, end - at));
    return end;
  }

  TextStatistics finish() noexcept {
    if (line_begun_) end_line();
    return counts_;
  }

 protected:
  void add_run(std::string_view run) noexcept {
    split_run(run, [this](const Token& token) { add(token); });
    add_symbols(run);
    if (!line_has_text_ && (run.starts_with('-') || run.starts_with(kBullet))) ++counts_.bullet_lines;
    line_begun_ = line_has_text_ = true;
    ends_with_ellipsis_ = run.ends_with("...") || run.ends_with(kEllipsis);
  }

  TextStatistics counts_;
  bool line_begun_ = false;          ///< the line has a character
  bool line_has_text_ = false;       ///< ... other than white space
  bool ends_with_ellipsis_ = false;  ///< ... and the last of these end an ellipsis

 private:
  static constexpr std::string_view kBullet = "\u2022";
  static constexpr std::string_view kEllipsis = "\u2026";

  void add(const Token& token) noexcept {
    ++counts_.tokens;
    counts_.alpha_tokens += token.alpha;
    if (!token.word) return;
    ++counts_.words;
    counts_.word_chars += token.chars;
    for (std::size_t i = 0; i < kStopWords.size(); ++i) {
      if (token.text == kStopWords[i]) counts_.stop_words |= static_cast<std::uint8_t>(1u << i);
    }
  }

  void add_symbols(std::string_view run) noexcept {
    for (std::size_t at = run.find("..."); at != std::string_view::npos; at = run.find("...", at + 3)) ++counts_.ellipses;
    for (std::size_t at = run.find(kEllipsis); at != std::string_view::npos; at = run.find(kEllipsis, at + 3)) ++counts_.ellipses;
    for (char c : run) counts_.hashes += c == '#';
  }

  void end_line() noexcept {
    ++counts_.lines;
    counts_.ellipsis_lines += ends_with_ellipsis_;
    line_begun_ = line_has_text_ = ends_with_ellipsis_ = false;
  }
};

}  // namespace quern
