#include "quern/filter/signals.hpp"

#include <bit>
#include <utility>

namespace quern {

namespace {

Fraction number(std::uint64_t count) { return {count, 1}; }

Fraction measure_quality(Signal signal, const TextStatistics& s) {
  switch (signal) {
    case Signal::chars: return number(s.chars);
    case Signal::gopher_words: return number(s.words);
    case Signal::gopher_word_length: return {s.word_chars, s.words};
    case Signal::gopher_hash_ratio: return {s.hashes, s.tokens};
    case Signal::gopher_ellipsis_ratio: return {s.ellipses, s.tokens};
    case Signal::gopher_bullet_lines: return {s.bullet_lines, s.lines};
    case Signal::gopher_ellipsis_lines: return {s.ellipsis_lines, s.lines};
    case Signal::gopher_alpha_words: return {s.alpha_tokens, s.tokens};
    case Signal::gopher_stop_words: return number(static_cast<std::uint64_t>(std::popcount(s.stop_words)));
    default: return {0, 0};
  }
}

Fraction measure_repetition(Signal signal, const RepetitionCounts& c) {
  switch (signal) {
    case Signal::gopher_duplicate_lines: return {c.duplicate_lines, c.lines};
    case Signal::gopher_duplicate_paragraphs: return {c.duplicate_paragraphs, c.paragraphs};
    case Signal::gopher_duplicate_line_chars: return {c.duplicate_line_chars, c.chars};
    case Signal::gopher_duplicate_paragraph_chars: return {c.duplicate_paragraph_chars, c.chars};
    default: break;
  }
  const auto n = static_cast<std::size_t>(signal) - static_cast<std::size_t>(Signal::gopher_top_2_gram);
  return {n < c.top_chars.size() ? c.top_chars[n] : c.duplicate_chars[n - c.top_chars.size()], c.chars};
}

Fraction measure_c4(Signal signal, const PageStatistics& p) {
  switch (signal) {
    case Signal::c4_sentences: return number(p.sentences);
    case Signal::c4_lorem_ipsum: return number(p.lorem_ipsum);
    default: return number(p.open_braces);
  }
}

Fraction measure_fineweb(Signal signal, const FilterSubject& subject) {
  const PageStatistics& p = subject.page();
  switch (signal) {
    case Signal::fineweb_line_punctuation: return {p.ended_lines, p.lines};
    case Signal::fineweb_short_lines: return {p.short_lines, p.lines};
    case Signal::fineweb_duplicate_line_chars: return {subject.repeats().duplicate_line_chars, p.chars - p.newlines};
    default: return {p.newlines, subject.statistics().tokens};
  }
}

Fraction measure_nemo_repeats(Signal signal, const PageRepeats& r) {
  switch (signal) {
    case Signal::nemo_unique_lines: return {r.lines - r.duplicate_lines, r.lines};
    case Signal::nemo_unique_paragraphs: return {r.paragraphs - r.duplicate_paragraphs, r.paragraphs};
    case Signal::nemo_unique_line_chars: return {r.line_chars - r.duplicate_line_chars, r.line_chars};
    default: return {r.paragraph_chars - r.duplicate_paragraph_chars, r.paragraph_chars};
  }
}

Fraction measure_nemo(Signal signal, const PageStatistics& p) {
  switch (signal) {
    case Signal::nemo_non_alphanumeric: return {p.chars - p.basic_chars, p.chars};
    case Signal::nemo_symbol_words: return {p.symbol_words, p.words};
    case Signal::nemo_numbers: return {p.digits, p.chars};
    case Signal::nemo_urls: return {p.url_chars, p.chars};
    case Signal::nemo_bullet_lines: return {p.bullet_lines, p.lines};
    case Signal::nemo_white_space: return {p.white_space, p.chars};
    case Signal::nemo_parentheses: return {p.brackets, p.chars};
    case Signal::nemo_longest_word: return number(p.longest_word);
    case Signal::nemo_words: return number(p.words);
    case Signal::nemo_boilerplate: return {p.lorem_ipsum != 0 ? p.paragraphs : p.boilerplate_paragraphs, p.paragraphs};
    case Signal::nemo_word_length: return {p.word_chars, p.words};
    case Signal::nemo_unmarked_lines: return {p.unmarked_lines, p.lines};
    case Signal::nemo_ellipsis_lines: return {p.ellipsis_lines, p.lines};
    case Signal::nemo_common_words: return number(p.common_words);
    default: return {p.alpha_words, p.words};
  }
}

bool is_of_repeats(Signal signal) { return signal >= Signal::nemo_unique_lines && signal <= Signal::nemo_unique_paragraph_chars; }

/// Characters of the normalized words with a space between each two.
std::uint64_t normalized_chars(const RedPajamaCounts& c) { return c.words == 0 ? 0 : c.word_chars + c.words - 1; }

Fraction measure_redpajama_words(Signal signal, const RedPajamaCounts& c, const TextStatistics& s) {
  switch (signal) {
    case Signal::rps_doc_curly_bracket: return {c.curly_brackets, c.chars};
    case Signal::rps_doc_frac_all_caps_words: return {c.upper_case_words, c.raw_words};
    case Signal::rps_doc_frac_lines_end_with_ellipsis: return {s.ellipsis_lines, s.lines};
    case Signal::rps_doc_frac_no_alph_words: return {c.raw_words - c.alpha_words, c.raw_words};
    case Signal::rps_doc_lorem_ipsum: return {c.lorem_ipsum, normalized_chars(c)};
    case Signal::rps_doc_mean_word_length: return {c.word_chars, c.words};
    case Signal::rps_doc_stop_word_fraction: return {c.stop_words, c.raw_words};
    case Signal::rps_doc_symbol_to_word_ratio: return {s.hashes + s.ellipses, c.raw_words};
    case Signal::rps_doc_frac_unique_words: return {c.different_words, c.words};
    case Signal::rps_doc_unigram_entropy: return {c.entropy, c.words << RedPajamaCounts::kEntropyBits};
    case Signal::rps_doc_word_count: return number(c.words);
    default: return number(c.sentences);
  }
}

Fraction measure_redpajama(Signal signal, const RedPajamaCounts& c, const TextStatistics& s) {
  switch (signal) {
    case Signal::rps_lines_ending_with_terminal_punctution_mark: return {c.terminal_lines, c.lines};
    case Signal::rps_lines_javascript_counts: return number(c.javascript);
    case Signal::rps_lines_num_words: return {c.words, c.lines};
    case Signal::rps_lines_numerical_chars_fraction: return {c.numbers, normalized_chars(c)};
    case Signal::rps_lines_start_with_bulletpoint: return {c.bullet_lines, c.lines};
    case Signal::rps_lines_uppercase_letter_fraction: return {c.upper_case, c.chars};
    default: break;
  }
  if (signal < Signal::rps_doc_frac_chars_top_2gram) return measure_redpajama_words(signal, c, s);
  const auto n = static_cast<std::size_t>(signal) - static_cast<std::size_t>(Signal::rps_doc_frac_chars_top_2gram);
  return {n < c.top_chars.size() ? c.top_chars[n] : c.duplicate_chars[n - c.top_chars.size()], c.word_chars};
}

}  // namespace

Fraction measure(Signal signal, const FilterSubject& subject) {
  switch (family(signal)) {
    case SignalFamily::common:
    case SignalFamily::gopher_quality: return measure_quality(signal, subject.statistics());
    case SignalFamily::gopher_repetition: return measure_repetition(signal, subject.repetition());
    case SignalFamily::c4: return measure_c4(signal, subject.page());
    case SignalFamily::fineweb: return measure_fineweb(signal, subject);
    case SignalFamily::nemo:
      return is_of_repeats(signal) ? measure_nemo_repeats(signal, subject.repeats()) : measure_nemo(signal, subject.page());
    case SignalFamily::redpajama: return measure_redpajama(signal, subject.redpajama(), subject.statistics());
    case SignalFamily::count_: break;
  }
  return {0, 0};
}

FilterNeeds needs_of(Signal signal) noexcept {
  switch (family(signal)) {
    case SignalFamily::gopher_repetition: return {.tokens = true};
    case SignalFamily::fineweb: return {.statistics = signal == Signal::fineweb_new_lines};
    case SignalFamily::c4:
    case SignalFamily::nemo: return {};
    default: return {.statistics = true};
  }
}

SignalSet::SignalSet(std::span<const Signal> signals) : signals_(signals.begin(), signals.end()) {
  for (const Signal signal : signals_) {
    const FilterNeeds needs = needs_of(signal);
    needs_.statistics |= needs.statistics;
    needs_.tokens |= needs.tokens;
  }
}

void SignalSet::compute(const FilterSubject& subject, std::span<double> out) const {
  for (std::size_t i = 0; i < signals_.size(); ++i) out[i] = measure(signals_[i], subject).value();
}

void SignalSet::compute(std::string_view cleaned_text, std::span<double> out) const {
  thread_local TokenPlaces places;
  compute(FilterSubject(cleaned_text, {}, needs_, places), out);
  places.shrink();
}

std::uint64_t order_key(double value) noexcept {
  if (value != value) return UINT64_MAX;
  if (value == 0) value = 0;  // -0 too
  const auto bits = std::bit_cast<std::uint64_t>(value);
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

}  // namespace quern
