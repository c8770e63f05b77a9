#pragma once
// A job as the steps see it: plain data, checked and with every default filled in. plan/ reads it from YAML.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quern {

enum class InputFormat { jsonl, text };

/// One entry of `input`. Files of an entry are ordered by the bytes of their path below `prefix`.
struct InputSpec {
  std::string path;    ///< absolute glob pattern, or the list file when `is_list`
  std::string prefix;  ///< absolute fixed folder of the pattern, with a slash at the end: not part of what is computed
  bool is_list = false;
  InputFormat format = InputFormat::jsonl;
  std::string source;
  std::string text_field = "text";
  std::string id_field = "id";
};

/// What the run does with the first record that cannot be taken in.
enum class OnError { quarantine, stop };

enum class InvalidUtf8 { quarantine, repair };
enum class UnicodeForm { nfc, none };

struct CleanSpec {
  InvalidUtf8 invalid_utf8 = InvalidUtf8::quarantine;
  UnicodeForm unicode = UnicodeForm::nfc;
};

/// Bounds on the cleaned text, in characters (Unicode code points).
struct LengthSpec {
  std::uint64_t min_chars = 0;
  std::uint64_t max_chars = UINT64_MAX;
};

/// Gopher's quality rules (Rae et al. 2021, "Scaling Language Models", appendix A.1.1). Ratios in millionths: compared in integers.
struct GopherQualitySpec {
  std::uint64_t min_words = 50;
  std::uint64_t max_words = 100'000;
  std::uint64_t min_mean_word_length_ppm = 3'000'000;
  std::uint64_t max_mean_word_length_ppm = 10'000'000;
  std::uint64_t max_symbol_ratio_ppm = 100'000;
  std::uint64_t max_bullet_lines_ppm = 900'000;
  std::uint64_t max_ellipsis_lines_ppm = 300'000;
  std::uint64_t min_alpha_words_ppm = 800'000;
  std::uint64_t min_stop_words = 2;
};

/// Gopher's repetition rules (same appendix, table A1). Ratios in millionths.
struct GopherRepetitionSpec {
  std::uint64_t max_duplicate_lines_ppm = 300'000;
  std::uint64_t max_duplicate_paragraphs_ppm = 300'000;
  std::uint64_t max_duplicate_line_chars_ppm = 200'000;
  std::uint64_t max_duplicate_paragraph_chars_ppm = 200'000;
  std::uint64_t max_top_2_gram_ppm = 200'000;
  std::uint64_t max_top_3_gram_ppm = 180'000;
  std::uint64_t max_top_4_gram_ppm = 160'000;
  std::uint64_t max_duplicate_5_grams_ppm = 150'000;
  std::uint64_t max_duplicate_6_grams_ppm = 140'000;
  std::uint64_t max_duplicate_7_grams_ppm = 130'000;
  std::uint64_t max_duplicate_8_grams_ppm = 120'000;
  std::uint64_t max_duplicate_9_grams_ppm = 110'000;
  std::uint64_t max_duplicate_10_grams_ppm = 100'000;
};

using FilterSpec = std::variant<LengthSpec, GopherQualitySpec, GopherRepetitionSpec>;

enum class Resolve { cover, components };
enum class Keep { first, longest };

struct NearSpec {
  std::uint32_t ngram = 5;
  std::uint32_t bands = 14;
  std::uint32_t rows = 8;
  std::uint64_t threshold_ppm = 800'000;
  Resolve resolve = Resolve::cover;
  Keep keep = Keep::first;
  std::uint64_t seed = 1;
};

struct DedupSpec {
  bool exact = true;
  std::optional<NearSpec> near;
};

struct TrainSpec {
  std::uint32_t vocab_size = 32'000;  ///< counts the 256 bytes and the special tokens
  std::uint64_t min_frequency = 2;
  std::string pattern = "gpt2";
  std::vector<std::string> special = {"<|endoftext|>"};
  std::uint64_t max_words = 50'000'000;  ///< distinct pre-tokens kept; the rarest beyond it are left out (and reported)
};

/// Either `file` (with `pattern` where the file does not say it) or `train`.
struct TokenizerSpec {
  std::string file;
  std::string pattern;
  std::string end_of_text;  ///< token that ends each document; empty: the vocabulary's usual one
  std::optional<TrainSpec> train;
};

enum class Layout { single };

struct OutputSpec {
  std::string path;
  Layout layout = Layout::single;
  unsigned mode = 0644;  ///< permissions of its files; its folder can be searched by whoever may read them
};

/// What lies in the work folder while a run lasts: texts, ids and messages of all documents, those that are removed too.
struct SpoolSpec {
  unsigned mode = 0600;
  bool encrypt = false;
  std::string key_file;  ///< absolute; of an encrypted spool always filled in
  bool own_key = false;  ///< `key_file` was not given: the key serves this work folder alone
};

struct Job {
  std::vector<InputSpec> input;
  CleanSpec clean;
  std::vector<FilterSpec> filter = {GopherQualitySpec{}};
  DedupSpec dedup;
  TokenizerSpec tokenizer;
  OutputSpec output;
  std::string work;
  SpoolSpec spool;
  std::uint64_t max_document_bytes = 64u << 20;
  // Capacities: they may change when something is computed, never what. Outside the plan digest.
  std::uint64_t memory_per_rank = 2ull << 30;
  std::uint64_t unit_bytes = 64u << 20;
  bool tokenizer_cache = true;
  std::uint64_t checkpoint_seconds = 30;  ///< between two records of what a rank has done
  OnError on_error = OnError::quarantine;  ///< `stop` ends the run: a run that ends well has the same output with both
  std::uint64_t stall_timeout = 300;      ///< seconds without progress after which a rank is taken for hung; 0: never
};

}  // namespace quern
