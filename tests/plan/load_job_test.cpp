#include "quern/base/error.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/store/file.hpp"
#include "store/compress.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace quern {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class LoadJob : public ::testing::Test {
 protected:
  Job load(const std::string& yaml, const std::vector<std::string>& sets = {}) {
    test::write_quickly(path_, yaml);
    return load_job(path_, sets);
  }
  /// The message without the folder of the job file.
  std::string error_of(const std::string& yaml, const std::vector<std::string>& sets = {}, ErrorKind kind = ErrorKind::plan) {
    try {
      load(yaml, sets);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
      std::string message = error.what();
      for (std::size_t at = 0; (at = message.find(folder_.path() + "/", at)) != std::string::npos;) {
        message.erase(at, folder_.path().size() + 1);
      }
      return message;
    }
    return "no error";
  }
  static std::string with(const std::string& more) {
    return "input: [{path: a.jsonl}]\ntokenizer: {file: t.json}\noutput: {path: out/web}\n" + more;
  }

  test::TempFolder folder_;
  std::string path_ = folder_ / "job.yaml";
};

TEST_F(LoadJob, ReadsEveryKey) {
  const Job job = load(R"(
input:
  - {path: ../data/*.jsonl.zst, format: jsonl, source: web, text_field: body, id_field: key}
  - {list: files.txt, format: text, source: books}
clean: {invalid_utf8: repair, unicode: none}
filter:
  - length: {min_chars: 10, max_chars: 2000}
  - gopher_quality: {min_words: 5, max_words: 6, min_mean_word_length: 1.5, max_mean_word_length: 11, max_symbol_ratio: 0.25,
      max_bullet_lines: 0.5, max_ellipsis_lines: 1, min_alpha_words: .75, min_stop_words: 0}
  - gopher_repetition: {max_duplicate_lines: 0.31, max_duplicate_paragraphs: 0.32, max_duplicate_line_chars: 0.33, max_duplicate_paragraph_chars: 0.34
      , max_top_2_gram: 0.35, max_top_3_gram: 0.36, max_top_4_gram: 0.37, max_duplicate_5_grams: 0.38, max_duplicate_6_grams: 0.39, max_duplicate_7_grams: 0.40
      , max_duplicate_8_grams: 0.41, max_duplicate_9_grams: 0.42, max_duplicate_10_grams: 0.43}
dedup:
  exact: false
  near: {ngram: 4, bands: 20, rows: 5, threshold: 0.75, resolve: components, keep: longest, seed: 18446744073709551615}
tokenizer:
  end_of_text: <|eot|>
  train: {vocab_size: 1000, min_frequency: 3, pattern: cl100k_base, special: [<|eot|>, "<|pad|>"], max_words: 7}
output: {path: /abs/out, layout: single}
work: ../scratch
max_document_bytes: 1.5MB
memory_per_rank: 64MiB
unit_bytes: 65536
tokenizer_cache: false
)");
  const std::string folder = folder_.path() + "/";
  ASSERT_EQ(job.input.size(), 2u);
  EXPECT_EQ(job.input[0].path, folder + "../data/*.jsonl.zst");
  EXPECT_EQ(job.input[0].prefix, folder + "../data/");
  EXPECT_EQ(job.input[0].source, "web");
  EXPECT_EQ(job.input[0].text_field, "body");
  EXPECT_EQ(job.input[0].id_field, "key");
  EXPECT_FALSE(job.input[0].is_list);
  EXPECT_EQ(job.input[1].path, folder + "files.txt");
  EXPECT_EQ(job.input[1].prefix, folder);
  EXPECT_TRUE(job.input[1].is_list);
  EXPECT_EQ(job.input[1].format, InputFormat::text);
  EXPECT_EQ(job.clean.invalid_utf8, InvalidUtf8::repair);
  EXPECT_EQ(job.clean.unicode, UnicodeForm::none);
  ASSERT_EQ(job.filter.size(), 3u);
  EXPECT_EQ(std::get<LengthSpec>(job.filter[0]).min_chars, 10u);
  EXPECT_EQ(std::get<LengthSpec>(job.filter[0]).max_chars, 2000u);
  const auto& gopher = std::get<GopherQualitySpec>(job.filter[1]);
  EXPECT_EQ(gopher.min_words, 5u);
  EXPECT_EQ(gopher.max_words, 6u);
  EXPECT_EQ(gopher.min_mean_word_length_ppm, 1'500'000u);
  EXPECT_EQ(gopher.max_mean_word_length_ppm, 11'000'000u);
  EXPECT_EQ(gopher.max_symbol_ratio_ppm, 250'000u);
  EXPECT_EQ(gopher.max_bullet_lines_ppm, 500'000u);
  EXPECT_EQ(gopher.max_ellipsis_lines_ppm, 1'000'000u);
  EXPECT_EQ(gopher.min_alpha_words_ppm, 750'000u);
  EXPECT_EQ(gopher.min_stop_words, 0u);
  const auto& repetition = std::get<GopherRepetitionSpec>(job.filter[2]);
  EXPECT_EQ(repetition.max_duplicate_lines_ppm, 310'000u);
  EXPECT_EQ(repetition.max_duplicate_paragraphs_ppm, 320'000u);
  EXPECT_EQ(repetition.max_duplicate_line_chars_ppm, 330'000u);
  EXPECT_EQ(repetition.max_duplicate_paragraph_chars_ppm, 340'000u);
  EXPECT_EQ(repetition.max_top_2_gram_ppm, 350'000u);
  EXPECT_EQ(repetition.max_top_3_gram_ppm, 360'000u);
  EXPECT_EQ(repetition.max_top_4_gram_ppm, 370'000u);
  EXPECT_EQ(repetition.max_duplicate_5_grams_ppm, 380'000u);
  EXPECT_EQ(repetition.max_duplicate_6_grams_ppm, 390'000u);
  EXPECT_EQ(repetition.max_duplicate_7_grams_ppm, 400'000u);
  EXPECT_EQ(repetition.max_duplicate_8_grams_ppm, 410'000u);
  EXPECT_EQ(repetition.max_duplicate_9_grams_ppm, 420'000u);
  EXPECT_EQ(repetition.max_duplicate_10_grams_ppm, 430'000u);
  EXPECT_FALSE(job.dedup.exact);
  ASSERT_TRUE(job.dedup.near);
  EXPECT_EQ(job.dedup.near->ngram, 4u);
  EXPECT_EQ(job.dedup.near->bands, 20u);
  EXPECT_EQ(job.dedup.near->rows, 5u);
  EXPECT_EQ(job.dedup.near->threshold_ppm, 750'000u);
  EXPECT_EQ(job.dedup.near->resolve, Resolve::components);
  EXPECT_EQ(job.dedup.near->keep, Keep::longest);
  EXPECT_EQ(job.dedup.near->seed, UINT64_MAX);
  EXPECT_EQ(job.tokenizer.file, "");
  EXPECT_EQ(job.tokenizer.end_of_text, "<|eot|>");
  ASSERT_TRUE(job.tokenizer.train);
  EXPECT_EQ(job.tokenizer.train->vocab_size, 1000u);
  EXPECT_EQ(job.tokenizer.train->min_frequency, 3u);
  EXPECT_EQ(job.tokenizer.train->pattern, "cl100k_base");
  EXPECT_EQ(job.tokenizer.train->special, (std::vector<std::string>{"<|eot|>", "<|pad|>"}));
  EXPECT_EQ(job.tokenizer.train->max_words, 7u);
  EXPECT_EQ(job.output.path, "/abs/out");
  EXPECT_EQ(job.work, std::filesystem::weakly_canonical(folder + "../scratch"));
  EXPECT_EQ(job.max_document_bytes, 1'500'000u);
  EXPECT_EQ(job.memory_per_rank, 64u << 20);
  EXPECT_EQ(job.unit_bytes, 65536u);
  EXPECT_FALSE(job.tokenizer_cache);
}

TEST_F(LoadJob, FillsInDefaults) {
  const Job job = load(with(""));
  ASSERT_EQ(job.filter.size(), 1u);
  EXPECT_EQ(std::get<GopherQualitySpec>(job.filter[0]).min_words, 50u);
  EXPECT_TRUE(job.dedup.exact);
  ASSERT_TRUE(job.dedup.near);
  EXPECT_EQ(job.dedup.near->bands, 14u);
  EXPECT_EQ(job.input[0].text_field, "text");
  EXPECT_EQ(job.tokenizer.file, folder_ / "t.json");
  EXPECT_EQ(job.output.path, folder_ / "out/web");
  EXPECT_EQ(job.work, folder_ / "work/web");
  EXPECT_EQ(job.memory_per_rank, 2ull << 30);
}

TEST_F(LoadJob, StepsAreTurnedOffAndOn) {
  EXPECT_FALSE(load(with("dedup: {near: false}")).dedup.near);
  for (const char* const on :
       {"dedup: {near: {}}", "dedup: {near: true}", "dedup: {near: }", "dedup: {exact: false}", "dedup:", "dedup: {}"}) {
    EXPECT_TRUE(load(with(on)).dedup.near) << on;
  }
  EXPECT_FALSE(load(with("dedup: {exact: false, near: false}")).dedup.exact);
  EXPECT_TRUE(load(with("filter: []")).filter.empty());
  EXPECT_EQ(load(with("filter: [gopher_quality, {length: }]")).filter.size(), 2u);
  EXPECT_EQ(load(with("clean:")).clean.unicode, UnicodeForm::nfc);
  EXPECT_EQ(load("input: [{path: a}]\ntokenizer: {train: }\noutput: {path: o}").tokenizer.train->vocab_size, 32'000u);
}

TEST_F(LoadJob, ReadsJsonToo) {
  const Job job =
      load(R"({"input": [{"path": "a"}], "tokenizer": {"file": "t"}, "output": {"path": "o"}, "dedup": {"near": {"threshold": 0.9}}})");
  EXPECT_EQ(job.dedup.near->threshold_ppm, 900'000u);
}

TEST_F(LoadJob, ReadsThresholdFamiliesSignalsAndQuantiles) {
  const Job job = load(with("filter: [{c4: {min_sentences: 3, max_curly_brackets: off}}, {fineweb: {max_short_lines: 0.5}},\n"
                            "  {nemo: {max_urls: off, min_words: 7, max_top_2_gram: 0.3}}, {quantile: {signal: nemo_words, keep_top: 0.8}}]\n"
                            "signals: [gopher_quality]"));
  ASSERT_EQ(job.filter.size(), 4u);
  EXPECT_EQ(std::get<C4Spec>(job.filter[0]).min_sentences, 3u);
  EXPECT_EQ(std::get<C4Spec>(job.filter[0]).max_curly_brackets, kNoMost);
  EXPECT_EQ(std::get<FineWebSpec>(job.filter[1]).max_short_lines_ppm, 500'000u);
  EXPECT_EQ(std::get<NemoSpec>(job.filter[2]).max_urls_ppm, kNoMost);
  EXPECT_EQ(std::get<NemoSpec>(job.filter[2]).min_words, 7u);
  EXPECT_EQ(std::get<NemoSpec>(job.filter[2]).max_top_2_gram_ppm, 300'000u);
  EXPECT_EQ(std::get<QuantileSpec>(job.filter[3]).signal, Signal::nemo_words);
  EXPECT_EQ(std::get<QuantileSpec>(job.filter[3]).keep_top_ppm, 800'000u);
  ASSERT_EQ(job.signals.size(), 8u);
  EXPECT_EQ(job.signals.front(), Signal::gopher_words);
}

TEST_F(LoadJob, RefusesQuantilesAndSignalsThatMeanNothing) {
  EXPECT_THAT(error_of(with("filter: [{quantile: {keep_top: 0.8}}]")), HasSubstr("the key 'signal' is missing"));
  EXPECT_THAT(error_of(with("filter: [{quantile: {signal: chars}}]")), HasSubstr("either 'keep_top' or 'keep_bottom'"));
  EXPECT_THAT(error_of(with("filter: [{quantile: {signal: chars, keep_top: 0.5, keep_bottom: 0.5}}]")), HasSubstr("either 'keep_top'"));
  EXPECT_THAT(error_of(with("filter: [{quantile: {signal: char, keep_top: 0.5}}]")), HasSubstr("did you mean 'chars'?"));
  EXPECT_THAT(error_of(with("signals: [fineweb_new_line]")), HasSubstr("unknown signal 'fineweb_new_line'; did you mean 'fineweb_new_lines'?"));
  EXPECT_THAT(error_of(with("signals: [gopher]")), AllOf(HasSubstr("known: all, common, "), HasSubstr(" more (docs/)")));
  EXPECT_LT(error_of(with("signals: [gopher]")).size(), 700u);
  EXPECT_THAT(error_of(with("signals: {a: b}")), HasSubstr("a list of signals is expected"));
  EXPECT_THAT(error_of(with("filter: [{nemo: {min_words: 9, max_words: 8}}]")), HasSubstr("nothing would pass"));
}

TEST_F(LoadJob, UnknownKeysAreErrorsWithTheNearestName) {
  EXPECT_EQ(error_of(with("dedup:\n  near:\n    treshold: 0.9\n")),
            "job.yaml:6:15: unknown key 'dedup.near.treshold'; did you mean 'threshold'?");
  EXPECT_THAT(error_of(with("memory: 2GiB")),
              HasSubstr("job.yaml:4:9: unknown key 'memory'; known: input, clean, language, filter, contamination, repeats, signals, dedup, sources, sample_seed, tokenizer, output, about, work, spool, max_document_bytes, "));
  EXPECT_THAT(error_of(with("dedupe: {exact: true}")), HasSubstr("did you mean 'dedup'?"));
  EXPECT_THAT(error_of(with("Filter: []")), HasSubstr("did you mean 'filter'?"));
  EXPECT_EQ(error_of("input: [{pth: a}]"), "job.yaml:1:15: unknown key 'input.0.pth'; did you mean 'path'?");
  EXPECT_EQ(error_of(with("filter: [{gopher_qualty: {}}]")),
            "job.yaml:4:11: filter.0.gopher_qualty: unknown filter 'gopher_qualty'; did you mean 'gopher_quality'?");
  EXPECT_THAT(error_of(with("filter: [lenght]")), HasSubstr("unknown filter 'lenght'; did you mean 'length'?"));
  EXPECT_THAT(error_of(with("filter: [{length: {min_char: 1}}]")),
              HasSubstr("unknown key 'filter.0.length.min_char'; did you mean 'min_chars'?"));
}

TEST_F(LoadJob, OnErrorDecidesNothingThatIsComputed) {
  EXPECT_EQ(load(with("")).on_error, OnError::quarantine);
  EXPECT_EQ(load(with("on_error: stop")).on_error, OnError::stop);
  EXPECT_EQ(canonical_job_json(load(with("on_error: stop"))), canonical_job_json(load(with(""))));
  EXPECT_THAT(error_of(with("on_error: ignore")), HasSubstr("unknown value 'ignore'"));
}

TEST_F(LoadJob, UnknownValuesAreErrorsWithTheNearestName) {
  EXPECT_EQ(error_of(with("clean: {invalid_utf8: repiar}")),
            "job.yaml:4:23: clean.invalid_utf8: unknown value 'repiar'; did you mean 'repair'?");
  EXPECT_THAT(error_of("input: [{path: a, format: json}]"), HasSubstr("did you mean 'jsonl'?"));
  EXPECT_THAT(error_of("input: [{path: a}]\noutput: {path: o, layout: shards}\n"), HasSubstr("unknown value 'shards'; did you mean 'sharded'?"));
  EXPECT_THAT(error_of(with("dedup: {near: {resolve: component}}")), HasSubstr("did you mean 'components'?"));
  EXPECT_THAT(error_of(with("dedup: {near: {keep: latest}}")), HasSubstr("unknown value 'latest'; known: first, longest, newest, source_priority, best_quality"));
  EXPECT_THAT(error_of(with("dedup: {near: {keep: newest}}")), HasSubstr("no entry of 'input' has a 'date_field'"));
  EXPECT_THAT(error_of("tokenizer: {file: t, pattern: cl100k}"),
              HasSubstr("known: gpt2, r50k_base, cl100k_base, o200k_base, llama3, qwen2"));
}

TEST_F(LoadJob, ShardsHaveASizeAndOnlyTheLayoutOfShards) {
  const auto output = [&](const std::string& keys) { return load("input: [{path: a}]\ntokenizer: {file: t}\noutput: {path: o" + keys + "}\n").output; };
  EXPECT_EQ(output("").layout, Layout::single);
  EXPECT_EQ(output("").shard_tokens, 0u);
  EXPECT_EQ(output(", layout: sharded").layout, Layout::sharded);
  EXPECT_EQ(output(", layout: sharded").shard_tokens, 100'000'000u);
  EXPECT_EQ(output(", layout: sharded, shard_tokens: 1").shard_tokens, 1u);
  EXPECT_THAT(error_of("input: [{path: a}]\ntokenizer: {file: t}\noutput: {path: o, shard_tokens: 5}\n"),
              HasSubstr("job.yaml:3:33: output.shard_tokens: only layout 'sharded' has shards"));
  EXPECT_THAT(error_of("input: [{path: a}]\ntokenizer: {file: t}\noutput: {path: o, layout: sharded, shard_tokens: 0}\n"), HasSubstr("output.shard_tokens"));
}

TEST_F(LoadJob, WrongTypesAreErrors) {
  EXPECT_EQ(error_of(with("dedup: {near: {bands: many}}")), "job.yaml:4:23: dedup.near.bands: a whole number is expected, not 'many'");
  EXPECT_THAT(error_of(with("dedup: {near: {bands: \"14\"}}")), HasSubstr("not '14' in quotes"));
  EXPECT_THAT(error_of(with("dedup: {near: {bands: -1}}")), HasSubstr("a whole number is expected, not '-1'"));
  EXPECT_THAT(error_of(with("dedup: {near: {bands: 1.5}}")), HasSubstr("a whole number is expected, not '1.5'"));
  EXPECT_THAT(error_of(with("dedup: {near: {seed: 18446744073709551616}}")), HasSubstr("a whole number"));
  EXPECT_THAT(error_of(with("dedup: {exact: yes}")), HasSubstr("true or false is expected, not 'yes'"));
  EXPECT_THAT(error_of(with("dedup: {near: off}")), HasSubstr("true or false is expected, not 'off'"));
  EXPECT_THAT(error_of(with("dedup: [near]")), HasSubstr("keys are expected (exact, near), not a list"));
  EXPECT_THAT(error_of(with("clean: nfc")), HasSubstr("keys are expected (invalid_utf8, unicode, steps), not 'nfc'"));
  EXPECT_THAT(error_of("input: a.jsonl\n"), HasSubstr("input: a list is expected, not 'a.jsonl'"));
  EXPECT_THAT(error_of(with("filter: gopher_quality")), HasSubstr("a list is expected ([] for no filter), not 'gopher_quality'"));
  EXPECT_THAT(error_of(with("filter:")), HasSubstr("a list is expected ([] for no filter), not nothing"));
  EXPECT_THAT(error_of(with("filter: [{length: {}, gopher_quality: {}}]")), HasSubstr("one filter is expected"));
  EXPECT_THAT(error_of(with("filter: [[length]]")), HasSubstr("one filter is expected"));
  EXPECT_THAT(error_of("input: [{path: [a]}]"), HasSubstr("input.0.path: a text is expected, not a list"));
  EXPECT_THAT(error_of("input: [{path: ''}]"), HasSubstr("input.0.path: a path is expected"));
  EXPECT_THAT(error_of("input: [{path: \"a\\0b\"}]"), HasSubstr("zero byte"));
  EXPECT_THAT(error_of("tokenizer: {train: {special: a}}"), HasSubstr("special: a list is expected"));
  EXPECT_THAT(error_of("- a\n- b\n"), HasSubstr("a job is a map of keys"));
}

TEST_F(LoadJob, BytesAreExact) {
  const auto bytes = [&](const std::string& text) { return load(with("memory_per_rank: " + text)).memory_per_rank; };
  EXPECT_EQ(bytes("33554432"), 33'554'432u);
  EXPECT_EQ(bytes("32MiB"), 33'554'432u);
  EXPECT_EQ(bytes("1.5GB"), 1'500'000'000u);
  EXPECT_EQ(bytes("1.5 GiB"), 1'610'612'736u);
  EXPECT_EQ(bytes("\"512000 kB\""), 512'000'000u);
  EXPECT_EQ(bytes("512000KB"), 512'000'000u);
  EXPECT_EQ(bytes("0.25TiB"), 1ull << 38);
  EXPECT_EQ(bytes("16777215.5TiB"), 16777215 * (1ull << 40) + (1ull << 39));
  EXPECT_THAT(error_of(with("memory_per_rank: 1.0000000001GiB")), HasSubstr("is not a whole number of bytes"));
  EXPECT_THAT(error_of(with("memory_per_rank: 2Gib")), HasSubstr("'Gib' is no unit of bytes"));
  EXPECT_THAT(error_of(with("memory_per_rank: 2G")), HasSubstr("use B, kB, MB"));
  EXPECT_THAT(error_of(with("memory_per_rank: lots")), HasSubstr("a number of bytes such as 64MiB is expected, not 'lots'"));
  EXPECT_THAT(error_of(with("memory_per_rank: 99999999TiB")), HasSubstr("is too large"));
  EXPECT_THAT(error_of(with("memory_per_rank: 2.GiB")), HasSubstr("a number of bytes"));
  EXPECT_EQ(error_of(with("memory_per_rank: 31MiB")), "job.yaml:4:18: memory_per_rank: 31MiB is too small: at least 32MiB");
  EXPECT_THAT(error_of(with("unit_bytes: 65535")), HasSubstr("at least 64KiB"));
  EXPECT_THAT(error_of(with("unit_bytes: 2TiB")), HasSubstr("at most 1TiB"));
  EXPECT_THAT(error_of(with("max_document_bytes: 0")), HasSubstr("at least 1"));
}

TEST_F(LoadJob, RatiosAreExactToMillionths) {
  const auto ratio = [&](const std::string& text) {
    return load(with("dedup: {near: {threshold: " + text + "}}")).dedup.near->threshold_ppm;
  };
  EXPECT_EQ(ratio("0.8"), 800'000u);
  EXPECT_EQ(ratio(".8"), 800'000u);
  EXPECT_EQ(ratio("1"), 1'000'000u);
  EXPECT_EQ(ratio("1.000000"), 1'000'000u);
  EXPECT_EQ(ratio("0.000001"), 1u);
  EXPECT_EQ(ratio("0.700001"), 700'001u);
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"0.8000001", "at most 6 digits behind the point"}, {"8e-1", "a decimal number such as 0.8 is expected, not '8e-1'"},
           {"-0.8", "a decimal number"}, {"80%", "a decimal number"}, {"0", "0 is too small: at least 0.000001"}, {"1.000001", "at most 1"},
           {"99999999999999999999", "a decimal number"}, {"99999999999999999", "too large"}, {"\"0.8\"", "in quotes"}}) {
    EXPECT_THAT(error_of(with("dedup: {near: {threshold: " + text + "}}")), HasSubstr(message)) << text;
  }
}

TEST_F(LoadJob, MissingKeysAreNamed) {
  EXPECT_EQ(error_of("tokenizer: {file: t}\noutput: {path: o}\n"), "job.yaml: the key 'input' is missing");
  EXPECT_EQ(error_of("input: [{path: a}]\noutput: {path: o}\n"), "job.yaml: the key 'tokenizer' is missing");
  EXPECT_EQ(error_of("input: [{path: a}]\ntokenizer: {file: t}\n"), "job.yaml: the key 'output' is missing");
  EXPECT_EQ(error_of("input: [{path: a}]\ntokenizer: {file: t}\noutput: {}\n"), "job.yaml:3:1: output: the key 'path' is missing");
  EXPECT_EQ(error_of("input: [{source: a}]\ntokenizer: {file: t}\noutput: {path: o}\n"),
            "job.yaml:1:9: input.0: the key 'path' (or 'list') is missing");
  EXPECT_THAT(error_of("input: []\ntokenizer: {file: t}\noutput: {path: o}\n"), HasSubstr("input: at least one entry is needed"));
  EXPECT_THAT(error_of("input: [{path: a}]\ntokenizer: {pattern: gpt2}\noutput: {path: o}\n"),
              HasSubstr("tokenizer: the key 'file' (or 'train') is missing"));
  EXPECT_EQ(error_of(""), "job.yaml: the job file is empty");
  EXPECT_EQ(error_of("# nothing\n"), "job.yaml: the job file is empty");
}

TEST_F(LoadJob, KeysThatStandTwiceAreErrors) {
  EXPECT_EQ(error_of(with("dedup:\n  exact: true\n  near: true\n  exact: false\n")),
            "job.yaml:7:3: key 'dedup.exact' stands here a second time");
  EXPECT_THAT(error_of(with("input: []")), HasSubstr("job.yaml:4:1: key 'input' stands here a second time"));
}

TEST_F(LoadJob, MalformedYamlIsNamedWithItsPlace) {
  EXPECT_THAT(error_of("input: [{path: a}\noutput: {path: o}\n"), StartsWith("job.yaml:2:"));
  EXPECT_THAT(error_of("a: b: c\n"), HasSubstr("job.yaml:1:5: not YAML: "));
  EXPECT_THAT(error_of("input: [{path: *.jsonl}]\n"), HasSubstr("put a value that begins with '*' or '&' in quotes"));
  EXPECT_THAT(error_of("input: [{path: a}\noutput: {path: o}\n"), HasSubstr("a '[' before it is not closed"));
  EXPECT_THAT(error_of("input: [{path: a\n"), HasSubstr("a '{' before it is not closed"));
  EXPECT_THAT(error_of("a: 1\n\tb: 2\n"), HasSubstr("YAML indents with spaces, never tabs"));
  EXPECT_THAT(error_of("a: b: c\n"), HasSubstr("put a value with ': ' in it in quotes"));
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), HasSubstr("holds more than one YAML document"));
  EXPECT_THAT(error_of("{[a]: b}\n"), HasSubstr("a key must be a word"));
  EXPECT_THAT(error_of("a: &x [1,1,1,1,1,1,1,1,1,1]\nb: &y [*x,*x,*x,*x,*x,*x,*x,*x,*x,*x]\nc: &z [*y,*y,*y,*y,*y,*y,*y,*y,*y,*y]\n"
                       "d: &u [*z,*z,*z,*z,*z,*z,*z,*z,*z,*z]\ne: &v [*u,*u,*u,*u,*u,*u,*u,*u,*u,*u]\nf: [*v,*v,*v,*v,*v,*v]\n"),
              HasSubstr("too many values"));
  EXPECT_THAT(error_of("a: " + std::string(1000, '[')), StartsWith("job.yaml:1:"));
  EXPECT_THROW(load_job(folder_ / "absent.yaml", {}), Error);
}

TEST_F(LoadJob, MutatedJobFilesAreJobsOrErrors) {
  const std::string good = with("dedup: {near: {threshold: 0.8}}\nfilter:\n  - length: {min_chars: 1}\n  - gopher_quality\nmemory_per_rank: 2GiB\n");
  std::size_t jobs = 0, errors = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : std::string_view("\n\t {}[]:,-#&*!|>'\"%@\x01\xff\0" "9a", 25)) {
      std::string mutated = good;
      mutated[at] = c;
      test::write_quickly(path_, mutated);
      try {
        load_job(path_, {});
        ++jobs;
      } catch (const Error& error) {
        ASSERT_EQ(error.kind(), ErrorKind::plan) << mutated;
        ASSERT_THAT(error.what(), HasSubstr("job.yaml")) << mutated;
        ++errors;
      }
    }
  }
  EXPECT_GT(jobs, 100u);
  EXPECT_GT(errors, 1000u);
}

TEST_F(LoadJob, PartsMustFitTogether) {
  EXPECT_EQ(error_of(with("dedup: {near: {bands: 32, rows: 9}}")),
            "job.yaml:4:9: dedup.near: 32 bands of 9 rows are 288 hashes, a sketch has 256: bands * rows must be at most that");
  EXPECT_THAT(error_of(with("dedup: {near: {rows: 0}}")), HasSubstr("dedup.near.rows: 0 is too small: at least 1"));
  EXPECT_THAT(error_of(with("dedup: {near: {ngram: 0}}")), HasSubstr("at least 1"));
  EXPECT_THAT(error_of(with("filter: [{length: {min_chars: 2, max_chars: 1}}]")), HasSubstr("filter.0.length: min_chars is larger"));
  EXPECT_THAT(error_of(with("filter: [{gopher_quality: {min_words: 2, max_words: 1}}]")), HasSubstr("nothing would pass"));
  EXPECT_THAT(error_of(with("filter: [{gopher_quality: {min_mean_word_length: 11}}]")), HasSubstr("nothing would pass"));
  EXPECT_THAT(error_of(with("filter: [{gopher_quality: {min_alpha_words: 1.1}}]")), HasSubstr("at most 1"));
  EXPECT_THAT(error_of("input: [{path: a, list: b}]"), HasSubstr("either 'path' or 'list', not both"));
  EXPECT_THAT(error_of("input: [{list: b, path: a}]"), HasSubstr("either 'path' or 'list', not both"));
  EXPECT_THAT(error_of("input: [{path: a, text_field: ''}]\ntokenizer: {file: t}\noutput: {path: o}\n"),
              HasSubstr("input.0.text_field: the name of a field"));
}

TEST_F(LoadJob, TheTokenizerIsAFileOrTrained) {
  const auto tokenizer = [&](const std::string& keys) { return error_of("input: [{path: a}]\noutput: {path: o}\ntokenizer: " + keys); };
  EXPECT_THAT(tokenizer("{file: t, train: {}}"), HasSubstr("either 'file' or 'train', not both"));
  EXPECT_EQ(tokenizer("{file: t, pattern: llama3}"), "no error");
  EXPECT_THAT(tokenizer("{pattern: gpt2, train: {}}"), HasSubstr("tokenizer.pattern: with 'train'"));
  EXPECT_EQ(tokenizer("{train: {vocab_size: 257}}"), "no error");
  EXPECT_THAT(tokenizer("{train: {vocab_size: 257, special: [a, b]}}"),
              HasSubstr("257 is too small: 256 bytes and 2 special tokens are 258"));
  EXPECT_THAT(tokenizer("{train: {special: [a, a]}}"), HasSubstr("twice"));
  EXPECT_THAT(tokenizer("{train: {special: ['']}}"), HasSubstr("cannot be empty"));
  EXPECT_THAT(tokenizer("{train: {special: []}}"), HasSubstr("at least the token that ends a document"));
  EXPECT_THAT(tokenizer("{end_of_text: b, train: {special: [a]}}"), HasSubstr("'b' is not among tokenizer.train.special"));
  EXPECT_THAT(tokenizer("{train: {min_frequency: 0}}"), HasSubstr("at least 1"));
}

TEST_F(LoadJob, OutputAndWorkMayNotHoldEachOther) {
  const auto places = [&](const std::string& output, const std::string& work) {
    return error_of("input: [{path: a}]\ntokenizer: {file: t}\noutput: {path: " + output + "}\nwork: " + work + "\n");
  };
  EXPECT_EQ(places("out/a", "work/a"), "no error");
  EXPECT_EQ(places("out/a", "out/ab"), "no error");
  EXPECT_THAT(places("w/a", "w"), HasSubstr("job.yaml:3:16: output.path: lies in the work folder"));
  EXPECT_THAT(places("w", "w"), HasSubstr("lies in the work folder"));
  EXPECT_THAT(places("w/../x/y", "x/"), HasSubstr("lies in the work folder"));
  EXPECT_THAT(places("o", "o/w"), HasSubstr("work: lies in the output"));
  EXPECT_EQ(places("o/", "w"), "no error");
  EXPECT_THAT(places("o/", "o/w/"), HasSubstr("work: lies in the output"));
  std::filesystem::create_directory_symlink(folder_.path(), folder_ / "link");
  EXPECT_THAT(places("link/w/o", "w"), HasSubstr("lies in the work folder"));
}

TEST_F(LoadJob, OverridesTakeTheirPlaces) {
  const Job job = load(with("dedup: {near: {bands: 10}}"),
                       {"dedup.near.threshold=0.9", "input.0.path=other/*.jsonl", "input.0.source=b=c", "memory_per_rank=64MiB",
                        "filter=[]", "tokenizer={train: {vocab_size: 300}}", "work=w/x", "clean.unicode=none"});
  EXPECT_EQ(job.dedup.near->bands, 10u);
  EXPECT_EQ(job.dedup.near->threshold_ppm, 900'000u);
  EXPECT_EQ(job.input[0].path, folder_ / "other/*.jsonl");
  EXPECT_EQ(job.input[0].source, "b=c");
  EXPECT_EQ(job.memory_per_rank, 64u << 20);
  EXPECT_TRUE(job.filter.empty());
  EXPECT_EQ(job.tokenizer.train->vocab_size, 300u);
  EXPECT_EQ(job.work, folder_ / "w/x");
  EXPECT_EQ(job.clean.unicode, UnicodeForm::none);
  EXPECT_EQ(load(with(""), {"input.0.path=*.jsonl"}).input[0].path, folder_ / "*.jsonl") << "no YAML, so taken as it stands";
  EXPECT_FALSE(load(with("dedup: {near: {bands: 10}}"), {"dedup.near=false"}).dedup.near);
  EXPECT_EQ(load(with("dedup: {near: }"), {"dedup.near.bands=3", "dedup.near.bands=4"}).dedup.near->bands, 4u);
  EXPECT_EQ(std::get<LengthSpec>(load(with("filter: [{length: {}}]"), {"filter.0.length.min_chars=5"}).filter[0]).min_chars, 5u);
}

TEST_F(LoadJob, ErrorsInOverridesNameTheOverride) {
  EXPECT_EQ(error_of(with(""), {"dedup.near.band=9"}), "--set dedup.near.band=9: unknown key 'dedup.near.band'; did you mean 'bands'?");
  EXPECT_EQ(error_of(with(""), {"dedup.near.bands=x"}), "--set dedup.near.bands=x: dedup.near.bands: a whole number is expected, not 'x'");
  EXPECT_EQ(
      error_of(with(""), {"dedup.near.bands=200"}),
      "--set dedup.near.bands=200: dedup.near: 200 bands of 8 rows are 1600 hashes, a sketch has 256: bands * rows must be at most that");
  EXPECT_EQ(error_of(with(""), {"memory_per_rank=1MiB"}), "--set memory_per_rank=1MiB: memory_per_rank: 1MiB is too small: at least 32MiB");
  EXPECT_EQ(error_of(with(""), {"input.1.path=x"}), "--set input.1.path=x: 'input' has 1 entries, numbered from 0: there is no '1'");
  EXPECT_EQ(error_of(with("dedup: {near: false}"), {"dedup.near.bands=9"}),
            "--set dedup.near.bands=9: 'dedup.near' is 'false' (job.yaml:4:15): it holds no key 'bands'");
  EXPECT_THAT(error_of(with(""), {"filter=[{]"}), HasSubstr("--set filter=[{]: the value is not YAML"));
  EXPECT_THAT(error_of(with(""), {"nothing"}, ErrorKind::usage), HasSubstr("must be KEY=VALUE"));
  EXPECT_THAT(error_of(with(""), {"=x"}, ErrorKind::usage), HasSubstr("must be KEY=VALUE"));
  EXPECT_THAT(error_of(with(""), {"a..b=x"}, ErrorKind::usage), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of(with(""), {"a.b=x"}), HasSubstr("--set a.b=x: unknown key 'a'"));
}

TEST_F(LoadJob, PermissionsAreOctalAndNeverLockTheOwnerOut) {
  const Job job = load(with("spool: {mode: 0640}"), {"output.mode='0600'"});
  EXPECT_EQ(job.spool.mode, 0640u);
  EXPECT_EQ(job.output.mode, 0600u);
  EXPECT_EQ(load(with("")).spool.mode, 0600u);
  EXPECT_EQ(load(with("")).output.mode, 0644u);
  EXPECT_EQ(load(with("spool: {mode: 660}")).spool.mode, 0660u);
  for (const char* bad : {"0689", "rw-------", "00600", "6", "[]", "0x180", "1600"}) {
    EXPECT_THAT(error_of(with(fmt::format("spool: {{mode: {}}}", bad))), HasSubstr("spool.mode: permissions in octal such as 0640 are expected")) << bad;
  }
  for (const char* bad : {"0400", "0044", "0755"}) EXPECT_THAT(error_of(with(fmt::format("spool: {{mode: {}}}", bad))), HasSubstr("will not do")) << bad;
}

TEST_F(LoadJob, TextsOfAReportFollowTheSpoolUnlessTheJobSaysOtherwise) {
  EXPECT_EQ(load(with("")).report.examples, 12u);
  EXPECT_EQ(load(with("report: {examples: 3}")).report.examples, 3u);
  EXPECT_EQ(load(with("spool: {encrypt: true}")).report.examples, 0u);
  EXPECT_EQ(load(with("spool: {encrypt: true}\nreport: {examples: 3}")).report.examples, 3u);
  EXPECT_THAT(error_of(with("report: {examples: 101}")), HasSubstr("report.examples"));
}

TEST_F(LoadJob, AKeyNeverLiesBesideWhatItEncrypts) {
  EXPECT_TRUE(load(with("spool: {encrypt: true, key_file: keys/a}")).spool.key_file.ends_with("/keys/a"));
  const Job own = load(with("spool: {encrypt: true}"));
  EXPECT_TRUE(own.spool.own_key);
  EXPECT_THAT(own.spool.key_file, HasSubstr("/.config/quern/keys/"));
  EXPECT_NE(own.spool.key_file, load(with("spool: {encrypt: true}\nwork: w2")).spool.key_file);
  EXPECT_THAT(error_of(with("work: w\nspool: {encrypt: true, key_file: w/../w/key}")), HasSubstr("a key beside what it encrypts protects nothing"));
  EXPECT_THAT(error_of(with("spool: {encrypt: true, key_file: out/web/key}")), HasSubstr("spool.key_file: lies in "));
  EXPECT_THAT(error_of(with("spool: {key_file: key}")), HasSubstr("without 'encrypt: true' would encrypt nothing"));
}

TEST_F(LoadJob, PiiTakesAnActionForAllAndOneForEachKind) {
  const Job job = load(with("clean: {steps: [trim_lines, {pii: {action: count, email: {action: mask, mask: '[mail]'}, phone: ignore, max_per_1000_words: 12.5}}]}"));
  ASSERT_EQ(job.clean.steps.size(), 2u);
  const PiiSpec& pii = std::get<PiiSpec>(job.clean.steps[1]);
  EXPECT_EQ(pii.action_of(PiiKind::email), PiiAction::mask);
  EXPECT_EQ(pii.email.mask, "[mail]");
  EXPECT_EQ(pii.action_of(PiiKind::phone), PiiAction::ignore);
  EXPECT_EQ(pii.action_of(PiiKind::card), PiiAction::count);
  EXPECT_EQ(pii.max_per_1000_words_ppm, 12'500'000u);
  EXPECT_EQ(pii.max_per_1000_chars_ppm, kNoPiiLimit);
  EXPECT_EQ(std::get<PiiSpec>(load(with("clean: {steps: [pii]}")).clean.steps[0]).action_of(PiiKind::secret), PiiAction::mask);
  EXPECT_THAT(error_of(with("clean: {steps: [{pii: {action: hide}}]}")), HasSubstr("unknown value 'hide'"));
  EXPECT_THAT(error_of(with("clean: {steps: [{pii: {email: {hide: 1}}}]}")), HasSubstr("unknown key"));
}

TEST_F(LoadJob, PseudonymsNeedAKeyThatOnlyItsOwnerCanRead) {
  const std::string digits(64, 'a');
  const auto job = [&](const std::string& key) { return with("clean: {steps: [{pii: {action: count, email: pseudonymize" + key + "}}]}"); };
  const auto put_key = [&](const std::string& name, const std::string& text, mode_t mode) {
    const std::string path = folder_ / name;
    std::ofstream(path) << text;
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
  };
  put_key("good", digits + "\n", 0600);
  put_key("open", digits + "\n", 0640);
  put_key("short", "abc\n", 0600);
  const PiiSpec pii = std::get<PiiSpec>(load(job(", key_file: good")).clean.steps[0]);
  EXPECT_TRUE(pii.key.is_there());
  EXPECT_EQ(pii.key.bytes()[31], 0xaa);
  EXPECT_THAT(error_of(job("")), HasSubstr("clean.steps.0.pii: the key 'key_file' is missing"));
  EXPECT_THAT(error_of(job(", key_file: open")), HasSubstr("chmod 600"));
  EXPECT_THAT(error_of(job(", key_file: short")), HasSubstr("64 hexadecimal digits"));
  EXPECT_THAT(error_of(job(", key_file: none")), HasSubstr("key_file"));
  EXPECT_THAT(error_of(with("clean: {steps: [{pii: {key_file: good}}]}")), HasSubstr("a key where nothing is pseudonymized would do nothing"));
  EXPECT_THAT(error_of("work: .\n" + job(", key_file: good")), HasSubstr("whoever has the data must not have the key"));
}

TEST_F(LoadJob, AFolderWithGlobCharactersIsMeantAsItIs) {
  make_folders(folder_ / "run[1]*");
  publish_file(folder_ / "run[1]*/job.yaml", with(""));
  const Job job = load_job(folder_ / "run[1]*/job.yaml", {});
  EXPECT_EQ(job.input[0].prefix, folder_ / "run[1]*/");
}

TEST_F(LoadJob, ReadsEveryKeyOfLanguageFastTextAndContamination) {
  test::write_quickly(folder_ / "m.bin", "model");
  test::write_quickly(folder_ / "e.jsonl", "{}");
  const Job job = load(with(R"(
language: {model: {file: m.bin}, keep: [en, zh-Hant], min_score: 0.65, min_bytes: 200, max_bytes: 8KiB, text: plain}
filter:
  - fasttext: {model: m.bin, label: hq, min_score: 0.1, min_margin: 0.2, max_bytes: 5}
contamination: {sets: [{name: e, file: e.jsonl, fields: [q, a.b], id_field: key}], ngram: 8, min_words: 5, max_items: 7, min_matches: 2,
  min_share: 0.5, action: mask, mask_with: "…"}
)"));
  ASSERT_TRUE(job.language && job.contamination);
  EXPECT_EQ(job.language->model.path, folder_ / "m.bin");
  EXPECT_EQ(job.language->model.digest, hash128("model"));
  EXPECT_EQ(job.language->keep, (std::vector<std::string>{"en", "zh-Hant"}));
  EXPECT_EQ(job.language->min_score_ppm, 650'000u);
  EXPECT_EQ(job.language->min_bytes, 200u);
  EXPECT_EQ(job.language->max_bytes, 8192u);
  EXPECT_EQ(job.language->text, LanguageText::plain);
  const FastTextSpec& fasttext = std::get<FastTextSpec>(job.filter.at(0));
  EXPECT_EQ(fasttext.model.digest, hash128("model"));
  EXPECT_EQ(fasttext.label, "hq");
  EXPECT_EQ(fasttext.min_score_ppm, 100'000u);
  EXPECT_EQ(fasttext.min_margin_ppm, 200'000u);
  EXPECT_EQ(fasttext.max_bytes, 5u);
  const ContaminationSpec& contamination = *job.contamination;
  ASSERT_EQ(contamination.sets.size(), 1u);
  EXPECT_EQ(contamination.sets[0].name, "e");
  EXPECT_EQ(contamination.sets[0].file.digest, hash128("{}"));
  EXPECT_EQ(contamination.sets[0].fields, (std::vector<std::string>{"q", "a.b"}));
  EXPECT_EQ(contamination.sets[0].id_field, "key");
  EXPECT_EQ(contamination.ngram, 8u);
  EXPECT_EQ(contamination.min_words, 5u);
  EXPECT_EQ(contamination.max_items, 7u);
  EXPECT_EQ(contamination.min_matches, 2u);
  EXPECT_EQ(contamination.min_share_ppm, 500'000u);
  EXPECT_EQ(contamination.action, ContaminationAction::mask);
  EXPECT_EQ(contamination.mask_with, "…");
  EXPECT_THAT(canonical_job_json(job), HasSubstr(R"("language":{"keep":["en","zh-Hant"],"max_bytes":8192,"min_bytes":200,"min_score":0.65,"model":{"file":")" +
                                                hash128("model").hex() + R"("},"text":"plain"})"));
}

TEST_F(LoadJob, LanguageAndContaminationAreOffUnlessAskedFor) {
  EXPECT_FALSE(load(with("")).language);
  EXPECT_FALSE(load(with("")).contamination);
  EXPECT_TRUE(load(with("language:")).language);
  EXPECT_TRUE(load(with("language: true")).language);
  EXPECT_FALSE(load(with("language: false")).language);
  EXPECT_TRUE(load(with("language: {model: cld2}")).language->model.path.empty());
  EXPECT_EQ(canonical_job_json(load(with("language: false"))), canonical_job_json(load(with(""))));
  EXPECT_NE(canonical_job_json(load(with("language: true"))), canonical_job_json(load(with(""))));
}

TEST_F(LoadJob, ReportsWrongLanguageFastTextAndContamination) {
  test::write_quickly(folder_ / "m.bin", "model");
  const std::pair<const char*, const char*> cases[] = {
      {"language: {model: cld3}", "language.model"},
      {"language: {model: {path: m.bin}}", "language.model.path"},
      {"language: {model: {file: none.bin}}", "none.bin"},
      {"language: {model: {file: m.bin}, text: html}", "'html' is for CLD2"},
      {"language: {keep: [en, '']}", "language.keep.1"},
      {"language: {max_bytes: 10}", "too small"},
      {"language: {min_score: 1.5}", "too large"},
      {"filter: [fasttext]", "'model' is missing"},
      {"filter: [{fasttext: {model: m.bin, label: ''}}]", "filter.0.fasttext.label"},
      {"contamination: {ngram: 5}", "'sets' is missing"},
      {"contamination: {sets: []}", "at least one evaluation set"},
      {"contamination: {sets: [{name: a, file: m.bin, fields: [q]}], ngram: 7}", "contamination.min_words"},
      {"contamination: {sets: [{name: a, file: m.bin, fields: []}]}", "contamination.sets.0.fields"},
      {"contamination: {sets: [{name: a, file: m.bin, fields: ['']}]}", "named by an empty text"},
      {"contamination: {sets: [{name: '', file: m.bin, fields: [q]}]}", "contamination.sets.0.name"},
      {"contamination: {sets: [{name: a, file: m.bin, fields: [q]}, {name: a, file: m.bin, fields: [q]}]}", "two sets are named 'a'"},
      {"contamination: {sets: [{name: a, file: m.bin, fields: [q]}], ngram: 65}", "too large"}};
  for (const auto& [yaml, expected] : cases) EXPECT_THAT(error_of(with(yaml)), HasSubstr(expected)) << yaml;
  EXPECT_EQ(std::size(cases), 17u);
}

TEST_F(LoadJob, ReadsTheFieldsOfAnInput) {
  const Job job = load(R"(
input:
  - {path: a, source_field: s.0, url_field: '', date_field: added, metadata: [lang, 'a\.b.c']}
  - {path: b, format: tsv, metadata: all, columns: [text, id], header: false, escapes: true}
  - {path: c, format: dataset}
tokenizer: {file: t}
output: {path: o}
)");
  EXPECT_EQ(job.input[0].source_field, "s.0");
  EXPECT_EQ(job.input[0].url_field, "");
  EXPECT_EQ(job.input[0].date_field, "added");
  EXPECT_EQ(job.input[0].metadata, (std::vector<std::string>{"lang", "a\\.b.c"}));
  EXPECT_FALSE(job.input[0].all_metadata);
  EXPECT_EQ(job.input[1].format, InputFormat::tsv);
  EXPECT_TRUE(job.input[1].all_metadata && job.input[1].escapes && !job.input[1].header);
  EXPECT_EQ(job.input[1].columns.size(), 2u);
  EXPECT_EQ(job.input[2].format, InputFormat::dataset);
  EXPECT_EQ(job.input[2].url_field, "url");
}

TEST_F(LoadJob, RefusesFieldsThatCannotBeFound) {
  const auto input = [&](const std::string& keys) { return error_of("input: [{path: a, " + keys + "}]\ntokenizer: {file: t}\noutput: {path: o}\n"); };
  EXPECT_THAT(input("text_field: a..b"), HasSubstr("input.0.text_field: 'a..b' is no path of a field"));
  EXPECT_THAT(input("metadata: [x, '.y']"), HasSubstr("input.0.metadata.1: '.y' is no path"));
  EXPECT_THAT(input("metadata: [x, x]"), HasSubstr("a field stands here twice"));
  EXPECT_THAT(input("metadata: some"), HasSubstr("'all' or a list of fields is expected"));
  EXPECT_THAT(input("format: tsv, header: false"), HasSubstr("'text' is no number"));
  EXPECT_THAT(input("format: tsv, columns: [a, b]"), HasSubstr("no column 'text' in 'columns'"));
  EXPECT_THAT(input("format: tsv, columns: [a, b], text_field: '2'"), HasSubstr("no column '2'"));
  EXPECT_EQ(input("format: tsv, columns: [a, b], text_field: '1'"), "no error");
  EXPECT_EQ(input("format: tsv, text_field: 'a..b'"), "no error");
}

}  // namespace
}  // namespace quern
