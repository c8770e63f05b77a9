#include "quern/filter/rules.hpp"
#include "ratio.hpp"

#include <bit>

namespace quern {

// Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", appendix A.1.1, in the order given
// there; docs/filters.md says what is counted.
Reason judge(const GopherQualitySpec& spec, const FilterSubject& subject) {
  const TextStatistics& s = subject.statistics();
  if (s.words < spec.min_words) return Reason::gopher_words_min;
  if (s.words > spec.max_words) return Reason::gopher_words_max;
  if (compare_ratio(s.word_chars, s.words, spec.min_mean_word_length_ppm) < 0) return Reason::gopher_word_length_min;
  if (compare_ratio(s.word_chars, s.words, spec.max_mean_word_length_ppm) > 0) return Reason::gopher_word_length_max;
  if (compare_ratio(s.hashes, s.tokens, spec.max_symbol_ratio_ppm) > 0) return Reason::gopher_hash_ratio;
  if (compare_ratio(s.ellipses, s.tokens, spec.max_symbol_ratio_ppm) > 0) return Reason::gopher_ellipsis_ratio;
  if (compare_ratio(s.bullet_lines, s.lines, spec.max_bullet_lines_ppm) > 0) return Reason::gopher_bullet_lines;
  if (compare_ratio(s.ellipsis_lines, s.lines, spec.max_ellipsis_lines_ppm) > 0) return Reason::gopher_ellipsis_lines;
  if (compare_ratio(s.alpha_tokens, s.tokens, spec.min_alpha_words_ppm) < 0) return Reason::gopher_alpha_words;
  if (static_cast<std::uint64_t>(std::popcount(s.stop_words)) < spec.min_stop_words) return Reason::gopher_stop_words;
  return Reason::none;
}

}  // namespace quern
