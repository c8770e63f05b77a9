#pragma once
// The repetition figures and rules of docs/filters.md as plainly as they can be written: what the fast ones are held against.

#include "quern/filter/repetition.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quern::plain {

using Words = std::vector<std::string>;

inline bool is_space_at(std::string_view text, std::size_t at, std::size_t& end) {
  const tokens::Character c = tokens::character_at(text, at);
  end = c.end;
  return (c.classes & kTokenSpace) != 0;
}

inline Words words_by_definition(std::string_view text) {
  Words words;
  std::string run;
  const auto end_run = [&] {
    split_run(run, [&](const Token& token) { words.emplace_back(token.text); });
    run.clear();
  };
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    if (is_space_at(text, at, end)) end_run();
    else run += text.substr(at, end - at);
  }
  end_run();
  return words;
}

/// As above, with addresses as one token each.
inline Words words_with_addresses(std::string_view text) {
  const auto of_scheme = [](char c) { return c == '+' || c == '.' || c == '-' || (static_cast<unsigned char>(c) < 0x80 && std::isalnum(c) != 0); };
  Words words;
  std::string run;
  const auto begins_address = [&](std::size_t at) {
    std::size_t end = at;
    while (end < run.size() && of_scheme(run[end])) ++end;
    return end > at && run.compare(end, 3, "://") == 0 && (at == 0 || !of_scheme(run[at - 1]));
  };
  const auto end_run = [&] {
    std::size_t body_end = run.size();
    while (body_end > 0) {
      const std::size_t last = tokens::previous(run, body_end);
      if ((tokens::character_at(run, last).classes & kTokenPeel) == 0) break;
      body_end = last;
    }
    bool in_address = false;
    split_run(run, [&](const Token& token) {
      const auto at = static_cast<std::size_t>(token.text.data() - run.data());
      if (in_address && at < body_end) return;
      in_address = !in_address && begins_address(at);
      words.push_back(in_address ? run.substr(at, body_end - at) : std::string(token.text));
    });
    run.clear();
  };
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    if (is_space_at(text, at, end)) end_run();
    else run += text.substr(at, end - at);
  }
  end_run();
  return words;
}

