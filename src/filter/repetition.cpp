#include "quern/filter/repetition.hpp"

#include "quern/base/hash.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"
#include "ratio.hpp"
#include "repeated_grams.hpp"

#include <algorithm>

namespace quern {

namespace {

using Counts = RepetitionCounts;

/// Calls take(part) for what stands between breaks of `newlines` and more LF in a row; parts are not empty.
template <class Take>
void split_at_breaks(std::string_view text, std::size_t newlines, Take&& take) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    at = std::min(text.find_first_not_of('\n', end), text.size());
    if (at - end < newlines && at < text.size()) continue;
    // A shorter row of LF at the very end belongs to the part.
    const std::size_t part_end = at - end < newlines ? at : end;
    if (part_end > begin) take(text.substr(begin, part_end - begin));
    begin = at;
  }
}

/// Without white space at its two ends.
std::string_view stripped(std::string_view text) {
  std::size_t begin = 0, end = text.size();
  while (begin < end) {
    const tokens::Character c = tokens::character_at(text, begin);
    if ((c.classes & kTokenSpace) == 0) break;
    begin = c.end;
  }
  while (end > begin) {
    const std::size_t last = tokens::previous(text, end);
    if ((tokens::character_at(text, last).classes & kTokenSpace) == 0) break;
    end = last;
  }
  return text.substr(begin, end - begin);
}

struct Parts {
  std::uint64_t all = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t duplicate_chars = 0;
};

}  // namespace

struct RepetitionCounter::State {
  Kernel kernel;
  TokenPlaces tokens;
  RepeatedGrams grams;
  ClassTable table;
  std::vector<std::string_view> parts;

  Parts count_parts(std::string_view text, std::size_t newlines) {
    parts.clear();
    split_at_breaks(text, newlines, [this](std::string_view part) { parts.push_back(part); });
    table.start(parts.size());
    Parts counts{.all = parts.size()};
    std::size_t distinct = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string_view part = parts[i];
      const std::uint32_t id = table.class_of(hash64(part), [&](std::uint32_t other) { return parts[other] == part; });
      if (id == distinct) {
        parts[distinct++] = part;  // the class stands for it
      } else {
        ++counts.duplicates;
        counts.duplicate_chars += count_code_points(part);
      }
    }
    return counts;
  }

  void count_lines(std::string_view text, Counts& counts) {
    const Parts lines = count_parts(text, 1);
    const Parts paragraphs = count_parts(stripped(text), 2);
    counts.lines = lines.all;
    counts.duplicate_lines = lines.duplicates;
    counts.duplicate_line_chars = lines.duplicate_chars;
    counts.paragraphs = paragraphs.all;
    counts.duplicate_paragraphs = paragraphs.duplicates;
    counts.duplicate_paragraph_chars = paragraphs.duplicate_chars;
  }

  /// Calls goes_on(n, chars) for each figure of n-grams, n ascending, until it says no.
  template <class GoesOn>
  void count_grams(std::string_view text, GoesOn&& goes_on) {
    grams.start(text, tokens);
    for (std::size_t n = Counts::kLeastTop; n <= Counts::kMost; ++n) {
      grams.extend();
      if (!goes_on(n, n < Counts::kLeastDuplicate ? grams.top_chars() : grams.duplicate_chars())) break;
    }
  }

  void shrink() {
    constexpr std::size_t kKept = std::size_t{1} << 20;
    grams.shrink();
    table.shrink(kKept);
    if (parts.capacity() > kKept) parts = {};
    if (tokens.begins.size() > kKept) tokens = {};
  }
};

RepetitionCounter::RepetitionCounter(Kernel kernel) : state_(std::make_unique<State>()) { state_->kernel = kernel; }
RepetitionCounter::~RepetitionCounter() = default;
RepetitionCounter::RepetitionCounter(RepetitionCounter&&) noexcept = default;
RepetitionCounter& RepetitionCounter::operator=(RepetitionCounter&&) noexcept = default;

