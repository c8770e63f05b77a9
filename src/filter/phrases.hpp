#pragma once
// Fixed phrases and marks that rules look for, and the looking where one may stand.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quern::phrases {

/// Whether `word` (lower-case ASCII) stands at `at`, in any case.
inline bool stands_at(std::string_view text, std::size_t at, std::string_view word) noexcept {
  if (at > text.size() || text.size() - at < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[at + i]);
    const auto lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (lower != word[i]) return false;
  }
  return true;
}

/// ... or ends at `end`.
inline bool ends_at(std::string_view text, std::size_t end, std::string_view word) noexcept {
  return end >= word.size() && stands_at(text, end - word.size(), word);
}

/// Whether the `k` at `at` belongs to one of the phrases about cookies.
bool is_cookie_phrase(std::string_view text, std::size_t at) noexcept;
/// Whether the `v` at `at` belongs to one of the phrases about privacy.
bool is_privacy_phrase(std::string_view text, std::size_t at) noexcept;
/// The end of the URL whose colon stands at `at`, and its begin in `begin`; 0: there is none.
std::size_t url_end(std::string_view text, std::size_t at, std::size_t& begin) noexcept;
/// One of the six words that are an ellipsis to NeMo Curator.
bool is_ellipsis_word(std::string_view word) noexcept;
/// A line, without white space at its end, that ends with an ellipsis, or `read more`.
bool ends_with_ellipsis(std::string_view line) noexcept;
/// A line, without white space at its begin, that begins with one of the bullets of NeMo Curator.
bool begins_with_bullet(std::string_view line) noexcept;
/// A character that ends a sentence in its script (Unicode's Sentence_Terminal), other than those of ASCII.
bool ends_sentence(char32_t c) noexcept;

}  // namespace quern::phrases
