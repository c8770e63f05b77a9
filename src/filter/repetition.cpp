#include "quern/filter/repetition.hpp"

#include "gram_sieve.hpp"
#include "part_counter.hpp"
#include "ratio.hpp"
#include "repeated_grams.hpp"
#include "url_tokens.hpp"

#include <array>
#include <span>

namespace quern {

namespace {

using Counts = RepetitionCounts;
using S = GopherRepetitionSpec;

constexpr std::array kGramThresholds = {
    &S::max_top_2_gram_ppm,        &S::max_top_3_gram_ppm,        &S::max_top_4_gram_ppm,
    &S::max_duplicate_5_grams_ppm, &S::max_duplicate_6_grams_ppm, &S::max_duplicate_7_grams_ppm,
    &S::max_duplicate_8_grams_ppm, &S::max_duplicate_9_grams_ppm, &S::max_duplicate_10_grams_ppm};
static_assert(kGramThresholds.size() == Counts::kMost - Counts::kLeastTop + 1);
static_assert(static_cast<std::size_t>(Reason::gopher_duplicate_10_grams) - static_cast<std::size_t>(Reason::gopher_top_2_gram) + 1 ==
              kGramThresholds.size());

std::uint64_t threshold(const S& spec, std::size_t n) { return spec.*kGramThresholds[n - Counts::kLeastTop]; }
Reason reason_for(std::size_t n) {
  return static_cast<Reason>(static_cast<std::size_t>(Reason::gopher_top_2_gram) + n - Counts::kLeastTop);
}

bool above(std::uint64_t part, std::uint64_t whole, std::uint64_t ppm) { return compare_ratio(part, whole, ppm) > 0; }

Reason judge_lines(const S& spec, const Counts& counts) {
  if (above(counts.duplicate_lines, counts.lines, spec.max_duplicate_lines_ppm)) return Reason::gopher_duplicate_lines;
  if (above(counts.duplicate_paragraphs, counts.paragraphs, spec.max_duplicate_paragraphs_ppm)) return Reason::gopher_duplicate_paragraphs;
  if (above(counts.duplicate_line_chars, counts.chars, spec.max_duplicate_line_chars_ppm)) return Reason::gopher_duplicate_line_chars;
  if (above(counts.duplicate_paragraph_chars, counts.chars, spec.max_duplicate_paragraph_chars_ppm)) {
    return Reason::gopher_duplicate_paragraph_chars;
  }
  return Reason::none;
}

}  // namespace

struct RepetitionCounter::State {
  Kernel kernel;
  TokenPlaces own_tokens, joined_tokens;
  PartCounter lines, paragraphs;
  GramSieve sieve;
  RepeatedGrams grams;
  std::string_view text;
  const TokenPlaces* tokens = nullptr;
  bool are_joined = false;  ///< tokens of an address are one

  void start(std::string_view new_text, const TokenPlaces& new_tokens) {
    text = new_text;
    tokens = &new_tokens;
    const std::span<const std::uint32_t> newlines(tokens->newlines.data(), tokens->newline_count);
    lines.find_lines(text, newlines);
    paragraphs.find_paragraphs(text, newlines);
    are_joined = false;
  }

  Counts bound_parts() { return counts_of(lines.count_at_most(), paragraphs.count_at_most()); }
  /// After bound_parts().
  Counts count_parts() { return counts_of(lines.count(), paragraphs.count()); }

  Counts counts_of(const PartCounter::Parts& line, const PartCounter::Parts& paragraph) const {
    Counts counts;
    counts.chars = tokens->chars;
    counts.lines = line.all;
    counts.duplicate_lines = line.duplicates;
    counts.duplicate_line_chars = line.duplicate_chars;
    counts.paragraphs = paragraph.all;
    counts.duplicate_paragraphs = paragraph.duplicates;
    counts.duplicate_paragraph_chars = paragraph.duplicate_chars;
    return counts;
  }

  void start_grams() {
    if (!are_joined && join_urls(text, *tokens, joined_tokens)) tokens = &joined_tokens;
    are_joined = true;
    sieve.start(text, *tokens);
    grams.start(text, *tokens, sieve);
  }

