#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/plan/units.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace quern {
namespace {

constexpr std::uint64_t kUnit = 1u << 20;

class Units : public ::testing::Test {
 protected:
  Units() {
    job_.input.resize(2);
    job_.input[1].format = InputFormat::text;
    job_.unit_bytes = kUnit;
  }

  /// A file of that size which begins with `head`; sparse.
  InputFile file(const std::string& name, std::uint64_t bytes, std::string_view head = "", std::uint16_t entry = 0) {
    const std::string path = folder_ / name;
    publish_file(path, head);
    EXPECT_EQ(::truncate(path.c_str(), static_cast<off_t>(bytes)), 0);
    return {entry, path, name, bytes};
  }

  /// Every byte of every file is in one piece, in order.
  std::vector<Unit> units(const std::vector<InputFile>& files) {
    std::vector<Unit> units = make_units(files, job_);
    std::size_t at = 0;
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < units.size(); ++i) {
      EXPECT_EQ(units[i].number, i);
      EXPECT_FALSE(units[i].pieces.empty());
      for (const Piece& piece : units[i].pieces) {
        EXPECT_EQ(piece.file, at);
        EXPECT_EQ(piece.begin, begin);
        EXPECT_EQ(piece.file_bytes, files.at(at).bytes);
        EXPECT_EQ(piece.path, files.at(at).path);
        EXPECT_EQ(piece.name, files.at(at).name);
        EXPECT_EQ(piece.entry, files.at(at).entry);
        begin = piece.end;
        if (piece.end == piece.file_bytes) {
          ++at;
          begin = 0;
        }
      }
    }
    EXPECT_EQ(at, files.size());
    return units;
  }

  test::TempFolder folder_;
  Job job_;
};

TEST_F(Units, SmallFilesRunTogetherUpToTheUnitSize) {
  std::vector<InputFile> files;
  for (int i = 0; i < 10; ++i) files.push_back(file("f" + std::to_string(i), kUnit / 5));
  const std::vector<Unit> made = units(files);
  EXPECT_EQ(made.size(), 3u);
  EXPECT_EQ(made[0].pieces.size(), 4u) << "with the cost of opening five are more than a unit";
  for (const Unit& unit : made) EXPECT_LE(unit.estimated_bytes, kUnit);
}

TEST_F(Units, CompressedFilesCountFourfold) {
  std::vector<InputFile> files;
  for (int i = 0; i < 10; ++i) files.push_back(file("f" + std::to_string(i) + ".gz", kUnit / 20));
  EXPECT_EQ(units(files).size(), 3u);
}

TEST_F(Units, EmptyFilesDoNotGatherWithoutEnd) {
  const std::vector<InputFile> files(1000, file("empty", 0));
  const std::vector<Unit> made = make_units(files, job_);
  EXPECT_EQ(made.size(), 1000u / 64 + 1);
}

TEST_F(Units, LargePlainFilesAreCutByBytes) {
  const std::vector<Unit> made = units({file("small", 10), file("large", 10 * kUnit + 5), file("small2", 10)});
  EXPECT_EQ(made.size(), 1u + 11u + 1u);
  for (const Unit& unit : made) EXPECT_LE(unit.estimated_bytes, kUnit + (16u << 10));
}

TEST_F(Units, DataSetsAreCutByTheirShardsToo) {
  job_.input[0].format = InputFormat::dataset;
  InputFile small = file("data.h5", kUnit / 10);
  small.beside_bytes = 10 * kUnit;
  const std::vector<Unit> made = units({small});
  EXPECT_EQ(made.size(), 11u);
  for (const Unit& unit : made) {
    EXPECT_LE(unit.estimated_bytes, kUnit + (16u << 10));
    EXPECT_EQ(unit.passed_bytes, 0u) << "nothing is to be read to come to a document";
  }
}

TEST_F(Units, OnlyFilesThatAreOneRecordAreNeverCut) {
  const std::vector<InputFile> files = {file("large", 10 * kUnit)};
  for (const InputFormat format : {InputFormat::text, InputFormat::html}) {
    job_.input[0].format = format;
    EXPECT_EQ(units(files).size(), 1u);
  }
  for (const InputFormat format : {InputFormat::jsonl, InputFormat::tsv, InputFormat::text_blocks, InputFormat::dataset}) {
    job_.input[0].format = format;
    EXPECT_EQ(units(files).size(), 10u);
  }
}

