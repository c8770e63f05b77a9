#pragma once
// Texts out of one line of a JSON lines file, from several members: small files that a job names (evaluation sets), not the corpus.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct JsonTexts {
  std::string id;                               ///< a string, or a number as nlohmann writes it; else empty
  std::vector<std::vector<std::string>> texts;  ///< [fields] in the order of the line
  std::string error;                            ///< what is wrong with the line; then all else is empty
};

/// `line` is one JSON value (RFC 8259, valid UTF-8, no lone surrogates), an object.
/// A field is the name of a member, or names with a dot between that lead to it (a member that has the dot in its name comes first). It may
/// hold a string, or a list (of lists) of them; on the way to it lists stand for each of their elements. Numbers, flags and null are no texts;
/// an object where a text should be is an error. Of several equal keys the last counts.
JsonTexts read_json_texts(std::string_view line, std::span<const std::string> fields, std::string_view id_field);

}  // namespace quern
