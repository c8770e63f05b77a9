#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/write/verify.hpp"
#include "sample_dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

namespace quern {
namespace {

using test::make_sample;
using test::Sample;
using test::TempFolder;
using test::write_sample;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<std::uint32_t> tokens_of(const Sample& sample) {
  std::vector<std::uint32_t> tokens;
  for (const Sample::Record& record : sample.records) tokens.insert(tokens.end(), record.tokens.begin(), record.tokens.end());
  return tokens;
}

void write_sharded(const Sample& sample, const std::string& folder, std::uint64_t shard_tokens) {
  const auto world = single_rank_world();
  std::filesystem::create_directories(folder);
  write_sample(sample, folder + "/data.h5", {.shard_tokens = shard_tokens}, *world);
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::check) << error.what();
    return error.what();
  }
  return "no error";
}

std::string verdict_on(const std::string& folder) {
  return error_of([&] {
    const auto world = single_rank_world();
    verify_dataset(folder, *world);
  });
}

std::vector<std::uint32_t> read_all(const std::string& folder) {
  const DatasetReader reader(folder);
  std::vector<std::uint32_t> tokens(reader.shape().n_tokens);
  reader.tokens(0, tokens);
  return tokens;
}

TEST(Shards, ReadAsOneArrayHoweverTheyAreCut) {
  std::size_t compared = 0;
  for (const std::uint64_t vocab_size : {50'257u, 100'277u}) {
    const Sample sample = make_sample(400, vocab_size);
    const std::vector<std::uint32_t> expected = tokens_of(sample);
    // One token each would be many files; one that ends with the last token; one larger than the data set.
    for (const std::uint64_t shard_tokens : {std::uint64_t{97}, std::uint64_t{expected.size() / 3}, std::uint64_t{expected.size()}, std::uint64_t{1'000'000}}) {
      const TempFolder folder;
      write_sharded(sample, folder.path(), shard_tokens);
      EXPECT_EQ(read_all(folder.path()), expected);
      EXPECT_EQ(verdict_on(folder.path()), "no error");
      const DatasetReader reader(folder.path());
      EXPECT_EQ(reader.shards()->shards().size(), (expected.size() + shard_tokens - 1) / shard_tokens);
      EXPECT_EQ(reader.content_digest(), sample.digest());
      std::vector<std::uint32_t> middle(expected.size() / 2);
      reader.tokens(expected.size() / 4, middle);
      EXPECT_TRUE(std::equal(middle.begin(), middle.end(), expected.begin() + static_cast<std::ptrdiff_t>(expected.size() / 4)));
      ++compared;
    }
  }
  EXPECT_EQ(compared, 8u);
}

