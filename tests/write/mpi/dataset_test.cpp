#include "mpi_test.hpp"
#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/store/file.hpp"
#include "quern/write/verify.hpp"
#include "write/sample_dataset.hpp"
#include "write/together.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>

namespace quern {
namespace {

using test::make_sample;
using test::Sample;
using test::TempFolder;
using test::world;
using test::write_sample;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// One folder for all ranks; gone when the last rank is done with it.
class SharedFolder {
 public:
  SharedFolder() {
    if (world().is_root()) folder_ = std::make_unique<TempFolder>();
    path_ = folder_ ? folder_->path() : "";
    world().broadcast_bytes(path_);
  }
  ~SharedFolder() { world().barrier(); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::unique_ptr<TempFolder> folder_;
  std::string path_;
};

void write_alone(const Sample& sample, const std::string& path) {
  const auto alone = single_rank_world();
  if (world().is_root()) write_sample(sample, path, {}, *alone);
  world().barrier();
}

std::string failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(SharedDataset, IsTheSameBytesAsOneWrittenByOneRankWithoutMpi) {
  const SharedFolder folder;
  std::size_t compared = 0;
  for (const std::size_t records : {0u, 1u, 2u, 4u, 2000u}) {
    for (const std::uint64_t vocab_size : {50'257u, 100'277u}) {
      const Sample sample = make_sample(records, vocab_size);
      write_alone(sample, folder / "alone.h5");
      const std::string expected = read_file(folder / "alone.h5");
      for (const test::WritePlan plan : {test::WritePlan{1000, false, false}, {13, true, false}, {500, false, true}}) {
        write_sample(sample, folder / "shared.h5", plan, world());
        EXPECT_TRUE(read_file(folder / "shared.h5") == expected) << records << " records, batches of " << plan.batch;
        ++compared;
        world().barrier();  // before the next one replaces it
      }
    }
  }
  EXPECT_EQ(compared, 30u);
}

TEST(SharedDataset, IsTheSameBytesWhenAnotherWriterGoesOn) {
  const SharedFolder folder;
  const Sample sample = make_sample(2000);
  write_alone(sample, folder / "alone.h5");
  const std::string path = folder / "shared.h5";
  const auto ranks = static_cast<std::size_t>(world().size()), rank = static_cast<std::size_t>(world().rank());
  const std::size_t first = 2000 * rank / ranks, middle = 2000 * (2 * rank + 1) / (2 * ranks), end = 2000 * (rank + 1) / ranks;
  DatasetPart part;
  {
    DatasetWriter writer(path, sample.shape(), sample.provenance, world());
    test::detail::write_batch(sample, first, middle, writer);
    part = writer.take_part();
    writer.sync();
  }  // not closed: as if it had been killed
  EXPECT_THROW(DatasetReader{path}, Error);
  DatasetWriter writer(path, sample.shape(), sample.provenance, world(), DatasetWriter::Begin::go_on);
  test::detail::write_batch(sample, middle, end, writer);
  writer.add_part(part);
  if (world().is_root()) test::detail::write_files(sample, writer);
  ContentDigest digest;
  for (std::size_t i = first; i < end; ++i) sample.add_to(digest, i);
  writer.close(sum_of_hashes(digest.partial(), world()), world());
  EXPECT_TRUE(read_file(path) == read_file(folder / "alone.h5"));
  verify_dataset(path, world());
}

TEST(SharedDataset, IsTheSameShardsHoweverManyRanksWriteThem) {
  const SharedFolder folder;
  std::size_t compared = 0;
  for (const std::uint64_t vocab_size : {50'257u, 100'277u}) {
    const Sample sample = make_sample(500, vocab_size);
    const std::string alone = folder / fmt::format("alone{}", vocab_size), shared = folder / fmt::format("shared{}", vocab_size);
    if (world().is_root()) {
      std::filesystem::create_directory(alone);
      std::filesystem::create_directory(shared);
      write_sample(sample, alone + "/data.h5", {.shard_tokens = 700}, *single_rank_world());
    }
    world().barrier();
    write_sample(sample, shared + "/data.h5", {.shard_tokens = 700}, world());
    world().barrier();
    for (const auto& file : std::filesystem::directory_iterator(alone)) {
      EXPECT_TRUE(read_file(shared + "/" + file.path().filename().string()) == read_file(file.path())) << file.path();
      ++compared;
    }
    verify_dataset(shared, world());
  }
  EXPECT_GT(compared, 10u);
}

TEST(SharedDataset, AMissingShardIsNamedOnAllRanks) {
  const SharedFolder folder;
  write_sample(make_sample(500), folder / "data.h5", {.shard_tokens = 700}, world());
  world().barrier();
  if (world().is_root()) std::filesystem::remove(folder / shard_name(4));
  world().barrier();
  EXPECT_THAT(failure_of([&] { verify_dataset(folder / "data.h5", world()); }), AllOf(HasSubstr(shard_name(4)), HasSubstr("the shard is missing")));
}

TEST(SharedDataset, CannotGoOnWithAnotherShape) {
  const SharedFolder folder;
  const Sample sample = make_sample(100), other = make_sample(101);
  { const DatasetWriter writer(folder / "shared.h5", sample.shape(), sample.provenance, world()); }
  EXPECT_THAT(failure_of([&] {
                DatasetWriter(folder / "shared.h5", other.shape(), other.provenance, world(), DatasetWriter::Begin::go_on);
              }),
              HasSubstr("has another shape"));
}

TEST(SharedDataset, IsVerifiedAndDigestedByAllRanksAlike) {
  const SharedFolder folder;
  for (const std::size_t records : {0u, 1u, 4u, 3000u}) {
    const Sample sample = make_sample(records);
    write_sample(sample, folder / "data.h5", {}, world());
    verify_dataset(folder / "data.h5", world());
    EXPECT_EQ(dataset_digest(folder / "data.h5", world()), sample.digest());
    const auto alone = single_rank_world();
    EXPECT_EQ(dataset_digest(folder / "data.h5", *alone), sample.digest());
    world().barrier();
  }
}

TEST(SharedDataset, VerifyFailsOnAllRanksWhenOneFindsDamage) {
  const SharedFolder folder;
  const Sample sample = make_sample(1000);
  for (const std::uint64_t record : {0u, 500u, 999u}) {
    write_sample(sample, folder / "data.h5", {}, world());
    if (world().is_root()) {
      std::fstream file(folder / "data.h5", std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(Hdf5File::open(folder / "data.h5").dataset("/ledger/verdict").byte_offset() + record));
      file.put(7);
    }
    world().barrier();
    const std::string expected = "/ledger/verdict: row " + std::to_string(record) + ": there is no verdict 7";
    EXPECT_THAT(failure_of([&] { verify_dataset(folder / "data.h5", world()); }), HasSubstr(expected));
    EXPECT_THAT(failure_of([&] { dataset_digest(folder / "data.h5", world()); }), HasSubstr(expected));
    world().barrier();
  }
}

TEST(SharedDataset, FindsADocumentThatNoSharesKeptRecordHas) {
  // Documents whose records do not rise: ranks would begin at the wrong ones.
  const SharedFolder folder;
  const Sample sample = make_sample(1000);
  write_sample(sample, folder / "data.h5", {}, world());
  if (world().is_root()) {
    std::fstream file(folder / "data.h5", std::ios::in | std::ios::out | std::ios::binary);
    const std::uint64_t n = sample.shape().n_docs;
    file.seekp(
        static_cast<std::streamoff>(Hdf5File::open(folder / "data.h5").dataset("/documents/record").byte_offset() + 8 * (n / 2) + 7));
    file.put('\x7f');
  }
  world().barrier();
  EXPECT_THAT(failure_of([&] { verify_dataset(folder / "data.h5", world()); }), HasSubstr("document"));
}

TEST(SharedDataset, CannotBeMadeByAllRanksAlike) {
  const SharedFolder folder;
  const Sample sample = make_sample(10);
  const std::string nowhere = folder / "no/such/folder.h5";
  EXPECT_THAT(failure_of([&] { DatasetWriter writer(nowhere, sample.shape(), sample.provenance, world()); }),
              HasSubstr("create failed: No such file or directory"));
}

TEST(Together, ThrowsTheFirstFailureOnAllRanks) {
  const int last = world().size() - 1;
  together(world(), [] {});
  EXPECT_EQ(failure_of([&] {
              together(world(), [&] {
                if (world().rank() == last) fail(ErrorKind::store, "disk of rank {}", last);
              });
            }),
            "disk of rank " + std::to_string(last));
  try {
    together(world(), [&] { throw std::runtime_error("rank " + std::to_string(world().rank())); });
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::internal);
    EXPECT_STREQ(error.what(), "rank 0");
  }
}

TEST(SharedDataset, RefusesRanksThatDisagree) {
  if (world().size() == 1) return;
  const SharedFolder folder;
  Sample sample = make_sample(10);
  if (world().rank() == world().size() - 1) sample.provenance.plan_digest = "another";
  EXPECT_THAT(failure_of([&] { DatasetWriter writer(folder / "x.h5", sample.shape(), sample.provenance, world()); }),
              HasSubstr("ranks differ"));
}

TEST(SharedDataset, LeavesAFileThatReadersRefuseWhenItIsNotClosed) {
  const SharedFolder folder;
  const Sample sample = make_sample(10);
  { const DatasetWriter writer(folder / "data.h5", sample.shape(), sample.provenance, world()); }
  world().barrier();
  EXPECT_THAT(failure_of([&] { DatasetReader reader(folder / "data.h5"); }), HasSubstr("did not finish"));
}

TEST(SharedDataset, ARankThatGivesUpDoesNotWaitForTheOthers) {
  const SharedFolder folder;
  const Sample sample = make_sample(10);
  auto writer = std::make_unique<DatasetWriter>(folder / "data.h5", sample.shape(), sample.provenance, world());
  if (world().is_root()) writer.reset();
  world().barrier();  // would never be reached by a root that closes a shared file
  EXPECT_EQ(writer == nullptr, world().is_root());
}

TEST(SharedDataset, FailsOnAllRanksWhenOneLeavesRowsOut) {
  const SharedFolder folder;
  const Sample sample = make_sample(10);
  DatasetWriter writer(folder / "data.h5", sample.shape(), sample.provenance, world());
  if (world().is_root()) test::detail::write_batch(sample, 0, 9, writer);
  if (world().is_root()) test::detail::write_files(sample, writer);
  EXPECT_THAT(failure_of([&] { writer.close(sample.digest(), world()); }), HasSubstr("9 of 10 records"));
}

}  // namespace
}  // namespace quern
