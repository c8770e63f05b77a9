#include "quern/plan/key_texts.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

extern const char* const kJobPage;      // docs/job.md
extern const char* const kCleanPage;    // docs/clean.md
extern const char* const kPrivacyPage;  // docs/privacy.md
extern const char* const kExportPage;   // docs/export.md

namespace {

using Words = std::vector<std::string>;

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, text.find_last_not_of(" \t") + 1 - begin));
}

/// The cells of a row of a table; `\|` is no border.
Words cells_of(std::string_view row) {
  Words cells;
  std::string cell;
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') cell += row[++i];
    else if (row[i] != '|') cell += row[i];
    else cells.push_back(trimmed(std::exchange(cell, {})));
  }
  return cells;
}

/// What stands between backquotes.
Words quoted_words(std::string_view text) {
  Words words;
  for (std::size_t open = text.find('`'); open != std::string_view::npos; open = text.find('`', open + 1)) {
    const std::size_t close = text.find('`', open + 1);
    if (close == std::string_view::npos) break;
    words.emplace_back(text.substr(open + 1, close - open - 1));
    open = close;
  }
  return words;
}

/// `### mojibake`, `### dedup_lines, dedup_paragraphs`, `### `near`: …`: the sections that a table below is about. Other headings: none.
Words sections_of(std::string_view heading) {
  const std::string title = trimmed(heading.substr(heading.find_first_not_of('#')));
  if (title.starts_with('`')) return {quoted_words(title).front()};
  if (title.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_, ") != std::string::npos) return {};
  Words names;
  for (std::size_t at = 0; at < title.size();) {
    const std::size_t end = std::min(title.find(", ", at), title.size());
    names.push_back(title.substr(at, end - at));
    at = end + 2;
  }
  return names;
}

/// For people who read it in an editor: without links and marks of Markdown.
std::string plain(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`' || (c == '*' && i + 1 < text.size() && text[i + 1] == '*') || (c == '*' && i > 0 && text[i - 1] == '*')) continue;
    if (c == ']' && i + 1 < text.size() && text[i + 1] == '(') {
      i = std::min(text.find(')', i), text.size());
      continue;
    }
    if (c == '[' && text.find("](", i) < text.find('[', i + 1) && text.find("](", i) != std::string_view::npos) continue;
    plain += c;
  }
  return plain;
}

/// Key path → meaning, from the tables of one page.
class Page {
 public:
  Page(std::string_view text, const std::string& base, std::map<std::string, std::string>& texts) : base_(base), texts_(texts) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      line(text.substr(at, end - at));
      at = end + 1;
    }
  }

 private:
  void line(std::string_view line) {
    if (line.starts_with('#')) sections_ = sections_of(line);
    if (!line.starts_with('|')) return head_.clear();
    const Words cells = cells_of(line);
    if (head_.empty()) head_ = cells;
    else if (head_.front().ends_with("key")) row(cells);
  }

  void row(const Words& cells) {
    std::string meaning;
    for (std::size_t i = 1; i < cells.size() && i < head_.size(); ++i) {
      if (head_[i] == "kind" || head_[i] == "default" || head_[i] == "digest" || cells[i].empty()) continue;
      const std::string about = head_[i] == "meaning" ? "" : head_[i] + ": ";
      meaning += (meaning.empty() ? "" : "; ") + about + plain(cells[i]);
    }
    for (const std::string& key : quoted_words(cells.front())) {
      if (sections_.empty()) texts_.emplace(base_ + key, meaning);
      for (const std::string& section : sections_) texts_.emplace(section + "." + key, meaning);
    }
  }

  std::string base_;
  std::map<std::string, std::string>& texts_;
  Words sections_, head_;
};

std::map<std::string, std::string> read_pages() {
  std::map<std::string, std::string> texts;
  Page(kJobPage, "", texts);
  Page(kCleanPage, "", texts);
  Page(kPrivacyPage, "pii.", texts);
  Page(kExportPage, "", texts);
  return texts;
}

/// `pii.email.mask` stands in the table as `pii.<kind>.mask`.
std::string with_kind(const std::string& path) {
  const std::size_t last = path.rfind('.');
  const std::size_t before = last == std::string::npos || last == 0 ? last : path.rfind('.', last - 1);
  return before == std::string::npos ? path : path.substr(0, before + 1) + "<kind>" + path.substr(last);
}

}  // namespace

std::string text_of_key(const std::string& path) {
  static const std::map<std::string, std::string> texts = read_pages();
  // A page of its own names its keys by the last sections alone.
  std::string part = path;
  for (;;) {
    for (const std::string& name : {part, with_kind(part)}) {
      if (const auto found = texts.find(name); found != texts.end()) return found->second;
    }
    const std::size_t dot = part.find('.');
    if (dot == std::string::npos || part.find('.', dot + 1) == std::string::npos) return {};
    part.erase(0, dot + 1);
  }
}

}  // namespace quern