inline Words parts_by_definition(std::string_view text, std::size_t newlines) {
  Words parts;
  std::string part;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t row = 0;
    while (at + row < text.size() && text[at + row] == '\n') ++row;
    if (row >= newlines) {
      if (!part.empty()) parts.push_back(part);
      part.clear();
    } else {
      part += text.substr(at, std::max<std::size_t>(1, row));
    }
    at += std::max<std::size_t>(1, row);
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

inline std::string_view strip(std::string_view text) {
  std::size_t end = 0;
  while (!text.empty() && is_space_at(text, 0, end)) text.remove_prefix(end);
  const auto last = [&] { return tokens::previous(text, text.size()); };
  while (!text.empty() && is_space_at(text, last(), end)) text = text.substr(0, last());
  return text;
}

inline void duplicates_by_definition(const Words& parts, std::uint64_t& all, std::uint64_t& duplicates, std::uint64_t& chars) {
  std::set<std::string> seen;
  all = parts.size();
  for (const std::string& part : parts) {
    if (seen.insert(part).second) continue;
    ++duplicates;
    chars += count_code_points(part);
  }
}

inline std::vector<Words> grams_of(const Words& words, std::size_t n) {
  std::vector<Words> grams;
  for (std::size_t i = 0; i + n <= words.size(); ++i) {
    const auto first = words.begin() + static_cast<std::ptrdiff_t>(i);
    grams.emplace_back(first, first + static_cast<std::ptrdiff_t>(n));
  }
  return grams;
}

inline std::uint64_t chars_in(const Words& gram) {
  std::uint64_t chars = 0;
  for (const std::string& word : gram) chars += count_code_points(word);
  return chars;
}

inline std::uint64_t top_by_definition(const Words& words, std::size_t n) {
  std::map<Words, std::uint64_t> counts;
  for (const Words& gram : grams_of(words, n)) ++counts[gram];
  std::uint64_t most = 0, chars = 0;
  for (const Words& gram : grams_of(words, n)) {
    if (counts[gram] <= most) continue;
    most = counts[gram];
    chars = most * (chars_in(gram) + n - 1);
  }
  return chars;
}

inline std::uint64_t duplicate_grams_by_definition(const Words& words, std::size_t n) {
  const std::vector<Words> grams = grams_of(words, n);
  std::set<Words> seen;
  std::uint64_t chars = 0;
  for (std::size_t i = 0; i < grams.size();) {
    if (seen.insert(grams[i]).second) {
      ++i;
    } else {
      chars += chars_in(grams[i]);
      i += n;
    }
  }
  return chars;
}

inline RepetitionCounts count_by_definition(std::string_view text) {
  RepetitionCounts counts;
  counts.chars = count_code_points(text);
  duplicates_by_definition(parts_by_definition(text, 1), counts.lines, counts.duplicate_lines, counts.duplicate_line_chars);
  duplicates_by_definition(parts_by_definition(strip(text), 2), counts.paragraphs, counts.duplicate_paragraphs,
                           counts.duplicate_paragraph_chars);
  const Words words = words_with_addresses(text);
  for (std::size_t n = 2; n <= 4; ++n) counts.top_chars[n - 2] = top_by_definition(words, n);
  for (std::size_t n = 5; n <= 10; ++n) counts.duplicate_chars[n - 5] = duplicate_grams_by_definition(words, n);
  return counts;
}

inline Reason judge_by_definition(const GopherRepetitionSpec& s, const RepetitionCounts& c) {
  const auto above = [](std::uint64_t part, std::uint64_t whole, std::uint64_t ppm) { return part * 1'000'000 > whole * ppm; };
  if (above(c.duplicate_lines, c.lines, s.max_duplicate_lines_ppm)) return Reason::gopher_duplicate_lines;
  if (above(c.duplicate_paragraphs, c.paragraphs, s.max_duplicate_paragraphs_ppm)) return Reason::gopher_duplicate_paragraphs;
  if (above(c.duplicate_line_chars, c.chars, s.max_duplicate_line_chars_ppm)) return Reason::gopher_duplicate_line_chars;
  if (above(c.duplicate_paragraph_chars, c.chars, s.max_duplicate_paragraph_chars_ppm)) return Reason::gopher_duplicate_paragraph_chars;
  if (above(c.top_chars[0], c.chars, s.max_top_2_gram_ppm)) return Reason::gopher_top_2_gram;
  if (above(c.top_chars[1], c.chars, s.max_top_3_gram_ppm)) return Reason::gopher_top_3_gram;
  if (above(c.top_chars[2], c.chars, s.max_top_4_gram_ppm)) return Reason::gopher_top_4_gram;
  if (above(c.duplicate_chars[0], c.chars, s.max_duplicate_5_grams_ppm)) return Reason::gopher_duplicate_5_grams;
  if (above(c.duplicate_chars[1], c.chars, s.max_duplicate_6_grams_ppm)) return Reason::gopher_duplicate_6_grams;
  if (above(c.duplicate_chars[2], c.chars, s.max_duplicate_7_grams_ppm)) return Reason::gopher_duplicate_7_grams;
  if (above(c.duplicate_chars[3], c.chars, s.max_duplicate_8_grams_ppm)) return Reason::gopher_duplicate_8_grams;
  if (above(c.duplicate_chars[4], c.chars, s.max_duplicate_9_grams_ppm)) return Reason::gopher_duplicate_9_grams;
  if (above(c.duplicate_chars[5], c.chars, s.max_duplicate_10_grams_ppm)) return Reason::gopher_duplicate_10_grams;
  return Reason::none;
}

}  // namespace quern::plain
