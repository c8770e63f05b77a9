#include "read/text_record.hpp"

#include "quern/text/utf8.hpp"

#include <fmt/format.h>

#include <string>

namespace quern {

void give_text(std::uint64_t offset, LineFields fields, InvalidUtf8 policy, PieceSink& sink) {
  const std::size_t invalid = first_invalid_utf8(fields.text);
  if (invalid == fields.text.size()) return sink.document(offset, fields);
  if (policy == InvalidUtf8::quarantine) {
    return sink.bad(offset, Reason::utf8, fmt::format("byte {}: invalid UTF-8", invalid), fields.own_id);
  }
  std::string repaired(fields.text);
  repair_utf8(repaired);
  fields.text = repaired;
  sink.document(offset, fields);
}

}  // namespace quern
