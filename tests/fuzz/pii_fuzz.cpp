#include "fuzz/fuzz.hpp"
#include "quern/privacy/pii.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

namespace {

quern::PiiSpec with_action(quern::PiiAction action) {
  quern::PiiSpec spec;
  spec.action = action;
  const std::array<std::uint8_t, quern::kPiiKeyBytes> key = {1, 2, 3};
  spec.key = quern::PiiKey(key, "fuzz");
  return spec;
}

void check_matches(std::string_view text, const std::vector<quern::PiiMatch>& matches) {
  std::size_t end = 0;
  for (const quern::PiiMatch& match : matches) {
    fuzz::must(end <= match.begin && match.begin < match.end && match.end <= text.size());
    fuzz::must(quern::is_valid_utf8(text.substr(end, match.begin - end)) && quern::is_valid_utf8(text.substr(match.begin, match.end - match.begin)));
    fuzz::must(!quern::pii_normal_form(match.kind, text.substr(match.begin, match.end - match.begin)).empty());
    end = match.end;
  }
  fuzz::must(quern::is_valid_utf8(text.substr(end)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const quern::PiiStep mask(with_action(quern::PiiAction::mask)), pseudonymize(with_action(quern::PiiAction::pseudonymize)),
      count(with_action(quern::PiiAction::count));
  std::string text(fuzz::as_text(data, size));
  quern::repair_utf8(text);
  std::vector<quern::PiiMatch> matches, others;
  quern::PiiFinder(quern::kAllPii, quern::Kernel::scalar).find(text, matches);
  check_matches(text, matches);
  quern::PiiFinder().find(text, others);
  fuzz::must(matches == others);
  quern::PiiCounts counted;
  std::string left = text;
  fuzz::must(count.apply(left, counted) == quern::Reason::none && left == text && counted.total() == matches.size());
  for (const quern::PiiStep* step : {&mask, &pseudonymize}) {
    std::string changed = text;
    quern::PiiCounts counts;
    fuzz::must(step->apply(changed, counts) == quern::Reason::none && quern::is_valid_utf8(changed) && counts == counted);
    fuzz::must(matches.empty() == (changed == text));
  }
  return 0;
}