RepetitionCounts RepetitionCounter::count(std::string_view text) {
  Counts counts;
  state_->count_lines(text, counts);
  find_tokens(text, state_->tokens, state_->kernel);
  counts.chars = state_->tokens.chars;
  state_->count_grams(text, [&](std::size_t n, std::uint64_t chars) {
    if (n < Counts::kLeastDuplicate) counts.top_chars[n - Counts::kLeastTop] = chars;
    else counts.duplicate_chars[n - Counts::kLeastDuplicate] = chars;
    return true;
  });
  state_->shrink();
  return counts;
}

namespace {

using S = GopherRepetitionSpec;
constexpr std::array kGramThresholds = {
    &S::max_top_2_gram_ppm,        &S::max_top_3_gram_ppm,        &S::max_top_4_gram_ppm,
    &S::max_duplicate_5_grams_ppm, &S::max_duplicate_6_grams_ppm, &S::max_duplicate_7_grams_ppm,
    &S::max_duplicate_8_grams_ppm, &S::max_duplicate_9_grams_ppm, &S::max_duplicate_10_grams_ppm};
static_assert(kGramThresholds.size() == Counts::kMost - Counts::kLeastTop + 1);
static_assert(static_cast<std::size_t>(Reason::gopher_duplicate_10_grams) - static_cast<std::size_t>(Reason::gopher_top_2_gram) + 1 ==
              kGramThresholds.size());

Reason judge_lines(const S& spec, const Counts& counts) {
  const auto above = [](std::uint64_t part, std::uint64_t whole, std::uint64_t ppm) { return compare_ratio(part, whole, ppm) > 0; };
  if (above(counts.duplicate_lines, counts.lines, spec.max_duplicate_lines_ppm)) return Reason::gopher_duplicate_lines;
  if (above(counts.duplicate_paragraphs, counts.paragraphs, spec.max_duplicate_paragraphs_ppm)) return Reason::gopher_duplicate_paragraphs;
  if (above(counts.duplicate_line_chars, counts.chars, spec.max_duplicate_line_chars_ppm)) return Reason::gopher_duplicate_line_chars;
  if (above(counts.duplicate_paragraph_chars, counts.chars, spec.max_duplicate_paragraph_chars_ppm)) {
    return Reason::gopher_duplicate_paragraph_chars;
  }
  return Reason::none;
}

std::uint64_t least_duplicate_threshold(const S& spec) {
  std::uint64_t least = UINT64_MAX;
  for (std::size_t rule = Counts::kLeastDuplicate - Counts::kLeastTop; rule < kGramThresholds.size(); ++rule) {
    least = std::min(least, spec.*kGramThresholds[rule]);
  }
  return least;
}

}  // namespace

Reason RepetitionCounter::judge(const GopherRepetitionSpec& spec, std::string_view text) {
  Counts counts;
  state_->count_lines(text, counts);
  find_tokens(text, state_->tokens, state_->kernel);
  counts.chars = state_->tokens.chars;
  Reason reason = judge_lines(spec, counts);
  if (reason == Reason::none) {
    state_->count_grams(text, [&](std::size_t n, std::uint64_t chars) {
      const std::size_t rule = n - Counts::kLeastTop;
      if (compare_ratio(chars, counts.chars, spec.*kGramThresholds[rule]) > 0) {
        reason = static_cast<Reason>(static_cast<std::size_t>(Reason::gopher_top_2_gram) + rule);
        return false;
      }
      // Only duplicates of five and more words are left: they lie in what repeats of four, and mostly that is too little already.
      return n + 1 < Counts::kLeastDuplicate ||
             compare_ratio(state_->grams.covered_chars(), counts.chars, least_duplicate_threshold(spec)) > 0;
    });
  }
  state_->shrink();
  return reason;
}

}  // namespace quern
