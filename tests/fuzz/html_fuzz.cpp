#include "fuzz/fuzz.hpp"
#include "quern/extract/html.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static quern::HtmlExtractor wide, narrow(quern::HtmlLimits{.max_depth = 5, .max_elements = 20});
  std::string page(fuzz::as_text(data, size)), title, first, again, other;
  quern::repair_utf8(page);
  for (quern::HtmlExtractor* extractor : {&wide, &narrow}) {
    const quern::Reason reason = extractor->article(page, first, &title);
    fuzz::must((reason == quern::Reason::extract_empty) == first.empty());
    fuzz::must(quern::is_valid_utf8(first) && quern::is_valid_utf8(title) && first.size() <= page.size() * 6 / 5 && title.size() <= 512);
    const quern::Reason all = extractor->all_text(page, other);
    fuzz::must((all == quern::Reason::extract_empty) == other.empty());
    fuzz::must(quern::is_valid_utf8(other) && other.size() <= page.size() * 6 / 5 && first.size() <= other.size());
    extractor->article(page, again);
    fuzz::must(again == first);
  }
  return 0;
}