TEST_F(Units, LargeCompressedFilesAreCutByTheirBytesOnDisk) {
  EXPECT_EQ(units({file("a", 10 * kUnit, "\x1f\x8b\x08")}).size(), 40u) << "whatever their name";
  EXPECT_EQ(units({file("b", 10 * kUnit, "\x28\xb5\x2f\xfd")}).size(), 40u);
  EXPECT_EQ(units({file("c.zst", kUnit, "\x28\xb5\x2f\xfd")}).size(), 4u);
  EXPECT_EQ(units({file("d.zst", kUnit, "plain")}).size(), 1u);
}

TEST_F(Units, SaysWhatGoesOnInTheSameFileAndWhatIsPassedOver) {
  const std::vector<Unit> made = units({file("small", 10), file("plain", 2 * kUnit), file("zst", kUnit / 2, "\x28\xb5\x2f\xfd")});
  ASSERT_EQ(made.size(), 5u);
  std::vector<bool> continues;
  std::vector<std::uint64_t> passed;
  for (const Unit& unit : made) {
    continues.push_back(unit.continues);
    passed.push_back(unit.passed_bytes);
  }
  EXPECT_EQ(continues, (std::vector<bool>{false, false, true, false, true}));
  EXPECT_EQ(passed, (std::vector<std::uint64_t>{0, 0, 0, 0, kUnit})) << "of a plain file nothing";
}

TEST_F(Units, TextFilesAreNeverCut) {
  EXPECT_EQ(units({file("a", 100 * kUnit, "", 1), file("b.gz", 100 * kUnit, "\x1f\x8b\x08", 1)}).size(), 2u);
}

TEST_F(Units, AFileThatCannotBeOpenedIsOnePiece) {
  EXPECT_EQ(units({{0, folder_ / "gone", "gone", 100 * kUnit}}).size(), 1u);
}

TEST_F(Units, TheUnitSizeFollowsTheMemory) {
  job_.memory_per_rank = 64u << 20;
  job_.unit_bytes = 64u << 20;
  EXPECT_EQ(effective_unit_bytes(job_), 8u << 20);
  EXPECT_EQ(units({file("a", 16u << 20)}).size(), 2u);
}

TEST_F(Units, GivesEveryOfManyRanksSomeUnits) {
  std::vector<InputFile> files;
  for (int i = 0; i < 40; ++i) files.push_back({0, "/nowhere", "small" + std::to_string(i) + ".jsonl", 1u << 20});
  Job job = job_;
  job.unit_bytes = 64u << 20;
  job.memory_per_rank = 2ull << 30;
  EXPECT_EQ(make_units(files, job, 1).size(), 1u);
  EXPECT_EQ(make_units(files, job, 3).size(), 40u) << "but not below 1 MiB";
  files = {file("large", 1000u << 20)};
  EXPECT_GE(make_units(files, job, 3).size(), 3u * 64);
  EXPECT_LE(make_units(files, job, 3).size(), 3u * 64 + 1);
  files.clear();
  for (int i = 0; i < 40; ++i) files.push_back({0, "/nowhere", "small" + std::to_string(i) + ".jsonl", 1u << 20});
  EXPECT_LE(make_units(files, job, 1000).size(), files.size());
  EXPECT_TRUE(make_units({}, job, 5).empty());
}

TEST_F(Units, NoFilesNoUnits) { EXPECT_TRUE(make_units({}, job_).empty()); }

class Canonical : public ::testing::Test {
 protected:
  Job load(const std::string& yaml, const std::string& folder = "jobs") {
    make_folders(folder_ / folder);
    publish_file(folder_ / (folder + "/job.yaml"), yaml);
    return load_job(folder_ / (folder + "/job.yaml"), {});
  }
  std::string canonical(const std::string& more, const std::string& folder = "jobs") {
    return canonical_job_json(load("input: [{path: data/*.jsonl}]\ntokenizer: {file: t.json}\noutput: {path: out/web}\n" + more, folder));
  }
  test::TempFolder folder_;
};

