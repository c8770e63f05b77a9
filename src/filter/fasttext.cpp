#include "quern/base/error.hpp"
#include "quern/classify/fasttext_model.hpp"
#include "quern/filter/rules.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace quern {

namespace {

std::uint32_t wanted_label(const FastTextSpec& spec, const FastTextModel& model) {
  if (const auto label = model.label(spec.label)) return *label;
  const std::size_t shown = std::min<std::size_t>(model.labels().size(), 20);
  fail(ErrorKind::plan, "{}: the model has no label '{}'; it has {}{}", spec.model.path, spec.label,
       fmt::join(model.labels().begin(), model.labels().begin() + static_cast<std::ptrdiff_t>(shown), ", "),
       shown < model.labels().size() ? ", ..." : "");
}

/// At most so many bytes, in whole characters.
std::string_view beginning(std::string_view text, std::uint64_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

FastTextFilter prepare(const FastTextSpec& spec) {
  auto model = load_fasttext_model(spec.model);
  const std::uint32_t label = wanted_label(spec, *model);
  return {std::move(model), label, spec};
}

FastTextScore fasttext_score(const FastTextFilter& filter, std::string_view text) {
  const std::vector<std::uint16_t> scores = filter.model->scores(beginning(text, filter.spec.max_bytes));
  FastTextScore score;
  for (std::size_t label = 0; label < scores.size(); ++label) {
    std::uint16_t& to = label == filter.label ? score.permille : score.best_other;
    to = std::max(to, scores[label]);
  }
  return score;
}

bool passes(const FastTextSpec& spec, const FastTextScore& score) noexcept {
  constexpr std::uint64_t kPpm = 1000;  // in a thousandth
  if (score.permille * kPpm < spec.min_score_ppm) return false;
  if (spec.min_margin_ppm == 0) return true;
  return score.permille >= score.best_other && (score.permille - std::uint64_t{score.best_other}) * kPpm >= spec.min_margin_ppm;
}

Reason judge(const FastTextFilter& filter, const FilterSubject& subject) {
  return passes(filter.spec, fasttext_score(filter, subject.text())) ? Reason::none : Reason::fasttext;
}

}  // namespace quern