TEST(Shards, ManyChunksReadAsOneArray) {
  Sample sample = make_sample(20, 100'277);
  for (Sample::Record& record : sample.records) {
    if (record.row.verdict != Verdict::kept) continue;
    record.tokens.assign(50'000, 0);
    for (std::size_t i = 0; i + 1 < record.tokens.size(); ++i) record.tokens[i] = static_cast<std::uint32_t>(mix64(i) % 90'000);
    record.tokens.back() = static_cast<std::uint32_t>(sample.provenance.end_of_text);
  }
  sample.count();
  const TempFolder folder;
  write_sharded(sample, folder.path(), 200'000);
  EXPECT_EQ(read_all(folder.path()), tokens_of(sample));
  EXPECT_EQ(verdict_on(folder.path()), "no error");
}

TEST(Shards, OfNoTokensAreNone) {
  const TempFolder folder;
  write_sharded(make_sample(0), folder.path(), 100);
  EXPECT_EQ(DatasetReader(folder.path()).shards()->shards().size(), 0u);
  EXPECT_EQ(verdict_on(folder.path()), "no error");
}

class DamagedShards : public ::testing::Test {
 protected:
  void SetUp() override { write_sharded(sample_, folder_.path(), 500); }
  std::string shard(std::uint64_t number) const { return folder_ / shard_name(number); }
  std::string reading() const {
    return error_of([&] { (void)read_all(folder_.path()); });
  }
  static void flip(const std::string& path, std::uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 1)).flush();
    ASSERT_TRUE(file.good());
  }

  const Sample sample_ = make_sample(200);
  const TempFolder folder_;
};

TEST_F(DamagedShards, OneThatIsMissingIsNeverReadAsFillValues) {
  std::filesystem::remove(shard(2));
  EXPECT_THAT(reading(), AllOf(HasSubstr(shard(2)), HasSubstr("the shard is missing")));
  EXPECT_THAT(verdict_on(folder_.path()), HasSubstr(shard(2)));
}

TEST_F(DamagedShards, TwoThatWereExchangedAreNamed) {
  std::filesystem::rename(shard(1), folder_ / "other");
  std::filesystem::rename(shard(2), shard(1));
  std::filesystem::rename(folder_ / "other", shard(2));
  EXPECT_THAT(reading(), AllOf(HasSubstr(shard(1)), HasSubstr("holds shard 2"), HasSubstr("it should be shard 1")));
  EXPECT_THAT(verdict_on(folder_.path()), HasSubstr("files were exchanged"));
}

TEST_F(DamagedShards, OneOfAnotherDataSetIsNamed) {
  Sample other = sample_;
  other.provenance.plan_digest = "f123456789abcdef0123456789abcdef";
  write_sharded(other, folder_ / "other", 500);
  std::filesystem::copy_file(folder_ / ("other/" + shard_name(1)), shard(1), std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(reading(), AllOf(HasSubstr(shard(1)), HasSubstr("a shard of another data set")));
}

TEST_F(DamagedShards, NoByteCanChangeUnnoticed) {
  const std::string path = shard(1);
  const std::uint64_t bytes = std::filesystem::file_size(path);
  std::size_t seen = 0;
  for (std::uint64_t at = 0; at < bytes; at += 37) {
    flip(path, at);
    EXPECT_THAT(verdict_on(folder_.path()), HasSubstr(path)) << "byte " << at;
    flip(path, at);
    ++seen;
  }
  EXPECT_EQ(verdict_on(folder_.path()), "no error");
  EXPECT_GT(seen, 40u);
}

TEST_F(DamagedShards, NoByteOfWhatIsSaidOfThemCanChangeUnnoticed) {
  const std::string path = folder_ / "data.h5";
  std::vector<std::pair<std::uint64_t, std::uint64_t>> columns;
  {
    const Hdf5File file = Hdf5File::open(path);
    for (const char* name : {"name", "first_token", "tokens", "tokens_xxh3", "file_bytes", "file_xxh3", "file_sha256"}) {
      const Hdf5Dataset column = file.dataset(std::string("/shards/") + name);
      columns.emplace_back(column.byte_offset(), column.rows() * column.type().bytes);
    }
  }
  std::size_t seen = 0;
  for (const auto& [first, bytes] : columns) {
    for (std::uint64_t at = first; at < first + bytes; at += 5) {
      flip(path, at);
      EXPECT_NE(verdict_on(folder_.path()), "no error") << "byte " << at;
      flip(path, at);
      ++seen;
    }
  }
  EXPECT_EQ(verdict_on(folder_.path()), "no error");
  EXPECT_GT(seen, 100u);
}

TEST_F(DamagedShards, OneThatIsCutOffIsNamed) {
  std::filesystem::resize_file(shard(3), std::filesystem::file_size(shard(3)) / 2);
  EXPECT_THAT(reading(), HasSubstr(shard(3)));
  EXPECT_THAT(verdict_on(folder_.path()), HasSubstr(shard(3)));
}

TEST_F(DamagedShards, AShardIsNotTakenForADataSet) {
  EXPECT_THAT(error_of([&] { DatasetReader reader(shard(0)); }), HasSubstr("give the folder, or the data.h5 in it"));
}

TEST(ShardWriter, WritesTheSameBytesHoweverTokensAreGiven) {
  const Sample sample = make_sample(300);
  std::vector<std::uint16_t> tokens;
  for (const std::uint32_t token : tokens_of(sample)) tokens.push_back(static_cast<std::uint16_t>(token));
  const TempFolder folder;
  const ShardCut cut{tokens.size(), tokens.size()};
  ShardWriter writer(folder.path(), cut, sample.provenance);
  const auto written = [&](std::size_t at_once) {
    writer.begin(0);
    for (std::size_t at = 0; at < tokens.size(); at += at_once) {
      writer.add(std::span<const std::uint16_t>(tokens).subspan(at, std::min(at_once, tokens.size() - at)));
    }
    return writer.end();
  };
  const Shard first = written(tokens.size());
  EXPECT_EQ(first.file, written(1).file);
  EXPECT_EQ(first.file, written(997).file);
  EXPECT_EQ(first.file.bytes, std::filesystem::file_size(folder / shard_name(0)));
  EXPECT_TRUE(shard_is_whole(folder.path(), first));
  EXPECT_FALSE(std::filesystem::exists(folder / (shard_name(0) + ".partial")));
  std::filesystem::resize_file(folder / shard_name(0), first.file.bytes - 1);
  EXPECT_FALSE(shard_is_whole(folder.path(), first));
}

}  // namespace
}  // namespace quern