TEST_F(Canonical, HasEveryKeyWithItsDefaultInOrder) {
  EXPECT_EQ(
      canonical(""),
      R"({"clean":{"invalid_utf8":"quarantine","steps":[],"unicode":"nfc"},"dedup":{"exact":true,"near":{"bands":14,"keep":"first","lowest_quality":false,"ngram":5,)"
      R"("resolve":"cover","rows":8,"seed":1,"threshold":0.8}},"filter":[{"gopher_quality":{"max_bullet_lines":0.9,"max_ellipsis_lines":0.3,)"
      R"("max_mean_word_length":10,"max_symbol_ratio":0.1,"max_words":100000,"min_alpha_words":0.8,"min_mean_word_length":3,)"
      R"("min_stop_words":2,)"
      R"("min_words":50}}],"input":[{"columns":[],"date_field":"","escapes":false,"format":"jsonl","header":true,"html":"automatic",)"
      R"("id_field":"id","metadata":[],"path":"*.jsonl","source":"","source_field":"","text_field":"text","url_field":"url"}],)"
      R"("max_document_bytes":67108864,"output":{"layout":"single"},"repeats":{"lines":false,"paragraphs":false},"sample_seed":1,)"
      R"("signals":[],"sources":[],"tokenizer":{"end_of_text":"","pattern":""}})");
}

TEST_F(Canonical, HasTheSizeOfShardsWhereThereAreShards) {
  EXPECT_NE(canonical("").find(R"("output":{"layout":"single"})"), std::string::npos) << "as it was before there were shards";
  const Job job = load("input: [{path: a}]\ntokenizer: {file: t.json}\noutput: {path: o, layout: sharded}\n", "jobs");
  EXPECT_NE(canonical_job_json(job).find(R"("output":{"layout":"sharded","shard_tokens":100000000})"), std::string::npos);
}

TEST_F(Canonical, HasEveryThresholdOfTheRepetitionFilter) {
  EXPECT_NE(canonical("filter: [gopher_repetition]").find(
                R"("filter":[{"gopher_repetition":{"max_duplicate_10_grams":0.1,"max_duplicate_5_grams":0.15,"max_duplicate_6_grams":0.14,)"
                R"("max_duplicate_7_grams":0.13,"max_duplicate_8_grams":0.12,"max_duplicate_9_grams":0.11,"max_duplicate_line_chars":0.2,)"
                R"("max_duplicate_lines":0.3,"max_duplicate_paragraph_chars":0.2,"max_duplicate_paragraphs":0.3,"max_top_2_gram":0.2,)"
                R"("max_top_3_gram":0.18,"max_top_4_gram":0.16}}])"),
            std::string::npos);
}

TEST_F(Canonical, HasEveryThresholdOfC4AndFineWeb) {
  EXPECT_NE(canonical("filter: [c4, {fineweb: {max_new_lines: off}}]").find(
                R"("filter":[{"c4":{"max_curly_brackets":0,"max_lorem_ipsum":0,"min_sentences":5}},)"
                R"({"fineweb":{"max_duplicate_line_chars":0.01,"max_new_lines":"off","max_short_lines":0.67,"min_line_punctuation":0.12}}])"),
            std::string::npos);
}

TEST_F(Canonical, NamesSignalsInTheirOwnOrder) {
  EXPECT_NE(canonical("signals: [fineweb, chars, c4_sentences, chars]").find(
                R"("signals":["chars","c4_sentences","fineweb_line_punctuation","fineweb_short_lines","fineweb_duplicate_line_chars",)"
                R"("fineweb_new_lines"])"),
            std::string::npos);
  EXPECT_EQ(canonical("signals: all"), canonical("signals: [redpajama, nemo, all]"));
}

TEST_F(Canonical, HasTheFingerprintOfAKeyButNothingElseOfIt) {
  const auto with_key = [&](const std::string& name, char digit) {
    const std::string path = folder_ / name;
    std::ofstream(path) << std::string(64, digit) << "\n";
    EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
    return canonical("clean: {steps: [{pii: {action: pseudonymize, key_file: " + path + "}}]}");
  };
  const std::string one = with_key("first.key", 'a');
  EXPECT_EQ(one.find(std::string(8, 'a')), std::string::npos);
  EXPECT_EQ(one.find("first.key"), std::string::npos) << "where it lies does not count";
  EXPECT_EQ(with_key("two", 'a'), one);
  EXPECT_NE(with_key("three", 'b'), one);
  EXPECT_NE(one.find(R"("steps":[{"pii":{"action":"pseudonymize","card":{"action":"as_all","mask":"<CARD>"},"coordinates":{"action":"as_all","mask":"<COORDINATES>"},)"
                     R"("email":{"action":"as_all","mask":"<EMAIL>"},"iban":{"action":"as_all","mask":"<IBAN>"},"ipv4":{"action":"as_all","mask":"<IP>"},)"
                     R"("ipv6":{"action":"as_all","mask":"<IP>"},"key_file":")"),
            std::string::npos)
      << one;
}

