#pragma once
// The figures of a page by their definitions, with texts of code points and no arithmetic on bits: what the fast walk is held against.

#include "quern/filter/page_repeats.hpp"
#include "quern/filter/page_statistics.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quern::plain {

using Text = std::u32string;

inline Text decoded(std::string_view text) {
  Text out;
  for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
  return out;
}

inline std::vector<Text> split(const Text& text, const Text& by) {
  std::vector<Text> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(by, begin)) != Text::npos; begin = end + by.size()) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

inline Text stripped(Text text) {
  while (!text.empty() && is_white_space(text.back())) text.pop_back();
  while (!text.empty() && is_white_space(text.front())) text.erase(0, 1);
  return text;
}

inline Text lowered(Text text) {
  for (char32_t& c : text) c = c < 0x80 && c >= U'A' && c <= U'Z' ? c + 32 : c;
  return text;
}

inline std::vector<Text> words_of(const Text& text) {
  std::vector<Text> words(1);
  for (const char32_t c : text) {
    if (!is_white_space(c)) words.back() += c;
    else if (!words.back().empty()) words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

inline bool has(const Text& text, const Text& part) { return text.find(part) != Text::npos; }
inline bool is_terminal(char32_t c) { return c == U'\u3002' || c == U'\uFF01' || c == U'\u061F' || c == U'\u0964'; }  // as far as tests go

inline std::uint64_t sentences_of(const Text& line) {
  std::uint64_t sentences = stripped(line).empty() ? 0 : 1;
  const auto follows = [&](std::size_t at) {
    while (at < line.size() && (line[at] == U' ' || line[at] == U'\t')) ++at;
    return at < line.size();
  };
  const auto alnum = [](char32_t c) { return c < 0x80 && (is_letter(c) || is_number(c)); };
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_terminal(line[i])) sentences += follows(i + 1);
    if (line[i] != U'.' && line[i] != U'!' && line[i] != U'?') continue;
    if (line[i] == U'.') {
      if ((i + 1 < line.size() && line[i + 1] == U'.') || (i > 0 && line[i - 1] == U'.')) continue;
      const bool upper = i > 0 && line[i - 1] >= U'A' && line[i - 1] <= U'Z';
      if (upper && (i == 1 || (line[i - 2] < 0x80 && !alnum(line[i - 2])))) continue;
    }
    std::size_t next = i + 1;
    while (next < line.size() && Text(U"\"')]}*_`").find(line[next]) != Text::npos) ++next;
    for (const char32_t quote : Text(U"\u201D\u2019\u00BB")) next += next < line.size() && line[next] == quote;
    if (next < line.size() && (line[next] == U' ' || line[next] == U'\t')) sentences += follows(next);
  }
  return sentences;
}

inline PageStatistics count_page(std::string_view bytes) {
  const Text text = decoded(bytes);
  PageStatistics p;
  p.chars = text.size();
  for (const char32_t c : text) {
    p.newlines += c == U'\n';
    p.digits += category(c) == Category::Nd;
    p.white_space += Text(U"\t\n\r\b ").find(c) != Text::npos;
    p.brackets += Text(U"{}[]()\u27E8\u27E9").find(c) != Text::npos;
    p.basic_chars += c < 0x80 && (is_letter(c) || is_number(c) || Text(U"\n?!,.").find(c) != Text::npos);
    p.open_braces += c == U'{';
  }
  for (const Text& word : words_of(text)) {
    ++p.words;
    p.word_chars += word.size();
    p.longest_word = std::max<std::uint64_t>(p.longest_word, word.size());
    p.alpha_words += std::ranges::any_of(word, [](char32_t c) { return is_letter(c); });
    std::uint64_t runs = 0;
    for (std::size_t i = 0; i < word.size(); ++i) runs += word[i] == U'#' && (i == 0 || word[i - 1] != U'#');
    const bool ellipsis = std::set<Text>{U"...", U"[...]", U"\u2026", U"(...)", U"[\u2026]", U"-\u00BB"}.contains(word);
    p.symbol_words += ellipsis || 2 * runs > word.size();
    p.common_words += std::set<Text>{U"the", U"be", U"to", U"of", U"and", U"that", U"have", U"with"}.contains(word);
  }
  p.common_words = std::min(p.common_words, PageStatistics::kMostCommonWords);
  const Text lower = lowered(text);
  for (std::size_t at = 0; (at = lower.find(U"lorem ipsum", at)) != Text::npos; ++at) ++p.lorem_ipsum;
  for (std::size_t at = 0; (at = text.find(U"http", at)) != Text::npos;) {
    std::size_t end = at + 4;
    end += end < text.size() && text[end] == U's';
    if (text.substr(end, 3) != U"://") {
      ++at;
      continue;
    }
    const std::size_t body = end += 3;
    const auto belongs = [](char32_t c) { return (c >= U'$' && c <= U'_') || (c >= U'a' && c <= U'z') || c == U'!'; };
    while (end < text.size() && belongs(text[end])) ++end;
    if (end == body) {
      ++at;
      continue;
    }
    p.url_chars += end - at;
    at = end;
  }
  for (const Text& line : split(text, U"\n")) {
    const Text inner = stripped(line);
    if (inner.empty()) continue;
    ++p.lines;
    p.sentences += sentences_of(line);
    p.short_lines += line.size() <= 30;
    const Text marks = U".?!\"'";
    p.unmarked_lines += marks.find(inner.back()) == Text::npos;
    p.ended_lines += marks.find(line.back()) != Text::npos || is_terminal(line.back());
    p.bullet_lines += Text(U"\u2022\u2023\u2043\u204C\u204D\u2219\u25CB\u25CF\u25D8\u25E6\u29BE\u29BF").find(inner[0]) != Text::npos;
    bool ellipsis = false;
    for (const Text& mark : {Text(U"..."), Text(U"[...]"), Text(U"\u2026"), Text(U"(...)"), Text(U"[\u2026]"), Text(U"-\u00BB"),
                             Text(U"read more"), Text(U"read more..")}) {
      ellipsis |= lowered(inner).ends_with(mark);
    }
    p.ellipsis_lines += ellipsis;
  }
  if (!text.empty()) {
    for (const Text& paragraph : split(lower, U"\n\n")) {
      ++p.paragraphs;
      bool found = false;
      for (const Text& phrase : {Text(U"terms of use"), Text(U"privacy policy"), Text(U"cookie policy"), Text(U"uses cookies"),
                                 Text(U"privacy overview"), Text(U"use of cookies"), Text(U"use cookies"),
                                 Text(U"privacy & cookies policy")}) {
        found |= has(paragraph, phrase);
      }
      p.boilerplate_paragraphs += found;
    }
  }
  return p;
}

inline PageRepeats count_repeats(std::string_view bytes) {
  const Text text = decoded(bytes);
  PageRepeats r;
  std::set<Text> lines, paragraphs;
  for (const Text& line : split(text, U"\n")) {
    if (stripped(line).empty()) continue;
    ++r.lines;
    r.line_chars += line.size();
    if (lines.insert(line).second) continue;
    ++r.duplicate_lines;
    r.duplicate_line_chars += line.size();
  }
  if (text.empty()) return r;
  for (const Text& paragraph : split(text, U"\n\n")) {
    ++r.paragraphs;
    r.paragraph_chars += paragraph.size();
    if (paragraphs.insert(paragraph).second) continue;
    ++r.duplicate_paragraphs;
    r.duplicate_paragraph_chars += paragraph.size();
  }
  return r;
}

}  // namespace quern::plain
