#include "fuzz/fuzz.hpp"
#include "quern/base/job.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

namespace {

quern::InputSpec fields(bool all) {
  quern::InputSpec spec;
  spec.text_field = "a.b";
  spec.id_field = "a.0";
  spec.source_field = "s";
  spec.url_field = "a.b.c";
  spec.date_field = R"(d\.e)";
  spec.all_metadata = all;
  if (!all) spec.metadata = {"m", "a", "a.b", "m.1.n", "x"};
  return spec;
}

/// What is said of a record is UTF-8, and its metadata one JSON object without needless bytes at its ends.
void must_be_good(const quern::JsonLine& line, quern::JsonLineParser& plain) {
  for (const std::string_view text : {line.text, line.own_id, line.source, line.url, line.date, line.metadata}) fuzz::must(quern::is_valid_utf8(text));
  if (line.metadata.empty()) return;
  std::string metadata(line.metadata);
  const std::size_t size = metadata.size();
  metadata.append(quern::kJsonPadding, '"');
  const quern::JsonLine again = plain.parse(std::string_view(metadata).substr(0, size));
  fuzz::must(again.bad != quern::Reason::json && again.object && metadata[0] == '{' && metadata[size - 1] == '}');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using quern::InvalidUtf8;
  static quern::JsonLineParser some(fields(false), InvalidUtf8::repair), all(fields(true), InvalidUtf8::repair), strict(fields(true), InvalidUtf8::quarantine);
  static quern::JsonLineParser plain(quern::InputSpec{}, InvalidUtf8::repair), other(quern::InputSpec{}, InvalidUtf8::repair);
  std::string line(fuzz::as_text(data, size));
  line.append(quern::kJsonPadding, '"');
  const std::string_view given(line.data(), size);
  const bool is_json = plain.parse(given).bad != quern::Reason::json;
  for (quern::JsonLineParser* parser : {&some, &all, &strict}) {
    const quern::JsonLine parsed = parser->parse(given);
    // Which fields are asked for does not decide what is JSON.
    fuzz::must((parsed.bad != quern::Reason::json) == is_json);
    must_be_good(parsed, other);
  }
  return 0;
}
