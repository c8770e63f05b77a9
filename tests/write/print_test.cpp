#include "quern/write/print.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/store/hdf5.hpp"
#include "sample_dataset.hpp"
#include "write/record_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace quern {
namespace {

using test::make_sample;
using test::Sample;
using test::TempFolder;
using test::write_sample;
using ::testing::HasSubstr;
using ::testing::Not;

/// A data set of three files and a record of every kind, in its folder.
class Print : public ::testing::Test {
 protected:
  void write(const Sample& sample) {
    const auto world = single_rank_world();
    write_sample(sample, folder_ / "data.h5", {4096, false, false}, *world);
  }
  std::string ledger() const {
    std::ostringstream out;
    print_ledger(folder_.path(), out);
    return out.str();
  }
  std::string show(const ShowOptions& options, const TokenDecoder& decode = {}) const {
    std::ostringstream out;
    show_dataset(folder_.path(), options, decode, out);
    return out.str();
  }
  std::string failure(const ShowOptions& options, ErrorKind kind) const {
    try {
      show(options);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
      return error.what();
    }
    return "no error";
  }
  TempFolder folder_;
};

Sample six_records() {
  Sample sample = make_sample(0);
  sample.files = {{0, "web/a.jsonl"}, {1, "b\tc.txt"}};
  const std::vector<std::uint32_t> text = {72, 105, 50'256};
  sample.records = {
      {{Verdict::kept, Reason::none, 0, 0, 0, kNoRecord, {}}, "first", text},
      {{Verdict::removed, Reason::exact, 0, 0, 100, 0, {}}, "copy", {}},
      {{Verdict::kept, Reason::none, 1, 1, 0, kNoRecord, {}}, "", text},
      {{Verdict::removed, Reason::near, 1, 1, 70, 2, {5, 6}}, "a\tb\\c\nd\re", {}},
      {{Verdict::removed, Reason::gopher_words_min, 1, 1, 80, kNoRecord, {}}, "größe", {}},
      {{Verdict::quarantined, Reason::json, 1, 1, 90, kNoRecord, {}}, "", {}},
  };
  sample.count();
  return sample;
}

TEST_F(Print, TheLedgerHasALineForEveryRecordInOrder) {
  write(six_records());
  EXPECT_EQ(ledger(),
            "first\tkept\t\t\t\n"
            "copy\tremoved\texact\tfirst\t\n"
            "b\\tc.txt:0\tkept\t\t\t\n"
            "a\\tb\\\\c\\nd\\re\tremoved\tnear\tb\\tc.txt:0\t0.8333\n"
            "größe\tremoved\tgopher_words_min\t\t\n"
            "b\\tc.txt:90\tquarantined\tjson\t\t\n");
}

TEST_F(Print, TheLedgerOfNothingIsEmpty) {
  write(make_sample(0));
  EXPECT_EQ(ledger(), "");
}

TEST_F(Print, TheLedgerFindsKeptRecordsFarApartAndNearBy) {
  Sample sample = make_sample(300'000, 300);
  for (std::size_t i = 0; i < sample.records.size(); ++i) {
    LedgerRow& row = sample.records[i].row;
    if (row.kept == kNoRecord) continue;
    const std::uint64_t far = mix64(i) % i;
    if (sample.records[far].row.verdict == Verdict::kept) row.kept = far;
  }
  write(sample);
  std::istringstream lines(ledger());
  std::size_t n = 0, duplicates = 0;
  const auto name_of = [&](std::size_t i) {
    const Sample::Record& record = sample.records[i];
    std::string name;
    append_escaped(name, record.own_id.empty() ? sample.files[record.row.file].name : record.own_id);
    return record.own_id.empty() ? name + ":" + std::to_string(record.row.offset) : name;
  };
  for (std::string line; std::getline(lines, line); ++n) {
    const LedgerRow& row = sample.records[n].row;
    ASSERT_EQ(line, name_of(n) + "\t" + std::string(name(row.verdict)) + "\t" + std::string(name(row.reason)) + "\t" +
                        (row.kept == kNoRecord ? "" : name_of(row.kept)) + "\t" + decimal(row.similarity));
    duplicates += row.kept == kNoRecord ? 0 : 1;
  }
  EXPECT_EQ(n, 300'000u);
  EXPECT_GT(duplicates, 50'000u);
}

TEST_F(Print, TheLedgerSaysThatTheOutputIsFull) {
  write(six_records());
  std::ofstream full("/dev/full");
  ASSERT_TRUE(full);
  EXPECT_THROW(print_ledger(folder_.path(), full), Error);
  std::ofstream also_full("/dev/full");
  EXPECT_THROW(show_dataset(folder_.path(), {}, {}, also_full), Error);
}

TEST_F(Print, TheLedgerRefusesLinksToNowhere) {
  Sample sample = six_records();
  sample.records[1].row.kept = 6;
  write(sample);
  EXPECT_THROW(ledger(), Error);
}

TEST_F(Print, TheLedgerRefusesFilesThatAreNotThere) {
  Sample sample = six_records();
  sample.records[5].row.file = 2;
  write(sample);
  EXPECT_THROW(ledger(), Error);
}

TEST(Decimal, RoundsToFourPlacesInIntegers) {
  EXPECT_EQ(decimal({0, 0}), "");
  EXPECT_EQ(decimal({0, 7}), "0.0000");
  EXPECT_EQ(decimal({7, 7}), "1.0000");
  EXPECT_EQ(decimal({2, 3}), "0.6667");
  EXPECT_EQ(decimal({1, 3}), "0.3333");
  EXPECT_EQ(decimal({1, 20'000}), "0.0001");  // a half goes up
  EXPECT_EQ(decimal({19'999, 20'000}), "1.0000");
  EXPECT_EQ(decimal({UINT32_MAX - 1, UINT32_MAX}), "1.0000");
  EXPECT_EQ(decimal({801, 1000}), "0.8010");
}

TEST_F(Print, TheSummaryGivesCountsAndReasons) {
  write(six_records());
  const std::string text = show({});
  for (const char* line :
       {"records                6\n", "kept                   2\n", "removed                3\n", "quarantined            1\n",
        "  exact                1\n", "  near                 1\n", "  json                 1\n", "tokens                 6 of 2 bytes\n",
        "vocabulary             50,257, end of text 50256\n", "source                 bücher\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, HasSubstr(six_records().digest().hex()));
  EXPECT_THAT(text, Not(HasSubstr("utf8")));
}

TEST_F(Print, ADocumentIsShownWithPlaceAndText) {
  write(six_records());
  const auto decode = [](std::span<const std::uint32_t> tokens) { return std::string(tokens.begin(), tokens.end()); };
  const std::string text = show({.document = 1, .removed = {}}, decode);
  for (const char* line :
       {"document               1 of 2\n", "record                 2\n", "own id                 (none)\n",
        "file                   b\\tc.txt\n", "source                 bücher\n", "tokens                 3 from 3 on", "\n\nHi\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(show({.document = 0, .removed = {}}), HasSubstr("own id                 first\n"));
  EXPECT_THAT(failure({.document = 2, .removed = {}}, ErrorKind::usage), HasSubstr("there is no document 2: it has 2"));
}

TEST_F(Print, ARemovedRecordIsShownWithTheKeptOne) {
  write(six_records());
  const std::string near = show({.document = {}, .removed = 1});
  for (const char* line :
       {"removed record         1 of 3\n", "own id                 a\\tb\\\\c\\nd\\re\n", "offset                 70 (bytes",
        "reason                 near\n", "in favour of\nrecord                 2\n", "similarity             0.8333 (5/6)\n"}) {
    EXPECT_THAT(near, HasSubstr(line));
  }
  const std::string exact = show({.document = {}, .removed = 0});
  EXPECT_THAT(exact, HasSubstr("own id                 first\n"));
  EXPECT_THAT(exact, Not(HasSubstr("similarity")));
  const std::string filtered = show({.document = {}, .removed = 2});
  EXPECT_THAT(filtered, HasSubstr("reason                 gopher_words_min\n"));
  EXPECT_THAT(filtered, Not(HasSubstr("in favour of")));
  EXPECT_THAT(failure({.document = {}, .removed = 3}, ErrorKind::usage), HasSubstr("there is no removed record 3: it has 3"));
}

}  // namespace
}  // namespace quern
