#pragma once
// One line of a tab-separated file → the fields of a document.

#include "quern/base/job.hpp"
#include "quern/format/line_fields.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// What parts columns is one TAB, nothing else: there are no quotes.
///
/// Names of columns are the entry's `columns` or else those of the header; of equal names the first counts. A field of the entry
/// (text_field, …, metadata) is a name, or, where no column has it, the number of a column, from 0. A column that is not there is absent.
/// - Where names are known, a line has as many columns as there are names, else it is Reason::field; where they are not, it must have the
///   column of the text.
/// - With `escapes`: \b \f \n \r \t \v are these characters, a backslash before any other character stands for that character, and a value
///   that is \N alone is absent (PostgreSQL 15, COPY, text format; octal and hexadecimal escapes, which COPY does not write, are not read).
/// - Invalid UTF-8: Reason::utf8, or, with InvalidUtf8::repair, one U+FFFD for each maximal subpart.
/// - The metadata is a JSON object of strings, `null` for \N: the columns asked for, in the order of the job; or all but those
///   that the other keys name, in the order of the line. Without names their numbers are the keys.
/// Cost: linear in the line.
class TsvLineParser {
 public:
  TsvLineParser(const InputSpec& entry, InvalidUtf8 policy);

  /// Whether names come from the file's first line.
  bool needs_header() const { return entry_.header && entry_.columns.empty(); }
  /// The first line of a file, without its line end: names of the columns from now on.
  void header(std::string_view line);
  /// Its header cannot be known: every line is a bad record (field), and this says why.
  void no_header(std::string why);

  /// `line` without its line end. The views live until the next call, and as long as the line.
  LineFields parse(std::string_view line);

 private:
  static constexpr std::size_t kRoles = 5;
  struct Item {
    std::size_t column;
    std::string key;  ///< as it is written
  };
  void find_columns();
  std::optional<std::size_t> column_of(const std::string& field) const;
  void split(std::string_view line);
  std::string wrong_columns() const;
  LineFields read(std::string_view line);
  std::string_view value(std::optional<std::size_t> column, std::string& room) const;
  bool is_null(std::string_view cell) const { return entry_.escapes && cell == "\\N"; }
  std::string_view write_metadata();
  void write_item(std::size_t column);

  InputSpec entry_;
  InvalidUtf8 policy_;
  std::vector<std::string> names_;
  std::string no_header_;                               ///< why there is none
  std::array<std::optional<std::size_t>, kRoles> columns_;  ///< of text, id, source, url, date
  std::vector<Item> items_;                             ///< of the metadata asked for by name
  // Of the line at hand:
  std::vector<std::string_view> cells_;
  std::array<std::string, kRoles> unescaped_;
  std::string repaired_, metadata_, item_;
};

}  // namespace quern
