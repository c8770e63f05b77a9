#include "quern/classify/language.hpp"

#include "classify/cld2.hpp"
#include "classify/sample.hpp"
#include "quern/base/error.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>

namespace quern {

namespace {

/// A first look at so small a part of max_bytes; it is enough for a text that is all in one language, and not mostly code.
constexpr std::uint64_t kFirstLook = 4;
constexpr std::uint64_t kLeastProse = 4;  // of the first look: a part of so many
constexpr std::uint16_t kAllOfIt = 950;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// A language that is never guessed would keep nothing.
void check_kept(const std::vector<std::string>& keep, const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < keep.size(); ++i) {
    const auto holds = [&](const std::string& label) { return in_language_range(label, keep[i]); };
    if (keep[i] == kNoLanguage || std::ranges::any_of(labels, holds)) continue;
    const std::string like = labels.empty() || std::ranges::find(labels, "en") != labels.end() ? "en" : labels.front();
    fail(ErrorKind::plan, "language.keep.{}: the model knows no language '{}': a label like '{}' is expected", i, keep[i], like);
  }
}

}  // namespace

LanguageClassifier::LanguageClassifier(const LanguageSpec& spec) : spec_(spec) {
  if (!spec.model.path.empty()) model_ = load_fasttext_model(spec.model);
  if (!spec.keep.empty()) check_kept(spec.keep, model_ ? model_->labels() : cld2_labels());
}

LanguageGuess LanguageClassifier::guess_sample(std::string_view text, std::uint64_t bytes) {
  const std::string_view windows = take_windows(text, bytes, windows_);
  sample_.clear();
  if (spec_.text == LanguageText::prose) {
    append_prose(windows, sample_);
  } else {
    sample_ = windows;
  }
  if (!model_) return guess_by_cld2(sample_, spec_.text == LanguageText::html);
  if (!is_valid_utf8(sample_)) return {};
  const auto best = model_->best(sample_);
  if (!best) return {};
  return {model_->labels()[best->label], best->permille, best->permille >= 500};
}

LanguageGuess LanguageClassifier::guess(std::string_view text) {
  if (text.size() < spec_.min_bytes) return {};
  if (text.size() > spec_.max_bytes / kFirstLook && !model_) {
    const LanguageGuess first = guess_sample(text, spec_.max_bytes / kFirstLook);
    const bool enough_prose = kLeastProse * sample_.size() >= spec_.max_bytes / kFirstLook;
    if (first.reliable && first.permille >= kAllOfIt && enough_prose) return first;
  }
  LanguageGuess guess = guess_sample(text, spec_.max_bytes);
  if (guess.label != kNoLanguage || spec_.text != LanguageText::prose) return guess;
  // All of it looks like code, or is: what it says without a choice of words is better than nothing.
  sample_ = take_windows(text, spec_.max_bytes, windows_);
  return model_ ? guess : guess_by_cld2(sample_, false);
}

Reason LanguageClassifier::judge(std::string_view text, const LanguageGuess& guess) const {
  if (text.size() < spec_.min_bytes) return Reason::none;
  const auto holds = [&](const std::string& range) { return in_language_range(guess.label, range); };
  if (!spec_.keep.empty() && !std::ranges::any_of(spec_.keep, holds)) return Reason::language;
  return guess.permille * std::uint64_t{1000} < spec_.min_score_ppm ? Reason::language_score : Reason::none;
}

bool in_language_range(std::string_view label, std::string_view range) noexcept {
  if (label.size() < range.size()) return false;
  for (std::size_t i = 0; i < range.size(); ++i) {
    if (lower(label[i]) != lower(range[i])) return false;
  }
  return label.size() == range.size() || label[range.size()] == '-';
}

}  // namespace quern
