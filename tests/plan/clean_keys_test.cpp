#include "quern/base/error.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using ::testing::HasSubstr;

class CleanKeys : public ::testing::Test {
 protected:
  Job load(const std::string& more) {
    publish_file(folder_ / "job.yaml", "input: [{path: a.jsonl}]\ntokenizer: {file: t.json}\noutput: {path: out/web}\n" + more);
    return load_job(folder_ / "job.yaml", {});
  }
  std::string canonical(const std::string& more) { return canonical_job_json(load(more)); }
  std::string error_of(const std::string& more) {
    try {
      load(more);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::plan);
      return error.what();
    }
    return "no error";
  }
  test::TempFolder folder_;
};

TEST_F(CleanKeys, EveryStepHasItsDefaults) {
  publish_file(folder_ / "list", "x\n");
  EXPECT_THAT(
      canonical("clean: {steps: [mojibake, trim_lines, white_space, zero_width, control_characters, punctuation, entities, remove_urls, remove_emoji, "
                "remove_hashtags, lower_case, c4_lines, refinedweb_lines, {remove_lines: {equal: [list]}}, dedup_lines, dedup_paragraphs]}"),
      HasSubstr(R"("steps":[{"mojibake":{"times":2}},{"trim_lines":{}},{"white_space":{"collapse":true,"keep_indentation":false,"max_blank_lines":1,"trim":true}},)"
                R"({"zero_width":{"bidi":true,"joiners":false,"soft_hyphens":true,"tags":true,"variation_selectors":false}},)"
                R"({"control_characters":{"annotation":true,"noncharacters":true,"private_use":false,"replacement":false}},)"
                R"({"punctuation":{"cjk":false,"dashes":true,"ellipses":true,"full_width":true,"quotes":true}},)"
                R"({"entities":{"times":1,"without_semicolon":false}},{"remove_urls":{"replacement":""}},{"remove_emoji":{"replacement":"","symbols":false}},)"
                R"({"remove_hashtags":{"keep_words":false,"mentions":false}},{"lower_case":{}},)"
                R"({"c4_lines":{"citations":true,"ellipses":false,"end_marks":".?!\"","javascript":true,"max_word_chars":1000,"min_words":5,"policies":true}},)"
                R"({"refinedweb_lines":{"counters":true,"max_pattern_words":10,"max_removed_words":0.05,"max_uppercase":0.5,"min_words":2,"numbers":true}},)"
                R"({"remove_lines":{"containing":[],"equal":[")"));
}

TEST_F(CleanKeys, StepsAreKeptInTheOrderListed) {
  const Job job = load("clean: {steps: [{entities: {times: 3}}, white_space, {entities: {}}]}");
  ASSERT_EQ(job.clean.steps.size(), 3u);
  EXPECT_EQ(std::get<EntitiesSpec>(job.clean.steps[0]).times, 3u);
  EXPECT_TRUE(std::holds_alternative<WhiteSpaceSpec>(job.clean.steps[1]));
  EXPECT_EQ(std::get<EntitiesSpec>(job.clean.steps[2]).times, 1u);
}

TEST_F(CleanKeys, TheContentOfAListIsPartOfTheJob) {
  const std::string job = "filter: [{bad_words: {words: [list]}}]\nclean: {steps: [{remove_lines: {containing: [list]}}]}";
  publish_file(folder_ / "list", "x\n");
  const std::string before = canonical(job);
  EXPECT_EQ(canonical(job), before);
  publish_file(folder_ / "list", "y\n");
  EXPECT_NE(canonical(job), before);
  EXPECT_THAT(error_of("filter: [{bad_words: {words: [absent]}}]"), HasSubstr("absent"));
}

TEST_F(CleanKeys, WhatCannotBeMeantIsAnError) {
  publish_file(folder_ / "list", "x\n");
  EXPECT_THAT(error_of("clean: {steps: [entities, mojibake]}"), HasSubstr("clean.steps.1: mojibake must be the first step"));
  EXPECT_THAT(error_of("clean: {steps: [remove_lines]}"), HasSubstr("without a list"));
  EXPECT_THAT(error_of("clean: {steps: [{mojibake: {times: 0}}]}"), HasSubstr("times"));
  EXPECT_THAT(error_of("clean: {steps: [whitespace]}"), HasSubstr("white_space"));
  EXPECT_THAT(error_of("filter: [url_blocklist]"), HasSubstr("without a list"));
  EXPECT_THAT(error_of("filter: [{url_blocklist: {min_soft_words: 0}}]"), HasSubstr("min_soft_words"));
  EXPECT_THAT(error_of("filter: [bad_words]"), HasSubstr("words"));
  EXPECT_THAT(error_of("filter: [{bad_words: {words: []}}]"), HasSubstr("at least one list"));
  EXPECT_THAT(error_of("filter: [{vocabulary: {terms: []}}]"), HasSubstr("at least one list"));
  EXPECT_THAT(error_of("filter: [{vocabulary: {terms: [list], min_per_1000_words: 5, max_per_1000_words: 4.5}}]"), HasSubstr("nothing would pass"));
}

}  // namespace
}  // namespace quern
