#include "fuzz/fuzz.hpp"
#include "quern/base/job.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/format/tsv.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

/// The bytes up to the first LF are the header, the others a line; the first byte says how they are read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned how = data[0];
  const std::string_view bytes = fuzz::as_text(data + 1, size - 1);
  const std::size_t line_feed = std::min(bytes.find('\n'), bytes.size());
  quern::InputSpec spec;
  spec.header = (how & 1) != 0;
  spec.escapes = (how & 2) != 0;
  spec.all_metadata = (how & 4) != 0;
  if (!spec.all_metadata) spec.metadata = {"m", "1"};
  if (how & 8) spec.columns = {"id", "m", "text"};
  if (how & 16) spec.text_field = "1";
  const quern::InvalidUtf8 policy = how & 32 ? quern::InvalidUtf8::repair : quern::InvalidUtf8::quarantine;
  quern::TsvLineParser parser(spec, policy);
  if (parser.needs_header()) parser.header(bytes.substr(0, line_feed));
  const quern::LineFields line = parser.parse(bytes.substr(std::min(line_feed + 1, bytes.size())));
  fuzz::must((line.bad == quern::Reason::none) == line.message.empty());
  for (const std::string_view text : {line.text, line.own_id, line.url, line.metadata}) fuzz::must(quern::is_valid_utf8(text));
  if (line.metadata.empty()) return 0;
  static quern::JsonLineParser json(quern::InputSpec{}, quern::InvalidUtf8::repair);
  std::string metadata(line.metadata);
  metadata.append(quern::kJsonPadding, '"');
  fuzz::must(json.parse(std::string_view(metadata).substr(0, line.metadata.size())).object);
  return 0;
}
