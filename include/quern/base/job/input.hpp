#pragma once
// What a job reads: the entries of `input`.

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

enum class InputFormat { jsonl, text, warc };

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
  Html html = Html::automatic;
};

}  // namespace quern
