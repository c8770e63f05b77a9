#pragma once
// What a job reads: the entries of `input`.

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

enum class InputFormat {
  jsonl,        ///< a line is a record
  text,         ///< a file is a record
  text_blocks,  ///< what stands between blank lines is a record
  tsv,          ///< a line is a record, its columns are parted by tabs
  html,         ///< a file is a record, and HTML
  warc,         ///< web archives: WARC, WET, ARC
  dataset,      ///< data sets of quern: a document is a record
};

/// Of these a file is one record: it is never cut.
constexpr bool is_whole_file(InputFormat format) { return format == InputFormat::text || format == InputFormat::html; }

/// What becomes of HTML.
enum class Html {
  automatic,  ///< where the input says that a record is HTML: its article; else it is text
  article,    ///< every text of the entry is HTML: its article
  all_text,   ///< every text of the entry is HTML: all of it without the tags
  none,       ///< it is text
};

/// One entry of `input`. Files of an entry are ordered by the bytes of their path below `prefix`.
struct InputSpec {
  std::string path;    ///< absolute glob pattern, or the list file when `is_list`
  std::string prefix;  ///< absolute fixed folder of the pattern, with a slash at the end: not part of what is computed
  bool is_list = false;
  InputFormat format = InputFormat::jsonl;
  std::string source;
  std::string text_field = "text";
  std::string id_field = "id";
  std::string source_field;  ///< of the record itself; what it names takes the place of `source`
  std::string url_field = "url";
  std::string date_field;
  std::vector<std::string> metadata;  ///< fields that are carried along
  bool all_metadata = false;          ///< every field but those above
  // tsv:
  std::vector<std::string> columns;  ///< names of the columns; empty: those of the header
  bool header = true;                ///< the first line of a file is no record
  bool escapes = false;              ///< backslash escapes as PostgreSQL's COPY writes them
  Html html = Html::automatic;
};

}  // namespace quern
