#include "plan/glob.hpp"
#include "quern/base/error.hpp"
#include "quern/plan/inputs.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace quern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Inputs : public ::testing::Test {
 protected:
  Inputs() {
    job_.work = folder_ / "work";
    job_.output.path = folder_ / "out";
  }

  void file(const std::string& name, std::size_t bytes = 1) {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    std::ofstream(folder_ / name) << std::string(bytes, 'x');
  }
  void link(const std::string& name, const std::string& to) {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    std::filesystem::create_symlink(to, folder_ / name);
  }

  InputSpec entry(const std::string& pattern) const {
    InputSpec input;
    input.path = escaped_for_glob(folder_.path()) + "/" + pattern;
    input.prefix = parse_glob(input.path).prefix;
    return input;
  }

  std::vector<std::string> names(const std::vector<std::string>& patterns) {
    job_.input.clear();
    for (const std::string& pattern : patterns) job_.input.push_back(entry(pattern));
    return names();
  }

  std::vector<std::string> names() {
    left_out_.clear();
    std::vector<std::string> names;
    for (const InputFile& input : list_inputs(job_, &left_out_)) {
      names.push_back(job_.input.size() > 1 ? std::to_string(input.entry) + ":" + input.name : input.name);
      EXPECT_EQ(input.bytes, std::filesystem::file_size(input.path)) << input.path;
    }
    return names;
  }

  std::string error_of(const std::vector<std::string>& patterns) {
    try {
      names(patterns);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::plan);
      return error.what();
    }
    return "no error";
  }

  std::vector<std::string> list(const std::string& lines, const std::string& name = "list.txt") {
    publish_file(folder_ / name, lines);
    job_.input.assign(1, {});
    job_.input[0].path = folder_ / name;
    job_.input[0].prefix = job_.input[0].path.substr(0, job_.input[0].path.rfind('/') + 1);
    job_.input[0].is_list = true;
    return names();
  }

  test::TempFolder folder_;
  Job job_;
  std::vector<std::string> left_out_;
};

bool matches(const std::string& pattern, const std::string& name) {
  const Glob glob = parse_glob("/" + pattern);
  EXPECT_EQ(glob.parts.size(), 1u);
  return matches_part(glob.parts[0], name);
}

