#include "fuzz/fuzz.hpp"
#include "quern/base/job.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  static quern::JsonLineParser strict(quern::InputSpec{}, quern::InvalidUtf8::quarantine), lenient(quern::InputSpec{}, quern::InvalidUtf8::repair);
  std::string line(bytes);
  line.append(quern::kJsonPadding, '"');
  const std::string_view given(line.data(), size);
  const quern::JsonLine first = strict.parse(given);
  const bool first_good = first.bad == quern::Reason::none;
  const std::string first_text(first.text);
  if (first_good) fuzz::must(quern::is_valid_utf8(first.text) && quern::is_valid_utf8(first.own_id));
  fuzz::must(first_good || !first.message.empty());
  const quern::JsonLine second = lenient.parse(given);
  if (first_good) fuzz::must(second.bad == quern::Reason::none && second.text == first_text);
  if (second.bad == quern::Reason::none) fuzz::must(quern::is_valid_utf8(second.text));
  fuzz::must((first.bad == quern::Reason::json) == (second.bad == quern::Reason::json));
  return 0;
}
