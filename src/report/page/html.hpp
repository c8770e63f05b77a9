#pragma once
// Words of the page: everything that comes from documents, files or jobs goes through here.

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace quern::page {

/// As content of an element. Markup is escaped, invalid UTF-8 becomes U+FFFD, characters that are not seen are shown by their number.
std::string text(std::string_view raw);
/// The same for the value of an attribute, in double quotes.
std::string attribute(std::string_view raw);

/// "12.3 %", "0.04 %", "< 0.01 %"; of nothing "–".
std::string percent(std::uint64_t part, std::uint64_t whole);
/// "1.23 M" for headlines: three digits, with a unit of thousands.
std::string short_count(std::uint64_t number);
/// "12.3 MB": powers of 1000.
std::string short_bytes(std::uint64_t bytes);
/// "0.12 s", "3 min 20 s", "2 h 5 min".
std::string short_time(double seconds);
/// A number of a signal: three significant digits.
std::string short_number(double number);

/// A section with its heading; nothing when there is nothing to say.
std::string section(std::string_view id, std::string_view heading, std::string_view lead, const std::string& content);
/// A table behind a chart. Rows are cells of HTML; the first column is a heading, the others are numbers.
class Table {
 public:
  explicit Table(std::initializer_list<std::string_view> headings);
  void add(std::initializer_list<std::string> cells);
  std::string behind(std::string_view summary) const;  ///< folded away
  std::string open() const;

 private:
  std::string rows_;
};

}  // namespace quern::page
