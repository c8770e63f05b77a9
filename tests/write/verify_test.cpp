#include "quern/write/verify.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/store/file.hpp"
#include "quern/store/hdf5.hpp"
#include "sample_dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#if defined(__SANITIZE_ADDRESS__)
// HDF5 1.10 itself loses memory when it gives up on a damaged object header.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }
#endif

namespace quern {
namespace {

using test::make_sample;
using test::Sample;
using test::TempFolder;
using test::write_sample;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// What verify says of a file; "sound" when it has nothing to say.
std::string verdict_on(const std::string& path) {
  try {
    const auto world = single_rank_world();
    verify_dataset(path, *world);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::check) << error.what();
    return error.what();
  }
  return "sound";
}

std::string verdict_on(const Sample& sample) {
  const TempFolder folder;
  const auto world = single_rank_world();
  write_sample(sample, folder / "data.h5", {}, *world);
  return verdict_on(folder.path());
}

/// The first record that is `reason`.
std::size_t find(const Sample& sample, Reason reason) {
  std::size_t i = 0;
  while (sample.records[i].row.reason != reason) ++i;
  return i;
}

/// Changes one byte of a column of the sample's file and says what verify says.
std::string verdict_after(const Sample& sample, const std::string& column, std::uint64_t byte, char value) {
  const TempFolder folder;
  const auto world = single_rank_world();
  write_sample(sample, folder / "data.h5", {}, *world);
  const std::uint64_t at = Hdf5File::open(folder / "data.h5").dataset(column).byte_offset() + byte;
  std::fstream file(folder / "data.h5", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(value).flush();
  return verdict_on(folder.path());
}

TEST(Verify, PassesASoundDataSet) { EXPECT_EQ(verdict_on(make_sample(500)), "sound"); }

TEST(Verify, NamesVerdictsAndReasonsThatDoNotGoTogether) {
  Sample sample = make_sample(50);
  const std::size_t i = find(sample, Reason::utf8);
  sample.records[i].row.verdict = Verdict::removed;
  sample.count();
  EXPECT_THAT(verdict_on(sample), AllOf(HasSubstr("record " + std::to_string(i)), HasSubstr("the verdict is removed, the reason 'utf8'")));

  sample = make_sample(50);
  sample.records[find(sample, Reason::gopher_words_min)].row.verdict = Verdict::quarantined;
  sample.count();
  EXPECT_THAT(verdict_on(sample), HasSubstr("the verdict is quarantined, the reason 'gopher_words_min'"));

  sample = make_sample(50);
  sample.records[find(sample, Reason::gopher_words_min)].row.reason = Reason::none;
  sample.count();
  --sample.provenance.by_reason[0];  // the writer's own count
  ++sample.provenance.by_reason[1];
  EXPECT_THAT(verdict_on(sample), HasSubstr("the verdict is removed, the reason ''"));
}

TEST(Verify, NamesDuplicatesOfRecordsThatWereNotKept) {
  Sample sample = make_sample(50);
  const std::size_t duplicate = find(sample, Reason::near);
  const std::size_t filtered = find(sample, Reason::gopher_words_min);
  sample.records[duplicate].row.kept = filtered;
  EXPECT_THAT(verdict_on(sample), HasSubstr("record " + std::to_string(duplicate) + " was removed for record " + std::to_string(filtered)));
  sample.records[duplicate].row.kept = 50;
  EXPECT_THAT(verdict_on(sample), HasSubstr("the kept record is 50, there are 50"));
  sample.records[duplicate].row.kept = kNoRecord;
  EXPECT_THAT(verdict_on(sample), HasSubstr("the reason is 'near', the kept record 18446744073709551615"));
}

TEST(Verify, NamesSimilaritiesThatCannotBe) {
  Sample sample = make_sample(50);
  const std::size_t i = find(sample, Reason::near);
  sample.records[i].row.similarity = {101, 100};
  EXPECT_THAT(verdict_on(sample), HasSubstr("the similarity is above 1"));
  sample = make_sample(50);
  sample.records[find(sample, Reason::none)].row.similarity = {1, 2};
  EXPECT_THAT(verdict_on(sample), HasSubstr("a similarity, but no kept record"));
}

TEST(Verify, NamesPlacesOutOfOrder) {
  Sample sample = make_sample(50);
  sample.records[7].row.offset = 0;
  EXPECT_THAT(verdict_on(sample), HasSubstr("record 7: file 0 offset 0 comes after"));
  sample = make_sample(50);
  sample.records[49].row.file = 3;
  EXPECT_THAT(verdict_on(sample), HasSubstr("record 49: it is of file 3, there are 3"));
}

TEST(Verify, NamesSourcesThatAreNotThere) {
  Sample sample = make_sample(50);
  sample.provenance.sources.push_back("third");
  sample.records[20].row.source = 2;
  EXPECT_EQ(verdict_on(sample), "sound");
  EXPECT_THAT(verdict_after(sample, "/ledger/source", 40, 9), HasSubstr("/ledger/source: row 20: there is no source 9"));
}

TEST(Verify, NamesCountsThatDiffer) {
  const Sample sample = make_sample(50);
  std::size_t compared = 0;
  for (const auto& [column, message] : {std::pair("records", "50 records, but"),
                                        {"kept", "documents, but"},
                                        {"removed", "records removed, but"},
                                        {"quarantined", "records quarantined, but"},
                                        {"tokens", "tokens, but"},
                                        {"by_reason", "records of reason '', but"}}) {
    EXPECT_THAT(verdict_after(sample, std::string("/provenance/") + column, 7, 1), HasSubstr(message));
    ++compared;
  }
  EXPECT_EQ(compared, 6u);
}

TEST(Verify, NamesOffsetsThatDoNotFit) {
  const Sample sample = make_sample(50);
  const std::uint64_t last = 8 * 50;
  EXPECT_THAT(verdict_after(sample, "/ledger/own_id_start", 0, 1), HasSubstr("/ledger/own_id_start: row 0 is 1, not 0"));
  EXPECT_THAT(verdict_after(sample, "/ledger/own_id_start", 8 * 7 + 3, 1), HasSubstr("/ledger/own_id_start: rows 6 and 7 are"));
  Sample no_last_id = sample;
  no_last_id.records[49].own_id = "x";
  EXPECT_THAT(verdict_after(no_last_id, "/ledger/own_id_start", last, static_cast<char>((no_last_id.shape().record_id_bytes - 1) & 0xff)),
              HasSubstr("/ledger/own_id_start: ends with"));
}

TEST(Verify, NamesTokensOutsideTheVocabularyAndDocumentsWithoutAnEnd) {
  Sample sample = make_sample(50);
  const std::size_t i = find(sample, Reason::none);
  sample.records[i].tokens[0] = 50'257;
  EXPECT_THAT(verdict_on(sample), HasSubstr("document 0 has token 50257, the vocabulary 50257 entries"));
  sample = make_sample(50);
  sample.records[i].tokens.back() = 11;
  EXPECT_THAT(verdict_on(sample), HasSubstr("document 0 ends with token 11, not with the end-of-text 50256"));
  sample.records[i].tokens.clear();
  sample.count();
  EXPECT_THAT(verdict_on(sample), HasSubstr("document 0 has no token"));
}

TEST(Verify, ReadsDocumentsLongerThanItsBuffers) {
  Sample sample = make_sample(20);
  std::vector<std::uint32_t>& tokens = sample.records[find(sample, Reason::none)].tokens;
  tokens.insert(tokens.begin(), (5u << 20) + 3, 7);
  sample.count();
  EXPECT_EQ(verdict_on(sample), "sound");
  tokens[4u << 20] = 60'000;
  EXPECT_THAT(verdict_on(sample), HasSubstr("has token 60000"));
}

TEST(Verify, FindsEveryChangedByteOfEveryColumn) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const std::string path = folder / "data.h5";
  write_sample(make_sample(12), path, {}, *world);
  const std::string page = read_file(std::string(QUERN_SOURCE_DIR) + "/docs/formats/dataset.md");
  std::vector<std::pair<std::string, std::pair<std::uint64_t, std::uint64_t>>> columns;
  {
    const Hdf5File file = Hdf5File::open(path);
    for (std::size_t at = page.find("| `/"); at != std::string::npos; at = page.find("| `/", at + 1)) {
      std::string name = page.substr(at + 3, page.find('`', at + 3) - at - 3);
      if (const std::size_t any = name.find("<name>"); any != std::string::npos) name.replace(any, 6, "length");
      if (name == "/" || name == "/documents" || !file.has(name)) continue;
      const Hdf5Dataset column = file.dataset(name);
      columns.push_back({name, {column.byte_offset(), column.rows() * column.elements_per_row() * column.type().bytes}});
    }
  }
  ASSERT_EQ(columns.size(), 50u);
  const std::string whole = read_file(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::size_t flips = 0;
  for (const auto& [name, place] : columns) {
    // Every byte of the short columns, every seventh of the long ones.
    for (std::uint64_t i = 0; i < place.second; i += place.second < 64 ? 1 : 7, ++flips) {
      const std::size_t at = place.first + i;
      file.seekp(static_cast<std::streamoff>(at));
      file.put(static_cast<char>(whole[at] ^ (1 << (flips % 8)))).flush();
      EXPECT_NE(verdict_on(path), "sound") << name << " byte " << i;
      file.seekp(static_cast<std::streamoff>(at));
      file.put(whole[at]).flush();
    }
  }
  EXPECT_GT(flips, 500u);
  EXPECT_EQ(verdict_on(path), "sound");
}

TEST(Verify, FindsAClusterSizeThatTheLedgerContradicts) {
  Sample sample = make_sample(50);
  const std::size_t i = find(sample, Reason::none);
  ++sample.records[i].cluster_size;
  EXPECT_THAT(verdict_on(sample), HasSubstr("/documents/cluster_size is not what /ledger/kept says"));
  sample.records[i].cluster_size = 0;
  EXPECT_THAT(verdict_on(sample), HasSubstr("/documents/cluster_size: row 0 is 0"));
}

TEST(Verify, SurvivesChangesOfTheFilesStructure) {
  // HDF5's own bytes: a change is found, or it is in bytes that mean nothing; it never ends the program.
  const TempFolder folder;
  const auto world = single_rank_world();
  const std::string path = folder / "data.h5";
  write_sample(make_sample(3), path, {}, *world);
  const std::string whole = read_file(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::size_t found = 0, flips = 0;
  for (std::size_t at = 0; at < whole.size(); at += 11, ++flips) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(~whole[at])).flush();
    found += verdict_on(path) == "sound" ? 0 : 1;
    file.seekp(static_cast<std::streamoff>(at));
    file.put(whole[at]).flush();
  }
  EXPECT_GT(flips, 500u);
  EXPECT_GT(found, flips / 2);
  EXPECT_EQ(verdict_on(path), "sound");
}

TEST(Verify, FindsADocumentThatBelongsToNoKeptRecord) {
  // A ledger that lost a kept record, with counts and digest made to match: only the join of the two can tell.
  Sample sample = make_sample(50);
  const std::size_t i = find(sample, Reason::none);
  const TempFolder folder;
  const auto world = single_rank_world();
  write_sample(sample, folder / "data.h5", {}, *world);
  std::fstream file(folder / "data.h5", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(Hdf5File::open(folder / "data.h5").dataset("/ledger/verdict").byte_offset() + i));
  file.put(2).flush();
  EXPECT_THAT(verdict_on(folder.path()), HasSubstr("/documents/record: row 0 is " + std::to_string(i) + ", which is not a kept record"));
  EXPECT_THROW(dataset_digest(folder.path(), *world), Error);
}

TEST(Verify, FindsAKeptRecordWithoutItsDocument) {
  const Sample sample = make_sample(50);
  const std::size_t i = find(sample, Reason::utf8);
  EXPECT_THAT(verdict_after(sample, "/ledger/verdict", i, 0), HasSubstr("record " + std::to_string(i) + " is kept, but the next document"));
}

}  // namespace
}  // namespace quern
