#include "fuzz/fuzz.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/clean/steps.hpp"
#include "quern/filter/chain.hpp"
#include "quern/text/list_lines.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>

namespace fuzz = quern::fuzz;
using namespace quern;

namespace {

/// Every step with the keys that the bits of `keys` say.
std::vector<CleanStep> steps_of(unsigned keys, const SideFile& list) {
  const auto bit = [&](unsigned i) { return (keys >> i & 1) != 0; };
  const std::string replacement = bit(0) ? "" : " \u00E9";
  RemoveLinesSpec lines;
  lines.equal = lines.containing = {list};
  lines.fold_case = bit(1);
  C4LinesSpec c4;
  c4.min_words = keys % 6;
  c4.max_word_chars = 20;
  if (bit(2)) c4.end_marks = "";
  RefinedWebLinesSpec refined;
  refined.max_removed_words_ppm = bit(3) ? 50'000 : 1'000'000;
  return {
      MojibakeSpec{1 + keys % 3},
      TrimLinesSpec{},
      WhiteSpaceSpec{bit(0), bit(1), bit(2), keys % 3},
      ZeroWidthSpec{bit(0), bit(1), bit(2), bit(3), bit(4)},
      ControlCharactersSpec{bit(0), bit(1), bit(2), bit(3)},
      PunctuationSpec{bit(0), bit(1), bit(2), bit(3), bit(4)},
      EntitiesSpec{bit(0), 1 + keys % 3},
      RemoveUrlsSpec{replacement},
      RemoveEmojiSpec{bit(1), replacement},
      RemoveHashtagsSpec{bit(2), bit(3)},
      LowerCaseSpec{},
      c4,
      refined,
      lines,
      DedupLinesSpec{keys % 4, bit(0)},
      DedupParagraphsSpec{keys % 4, bit(1)},
  };
}

/// Each by itself, and all in turn.
void clean(const std::vector<CleanStep>& steps, const std::string& text) {
  for (const auto& prepared : prepare_all(steps)) {
    std::string once = text, again = text;
    const auto done = [&](std::string& to) {
      const auto apply_one = [&]<class Step>(const Step& step) {
        if constexpr (std::is_same_v<Step, PiiStep>) return Reason::none;  // pii_fuzz
        else return quern::apply(step, to);
      };
      return std::visit(apply_one, prepared);
    };
    const Reason reason = done(once);
    fuzz::must(is_valid_utf8(once));
    fuzz::must(done(again) == reason && again == once);
  }
  CleanSpec spec;
  spec.steps = steps;
  std::string all = text;
  Cleaner(spec).clean(all);
  fuzz::must(is_valid_utf8(all));
}

}  // namespace

/// Keys, a list, a zero byte, the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned keys = data[0];
  const std::string_view rest = fuzz::as_text(data + 1, size - 1);
  const std::string list(rest.substr(0, rest.find('\0')));
  std::string text(rest.substr(std::min(list.size() + 1, rest.size())));
  repair_utf8(text);
  const SideFile file{fuzz::file_with("list", list), hash128(list)};
  fuzz::parse_or_refuse([&] { clean(steps_of(keys, file), text); });
  const std::vector<FilterSpec> filters[] = {
      {BadWordsSpec{{file}, keys % 4, 500'000'000}}, {VocabularySpec{{file}, keys % 3, 0, 900'000'000}}, {UrlBlocklistSpec{{file}, {}, {}, {}, 2, {}}},
      {UrlBlocklistSpec{{}, {file}, {}, {}, 2, {}}},  {UrlBlocklistSpec{{}, {}, {file}, {file}, 1, {}}},  {UrlBlocklistSpec{{}, {}, {}, {}, 2, {file}}}};
  for (const auto& filter : filters) {
    fuzz::parse_or_refuse([&] { FilterChain(filter).judge(text, {.url = text, .language = {}}); });
  }
  return 0;
}