TEST(Glob, MatchesAsAShellDoes) {
  EXPECT_TRUE(matches("a.txt", "a.txt"));
  EXPECT_FALSE(matches("a.txt", "b.txt"));
  EXPECT_TRUE(matches("*", "anything"));
  EXPECT_TRUE(matches("*.jsonl.*", "a.b.jsonl.zst"));
  EXPECT_FALSE(matches("*.jsonl", "a.jsonl.zst"));
  EXPECT_TRUE(matches("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(matches("a*b*c", "aXbXbX"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_TRUE(matches("a?c", "aéc")) << "a character, not a byte";
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_TRUE(matches("*é", "caffé"));
  EXPECT_TRUE(matches("a**", "abc"));
}

TEST(Glob, SetsHoldRangesAndMayBeNegated) {
  EXPECT_TRUE(matches("[abc]", "b"));
  EXPECT_TRUE(matches("[a-c]x", "bx"));
  EXPECT_FALSE(matches("[a-c]", "d"));
  EXPECT_TRUE(matches("[!a-c]", "d"));
  EXPECT_TRUE(matches("[^a-c]", "é")) << "any character but those";
  EXPECT_FALSE(matches("[!a]", "a"));
  EXPECT_TRUE(matches("[]]", "]"));
  EXPECT_TRUE(matches("[a-]", "-"));
  EXPECT_TRUE(matches("[\\]x]", "]"));
  EXPECT_TRUE(matches("[\\a-\\c]", "b"));
  EXPECT_TRUE(matches("a[b", "a[b")) << "a set without an end is meant as it is";
  EXPECT_TRUE(matches("[0-9][0-9]*", "07-part"));
}

TEST(Glob, BackslashesTakeCharactersAsTheyAre) {
  EXPECT_TRUE(matches("a\\*", "a*"));
  EXPECT_FALSE(matches("a\\*", "ab"));
  EXPECT_TRUE(matches("\\[a]*", "[a]b"));
  const std::string name = "we[i]rd*na?me\\";
  EXPECT_TRUE(matches(escaped_for_glob(name), name));
}

TEST(Glob, HiddenNamesNeedADot) {
  EXPECT_FALSE(matches("*", ".hidden"));
  EXPECT_FALSE(matches("?hidden", ".hidden"));
  EXPECT_FALSE(matches("[.]hidden", ".hidden"));
  EXPECT_TRUE(matches(".*", ".hidden"));
  EXPECT_TRUE(matches("\\.h*", ".hidden"));
}

TEST(Glob, ThePrefixEndsBeforeTheFirstWildcard) {
  EXPECT_EQ(parse_glob("/a/b/*.txt").prefix, "/a/b/");
  EXPECT_EQ(parse_glob("/a/b/*.txt").pattern, "*.txt");
  EXPECT_EQ(parse_glob("/a/b?/c").prefix, "/a/");
  EXPECT_EQ(parse_glob("/a/b.txt").prefix, "/a/");
  EXPECT_EQ(parse_glob("/a\\*/b/*").prefix, "/a*/b/");
  EXPECT_EQ(parse_glob("/a/**/**/./x").parts.size(), 2u);
}

TEST_F(Inputs, AreOrderedByTheBytesOfTheirNames) {
  for (const char* const name : {"b.txt", "a/z.txt", "a.txt", "a-b.txt", "B.txt", "é.txt", "a/b/c.txt"}) file(name, 3);
  EXPECT_THAT(names({"**/*.txt"}), ElementsAre("B.txt", "a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "é.txt"));
}

TEST_F(Inputs, GlobsGoThroughFolders) {
  for (const char* const name : {"x/1.txt", "x/y/2.txt", "x/y/z/3.txt", "w/4.txt", "x/y/5.md"}) file(name);
  EXPECT_THAT(names({"*/*.txt"}), ElementsAre("w/4.txt", "x/1.txt"));
  EXPECT_THAT(names({"x/**"}), ElementsAre("1.txt", "y/2.txt", "y/5.md", "y/z/3.txt"));
  EXPECT_THAT(names({"x/**/*.txt"}), ElementsAre("1.txt", "y/2.txt", "y/z/3.txt"));
  EXPECT_THAT(names({"**/z/*"}), ElementsAre("x/y/z/3.txt"));
  EXPECT_THAT(names({"**/y/**"}), ElementsAre("x/y/2.txt", "x/y/5.md", "x/y/z/3.txt"));
  EXPECT_THAT(names({"x/y/2.txt"}), ElementsAre("2.txt"));
  EXPECT_THAT(names({"*/y/2.txt"}), ElementsAre("x/y/2.txt"));
  EXPECT_THAT(names({"[wx]/[0-4].*"}), ElementsAre("w/4.txt", "x/1.txt"));
}

TEST_F(Inputs, FoldersThatMatchArePassedOver) {
  file("a.d/x");
  file("b.d");
  EXPECT_THAT(names({"*.d"}), ElementsAre("b.d"));
}

TEST_F(Inputs, HiddenFilesAreTakenOnlyWhenThePatternSaysSo) {
  for (const char* const name : {".a.txt", "b.txt", ".git/c.txt", "d/.e.txt"}) file(name);
  EXPECT_THAT(names({"**/*.txt"}), ElementsAre("b.txt"));
  EXPECT_THAT(names({".*.txt"}), ElementsAre(".a.txt"));
  EXPECT_THAT(names({".git/**"}), ElementsAre("c.txt"));
  EXPECT_THAT(names({"**/.*.txt"}), ElementsAre(".a.txt", "d/.e.txt"));
}

TEST_F(Inputs, LinksInsideTheTreeAreFollowedOnce) {
  file("real/a.txt");
  link("again", "real");
  link("b.txt", "real/a.txt");
  link("real/loop", "..");
  link("real/self", ".");
  EXPECT_THAT(names({"**/*.txt"}), ElementsAre("real/a.txt"));
  EXPECT_THAT(left_out_, ElementsAre("b.txt: a symbolic link to a file that has another name here"));
  EXPECT_THAT(names({"again/*.txt"}), ElementsAre("a.txt")) << "a link in the fixed prefix is a place like any other";
  EXPECT_THAT(names({"b.*"}), ElementsAre("b.txt")) << "its own name does not match";
}

TEST_F(Inputs, OfSeveralLinksTheFirstNameCounts) {
  file(".store/x");
  link("c/x", "../.store/x");
  link("b", ".store/x");
  link("d", "c/x");
  EXPECT_THAT(names({"**"}), ElementsAre("b"));
  EXPECT_EQ(left_out_.size(), 2u);
}

TEST_F(Inputs, FoldersBehindLinksAreListedUnderTheirFirstName) {
  file(".store/x/1");
  file(".store/x/2");
  link("b", ".store/x");
  link("a/deep", "../.store");
  EXPECT_THAT(names({"**"}), ElementsAre("a/deep/x/1", "a/deep/x/2"));
}

TEST_F(Inputs, LinksOutOfTheTreeAreFollowedWhereTheyAreNamed) {
  const test::TempFolder elsewhere;
  publish_file(elsewhere / "far.txt", "far");
  link("tree/near.txt", elsewhere / "far.txt");
  link("tree/folder", elsewhere.path());
  EXPECT_THAT(names({"tree/*.txt"}), ElementsAre("near.txt")) << "a file by its name";
  EXPECT_THAT(names({"tree/*/*.txt"}), ElementsAre("folder/far.txt")) << "a folder by a part of the pattern";
  EXPECT_THAT(names({"tree/**/*.txt"}), ElementsAre("near.txt")) << "but ** does not go out of the tree";
  EXPECT_THAT(left_out_, ElementsAre("folder: a symbolic link to a folder out of the tree"));
}

TEST_F(Inputs, LinksThatMultiplyEndSoon) {
  for (int i = 0; i < 24; ++i) {
    file("n" + std::to_string(i) + "/f");
    link("n" + std::to_string(i) + "/l", "../n" + std::to_string(i + 1));
    link("n" + std::to_string(i) + "/r", "../n" + std::to_string(i + 1));
  }
  EXPECT_EQ(names({"**"}).size(), 24u);
}

TEST_F(Inputs, HardLinksAreFilesOfTheirOwn) {
  file("a", 5);
  std::filesystem::create_hard_link(folder_ / "a", folder_ / "b");
  EXPECT_THAT(names({"*"}), ElementsAre("a", "b"));
}

TEST_F(Inputs, WhatIsNoFileIsLeftOut) {
  file("a");
  link("gone", "nowhere");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(names({"*"}), ElementsAre("a"));
  EXPECT_THAT(left_out_, ElementsAre("gone: a symbolic link that leads nowhere", "pipe: neither a file nor a folder"));
}

TEST_F(Inputs, AnEntryWithoutFilesIsAnErrorThatNamesTheNearestFolder) {
  file("data/a.txt");
  EXPECT_EQ(error_of({"data/*.jsonl"}),
            "input.0: no file matches '" + folder_.path() + "/data/*.jsonl' (the folder '" + folder_.path() + "/data' exists)");
  EXPECT_THAT(error_of({"data/a.txt", "dta/sub/*.txt"}), HasSubstr("input.1: no file matches"));
  EXPECT_THAT(error_of({"dta/sub/*.txt"}),
              HasSubstr("(the folder '" + folder_.path() + "' exists, '" + folder_.path() + "/dta/sub/' does not)"));
  EXPECT_THAT(error_of({"data"}), HasSubstr("is a folder; name the files in it"));
  EXPECT_THAT(error_of({"data/"}), HasSubstr("is a folder"));
  EXPECT_THAT(error_of({"s3://bucket/a.jsonl"}), HasSubstr("is an address, and only files are read: fetch it first"));
  EXPECT_THAT(error_of({"data/a.txt/b"}), HasSubstr("no file matches"));
  link("gone", "nowhere");
  EXPECT_THAT(error_of({"gone"}), HasSubstr("left out: gone: a symbolic link that leads nowhere"));
}

TEST_F(Inputs, AFolderThatCannotBeListedIsAnError) {
  file("open/a");
  file("closed/b");
  ASSERT_EQ(::chmod((folder_ / "closed").c_str(), 0), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  const uid_t user = ::geteuid();
  const uid_t nobody = 65534;  // root can list any folder
  ASSERT_EQ(::seteuid(user == 0 ? nobody : user), 0);
  const std::string message = error_of({"**"});
  ASSERT_EQ(::seteuid(user), 0);
  ASSERT_EQ(::chmod((folder_ / "closed").c_str(), 0700), 0);
  EXPECT_EQ(message, folder_ / "closed/: the folder cannot be listed: Permission denied");
}

TEST_F(Inputs, AFileOfTwoEntriesIsTakenInTheFirst) {
  file("a.txt");
  file("b.txt");
  link("c", "b.txt");
  EXPECT_THAT(names({"b.txt", "*.txt", "c", "**"}), ElementsAre("0:b.txt", "1:a.txt"));
  EXPECT_THAT(left_out_, ::testing::Contains("b.txt: read by an input before this one"));
  job_.input[1].text_field = "title";
  EXPECT_THAT(names(), ElementsAre("0:b.txt", "1:a.txt", "1:b.txt", "3:a.txt")) << "another field is another input";
}

TEST_F(Inputs, ListsNameFilesAndGlobs) {
  for (const char* const name : {"z.txt", "d/a.jsonl", "d/b.jsonl", "with space.txt", "../outside.txt"}) file(std::string("in/") + name);
  publish_file(folder_ / "in/list", "");
  EXPECT_THAT(
      list("# a comment\n\nz.txt\n  d/*.jsonl \r\nwith space.txt\n../outside.txt\n./z.txt\n" + folder_.path() + "/in/d/a.jsonl", "in/list"),
      ElementsAre("../outside.txt", "d/a.jsonl", "d/b.jsonl", "with space.txt", "z.txt"));
}

TEST_F(Inputs, LinesOfListsThatMatchNothingAreNamed) {
  file("a");
  try {
    list("a\n\nb*\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("list.txt:3: no file matches"));
  }
  EXPECT_THROW(list("# nothing\n"), Error);
}

TEST_F(Inputs, MayNotBeTheOutputOrLieInTheWorkFolder) {
  file("a");
  file("work/b");
  EXPECT_THAT(error_of({"**"}), HasSubstr("an input file lies in the work folder"));
  file("out");
  EXPECT_THAT(error_of({"*"}), HasSubstr("an input file lies in the output"));
}

TEST_F(Inputs, NamesAreTheSameWhenTheCorpusIsMoved) {
  for (const char* const name : {"one/d/a.txt", "one/d/e/b.txt"}) file(name);
  std::filesystem::create_directories(folder_ / "two");
  std::filesystem::copy(folder_ / "one", folder_ / "two/three", std::filesystem::copy_options::recursive);
  EXPECT_EQ(names({"one/**"}), names({"two/three/**"}));
}

TEST_F(Inputs, OfManyFoldersAreAllFound) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "d" + std::to_string(i / 100) + "/f" + std::to_string(i);
    file(name, 0);
    lines += name + "\n";
  }
  EXPECT_EQ(names({"**"}).size(), 1000u);
  EXPECT_EQ(list(lines + lines).size(), 1000u) << "a file that is named twice is taken once";
}

TEST_F(Inputs, DataSetsAreNamedByTheirFoldersOrFiles) {
  for (const char* name : {"runs/a/data.h5", "runs/a/tokenizer.json", "runs/b/data.h5", "runs/c/other"}) file(name);
  const auto found = [&](const std::string& pattern) {
    job_.input.assign(1, entry(pattern));
    job_.input[0].format = InputFormat::dataset;
    return names();
  };
  EXPECT_THAT(found("runs/a"), ElementsAre("data.h5"));
  EXPECT_THAT(found("runs/a/"), ElementsAre("data.h5"));
  EXPECT_THAT(found("runs/*"), ElementsAre("a/data.h5", "b/data.h5"));
  EXPECT_THAT(found("runs/?/data.h5"), ElementsAre("a/data.h5", "b/data.h5"));
  EXPECT_THAT(found("**"), ElementsAre("runs/a/data.h5", "runs/b/data.h5"));
}

}  // namespace
}  // namespace quern
