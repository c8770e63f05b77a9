#include "fuzz/fuzz.hpp"
#include "quern/format/json_texts.hpp"
#include "quern/text/utf8.hpp"

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> fields = {"question", "choices", "answers.text", "a.b.c"};
  const quern::JsonTexts read = quern::read_json_texts(fuzz::as_text(data, size), fields, "id");
  fuzz::must(read.error.empty() ? read.texts.size() == fields.size() : read.texts.empty() && read.id.empty());
  fuzz::must(quern::is_valid_utf8(read.id));
  for (const auto& texts : read.texts) {
    for (const std::string& text : texts) fuzz::must(quern::is_valid_utf8(text));
  }
  return 0;
}