  Reason judge_grams(const S& spec) {
    start_grams();
    const bool top_passes = text.size() < GramSieve::kMostBytes && top_grams_pass(spec);
    for (std::size_t n = Counts::kLeastTop; n < Counts::kLeastDuplicate && !top_passes; ++n) {
      if (above(grams.top_chars(n), tokens->chars, threshold(spec, n))) return reason_for(n);
    }
    const auto most = sieve.most_duplicate_chars();
    for (std::size_t n = Counts::kLeastDuplicate; n <= Counts::kMost; ++n) {
      const std::uint64_t enough = largest_part(tokens->chars, threshold(spec, n));
      if (most[n - Counts::kLeastDuplicate] > enough && grams.duplicate_chars(n, enough) > enough) return reason_for(n);
    }
    return Reason::none;
  }

  // An n-gram of three or four is one of two with one or two words behind, which are a part of another of two: it weighs at most twice
  // what any of two does, and for four the space between the two besides, which is a third of the least that an n-gram of two weighs.
  bool top_grams_pass(const S& spec) {
    const auto fails = [&](std::uint64_t most, std::uint64_t ppm) { return above(most, tokens->chars, ppm); };
    const std::uint64_t two = sieve.most_top_chars(2);
    if (fails(two, spec.max_top_2_gram_ppm)) return false;
    if (fails(2 * two, spec.max_top_3_gram_ppm) && fails(sieve.most_top_chars(3), spec.max_top_3_gram_ppm)) return false;
    return !fails(2 * two + two / 3, spec.max_top_4_gram_ppm) || !fails(sieve.most_top_chars(4), spec.max_top_4_gram_ppm);
  }

  void count_grams(Counts& counts) {
    start_grams();
    for (std::size_t n = Counts::kLeastTop; n < Counts::kLeastDuplicate; ++n) counts.top_chars[n - Counts::kLeastTop] = grams.top_chars(n);
    for (std::size_t n = Counts::kLeastDuplicate; n <= Counts::kMost; ++n) {
      counts.duplicate_chars[n - Counts::kLeastDuplicate] = grams.duplicate_chars(n);
    }
  }

  void shrink() {
    constexpr std::size_t kKept = std::size_t{1} << 20;
    lines.shrink(kKept);
    paragraphs.shrink(kKept);
    sieve.shrink(kKept);
    grams.shrink(kKept);
    own_tokens.shrink();
    joined_tokens.shrink();
  }
};

RepetitionCounter::RepetitionCounter(Kernel kernel) : state_(std::make_unique<State>()) { state_->kernel = kernel; }
RepetitionCounter::~RepetitionCounter() = default;
RepetitionCounter::RepetitionCounter(RepetitionCounter&&) noexcept = default;
RepetitionCounter& RepetitionCounter::operator=(RepetitionCounter&&) noexcept = default;

RepetitionCounts RepetitionCounter::count(std::string_view text) {
  find_tokens(text, state_->own_tokens, state_->kernel);
  return count(text, state_->own_tokens);
}

RepetitionCounts RepetitionCounter::count(std::string_view text, const TokenPlaces& tokens) {
  state_->start(text, tokens);
  state_->bound_parts();
  Counts counts = state_->count_parts();
  state_->count_grams(counts);
  state_->shrink();
  return counts;
}

Reason RepetitionCounter::judge(const GopherRepetitionSpec& spec, std::string_view text) {
  find_tokens(text, state_->own_tokens, state_->kernel);
  return judge(spec, text, state_->own_tokens);
}

Reason RepetitionCounter::judge(const GopherRepetitionSpec& spec, std::string_view text, const TokenPlaces& tokens) {
  state_->start(text, tokens);
  Reason reason = judge_lines(spec, state_->bound_parts());
  if (reason != Reason::none) reason = judge_lines(spec, state_->count_parts());
  if (reason == Reason::none) reason = state_->judge_grams(spec);
  state_->shrink();
  return reason;
}

}  // namespace quern