TEST_F(Canonical, IsTheSameHoweverTheJobIsWritten) {
  EXPECT_EQ(canonical(""), canonical("dedup: {near: {threshold: 0.800, bands: 14}, exact: True}\nfilter: [gopher_quality]\n"));
}

TEST_F(Canonical, LeavesOutCapacitiesAndPlaces) {
  EXPECT_EQ(canonical(""), canonical("work: /tmp/elsewhere\nmemory_per_rank: 64MiB\nunit_bytes: 1MiB\ntokenizer_cache: false\n", "other/jobs"));
  EXPECT_EQ(canonical_job_json(load("input: [{path: a/*}]\ntokenizer: {file: t}\noutput: {path: o}")),
            canonical_job_json(load("input: [{path: /b/c/*}]\ntokenizer: {file: /u/v}\noutput: {path: p/q}")));
}

TEST_F(Canonical, EveryOtherKeyChangesIt) {
  const std::string base = canonical("");
  std::size_t changed = 0;
  for (const char* const more :
       {"clean: {invalid_utf8: repair}", "clean: {unicode: none}", "filter: []", "filter: [length]", "filter: [{gopher_quality: {min_words: 51}}]",
        "dedup: {exact: false}", "dedup: {near: false}", "dedup: {near: {seed: 2}}", "dedup: {near: {keep: longest}}", "max_document_bytes: 5",
        "dedup: {near: {threshold: 0.800001}}", "clean: {steps: [pii]}", "clean: {steps: [{pii: {email: count}}]}", "clean: {steps: [{pii: {max_per_1000_chars: 2}}]}"}) {
    EXPECT_NE(canonical(more), base) << more;
    ++changed;
  }
  EXPECT_EQ(changed, 14u);
  EXPECT_NE(canonical_job_json(load("input: [{path: 'a/*'}]\ntokenizer: {file: t}\noutput: {path: o}")),
            canonical_job_json(load("input: [{path: 'a/b*'}]\ntokenizer: {file: t}\noutput: {path: o}")));
  EXPECT_NE(canonical_job_json(load("input: [{list: 'a'}]\ntokenizer: {file: t}\noutput: {path: o}")),
            canonical_job_json(load("input: [{path: 'a'}]\ntokenizer: {file: t}\noutput: {path: o}")));
}

TEST_F(Canonical, WritesTextsAsJson) {
  EXPECT_THAT(canonical_job_json(load("input: [{path: a, source: \"q\\\"\\n\\x01é\"}]\ntokenizer: {train: {}}\noutput: {path: o}")),
              ::testing::AllOf(::testing::HasSubstr(R"("source":"q\"\n\u0001é")"),
                               ::testing::HasSubstr(R"("train":{"max_words":50000000,"min_frequency":2,"pattern":"gpt2","special":["<|endoftext|>"],)")));
}

TEST_F(Canonical, ThePlanDigestCoversJobFilesAndTokenizer) {
  const Job job = load("input: [{path: a/*}]\ntokenizer: {file: t}\noutput: {path: o}");
  const std::vector<InputFile> files = {{0, "/x/a", "a", 5}, {0, "/x/b", "b", 6}};
  const Hash128 digest = plan_digest(job, files, {});
  auto moved = files;
  for (InputFile& file : moved) file.path = "/elsewhere" + file.path;
  EXPECT_EQ(plan_digest(job, moved, {}), digest) << "where the corpus lies does not count";
  EXPECT_NE(plan_digest(job, files, {1, 2}), digest);
  for (const std::vector<InputFile>& other : {std::vector<InputFile>{{0, "", "a", 5}}, {{0, "", "a", 5}, {0, "", "b", 7}}, {{0, "", "a", 5}, {1, "", "b", 6}},
                                              {{0, "", "b", 5}, {0, "", "a", 6}}, {{0, "", "a", 5}, {0, "", "bc", 6}}}) {
    EXPECT_NE(plan_digest(job, other, {}), digest);
  }
}

}  // namespace
}  // namespace quern
