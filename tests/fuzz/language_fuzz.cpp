#include "classify/sample.hpp"
#include "fuzz/fuzz.hpp"
#include "quern/classify/language.hpp"
#include "quern/text/utf8.hpp"

namespace fuzz = quern::fuzz;

// CLD2 itself is not built for fuzzing: what it reads out of bounds is found only where it crashes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  static quern::LanguageSpec spec = [] {
    quern::LanguageSpec small;
    small.max_bytes = 256;
    return small;
  }();
  static quern::LanguageClassifier classifier(spec), whole({});
  std::string text(bytes), prose;
  quern::repair_utf8(text);
  quern::append_prose(text, prose);
  fuzz::must(quern::is_valid_utf8(prose) && prose.size() <= 2 * text.size() + 2);
  for (quern::LanguageClassifier* const by : {&classifier, &whole}) {
    const quern::LanguageGuess guess = by->guess(text);
    fuzz::must(guess.permille <= 1000 && !guess.label.empty() && by->guess(text) == guess);
    by->guess(bytes);
  }
  return 0;
}
