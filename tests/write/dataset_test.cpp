#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/store/file.hpp"
#include "quern/store/hdf5.hpp"
#include "quern/write/dataset_writer.hpp"
#include "quern/write/verify.hpp"
#include "sample_dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <tuple>

namespace quern {
namespace {

using test::make_sample;
using test::Sample;
using test::TempFolder;
using test::write_sample;
using ::testing::HasSubstr;

std::string failure_of(const std::function<void()>& action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(Dataset, ReadsBackEveryColumnAsWritten) {
  for (const std::uint64_t vocab_size : {50'257u, 65'536u, 65'537u, 200'000u}) {
    const TempFolder folder;
    const auto world = single_rank_world();
    const Sample sample = make_sample(300, vocab_size);
    write_sample(sample, folder / "data.h5", {}, *world);
    const DatasetReader reader(folder.path());
    EXPECT_EQ(reader.token_bytes(), vocab_size > 65'536 ? 4u : 2u);
    EXPECT_EQ(reader.shape(), sample.shape());
    EXPECT_EQ(reader.provenance(), sample.provenance);
    EXPECT_EQ(reader.content_digest(), sample.digest());
    const LedgerPart ledger = reader.ledger(0, 300);
    ASSERT_EQ(ledger.rows.size(), 300u);
    const DocumentPart documents = reader.documents(0, reader.shape().n_docs);
    std::size_t d = 0;
    for (std::size_t i = 0; i < 300; ++i) {
      const Sample::Record& record = sample.records[i];
      EXPECT_EQ(ledger.own_ids[i], record.own_id);
      const LedgerRow& row = ledger.rows[i];
      EXPECT_EQ(std::tuple(row.verdict, row.reason, row.source, row.file, row.offset, row.kept),
                std::tuple(record.row.verdict, record.row.reason, record.row.source, record.row.file, record.row.offset, record.row.kept));
      EXPECT_EQ(row.similarity, record.row.similarity);
      if (record.row.verdict != Verdict::kept) continue;
      std::vector<std::uint32_t> tokens(documents.start[d + 1] - documents.start[d]);
      reader.tokens(documents.start[d], tokens);
      EXPECT_EQ(tokens, record.tokens);
      EXPECT_EQ(documents.record[d], i);
      EXPECT_EQ(documents.own_ids[d], record.own_id);
      EXPECT_EQ(documents.source[d], record.row.source);
      EXPECT_EQ(documents.place[d], (RecordPlace{record.row.file, record.row.offset}));
      ++d;
    }
    EXPECT_EQ(d, reader.shape().n_docs);
    EXPECT_GT(d, 100u);
    const FilePart files = reader.files(0, 3);
    EXPECT_EQ(files.names[1], sample.files[1].name);
    EXPECT_EQ(files.entry, (std::vector<std::uint16_t>{0, 0, 1}));
    verify_dataset(folder.path(), *world);
    EXPECT_EQ(dataset_digest(folder / "data.h5", *world), sample.digest());
  }
}

TEST(Dataset, IsTheSameBytesForAnyCutAndOrderOfWrites) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const Sample sample = make_sample(1000);
  write_sample(sample, folder / "a.h5", {1000, false, false}, *world);
  write_sample(sample, folder / "b.h5", {3, true, false}, *world);
  EXPECT_TRUE(read_file(folder / "a.h5") == read_file(folder / "b.h5"));
}

TEST(Dataset, MayBeEmptyInEveryWay) {
  const auto world = single_rank_world();
  Sample none_kept = make_sample(20);
  for (Sample::Record& record : none_kept.records) {
    record.row.verdict = Verdict::quarantined;
    record.row.reason = Reason::json;
    record.row.kept = kNoRecord;
    record.row.similarity = {};
    record.own_id.clear();
    record.tokens.clear();
  }
  none_kept.count();
  Sample files_only = make_sample(0);
  files_only.files = {{0, "empty.jsonl"}};
  for (const Sample& sample : {make_sample(0), make_sample(1), none_kept, files_only}) {
    const TempFolder folder;
    write_sample(sample, folder / "data.h5", {}, *world);
    verify_dataset(folder.path(), *world);
    EXPECT_EQ(dataset_digest(folder.path(), *world), sample.digest());
    EXPECT_EQ(DatasetReader(folder.path()).shape(), sample.shape());
  }
}

TEST(Dataset, KeepsAJobOfAnyLength) {
  const TempFolder folder;
  const auto world = single_rank_world();
  Sample sample = make_sample(3);
  sample.provenance.job = std::string(200'000, 'j');  // an attribute could not hold this
  sample.provenance.quern_version.clear();
  sample.provenance.sources = {"", "b"};
  write_sample(sample, folder / "data.h5", {}, *world);
  EXPECT_EQ(DatasetReader(folder.path()).provenance(), sample.provenance);
  verify_dataset(folder.path(), *world);
}

TEST(Dataset, ReadsLongIdsInPartsOfBoundedSize) {
  const TempFolder folder;
  const auto world = single_rank_world();
  Sample sample = make_sample(3);
  for (Sample::Record& record : sample.records) record.own_id = std::string(40u << 20, 'x');
  write_sample(sample, folder / "data.h5", {1, false, false}, *world);
  const DatasetReader reader(folder.path());
  EXPECT_EQ(reader.ledger(0, 3).rows.size(), 1u);
  EXPECT_EQ(reader.ledger(1, 2).own_ids[0].size(), 40u << 20);
  verify_dataset(folder.path(), *world);
}

TEST(DatasetWriter, RefusesCountsThatDoNotAddUp) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const Sample sample = make_sample(30);
  const auto failure = [&](const std::function<void(Provenance&)>& change) {
    Provenance wrong = sample.provenance;
    change(wrong);
    return failure_of([&] { DatasetWriter(folder / "x.h5", sample.shape(), wrong, *world); }, ErrorKind::check);
  };
  for (std::uint64_t Provenance::*count :
       {&Provenance::records, &Provenance::kept, &Provenance::removed, &Provenance::quarantined, &Provenance::tokens}) {
    EXPECT_THAT(failure([&](Provenance& p) { ++(p.*count); }), HasSubstr("counts do not add up"));
  }
  EXPECT_THAT(failure([](Provenance& p) { ++p.by_reason[3]; }), HasSubstr("31 by reason"));
  EXPECT_THAT(failure([](Provenance& p) { --p.by_reason[0], ++p.by_reason[3]; }), HasSubstr("counts by reason"));
  EXPECT_THAT(failure([](Provenance& p) { p.by_reason.push_back(0); }), HasSubstr("counts by reason"));
  EXPECT_THAT(failure([](Provenance& p) { ++p.end_of_text; }), HasSubstr("end-of-text id 50257 is outside"));
  EXPECT_FALSE(path_exists(folder / "x.h5"));
}

TEST(DatasetWriter, RefusesToCloseWhatIsNotFull) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const Sample sample = make_sample(30);
  DatasetWriter writer(folder / "data.h5", sample.shape(), sample.provenance, *world);
  test::detail::write_files(sample, writer);
  test::detail::write_batch(sample, 0, 29, writer);
  EXPECT_THAT(failure_of([&] { writer.close(sample.digest(), *world); }, ErrorKind::internal), HasSubstr("29 of 30 records"));
  test::detail::write_batch(sample, 29, 30, writer);
  writer.close(sample.digest(), *world);
  verify_dataset(folder.path(), *world);
}

TEST(DatasetWriter, RefusesRowsThatDoNotFitTogether) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const Sample sample = make_sample(30);
  DatasetWriter writer(folder / "data.h5", sample.shape(), sample.provenance, *world);
  const std::vector<std::uint32_t> wide = {1};
  EXPECT_THAT(failure_of([&] { writer.write_tokens(0, std::span(wide)); }, ErrorKind::internal),
              HasSubstr("tokens of 4 bytes for /data of 2"));
  const std::vector<LedgerRow> rows(2);
  const std::vector<std::uint64_t> one = {0};
  EXPECT_THAT(failure_of([&] { writer.write_ledger(0, rows, {one, "x"}); }, ErrorKind::internal), HasSubstr("1 texts for 2 rows"));
  EXPECT_THAT(failure_of([&] { writer.write_ledger(29, rows, {}); }, ErrorKind::store), HasSubstr("/ledger/verdict"));
  EXPECT_THAT(failure_of([&] { writer.write_documents(0, {one, {}, {}, {}, {}}); }, ErrorKind::internal), HasSubstr("different lengths"));
}

TEST(DatasetWriter, SaysWhereItCannotWrite) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const Sample sample = make_sample(3);
  EXPECT_THAT(failure_of([&] { write_sample(sample, folder / "no/data.h5", {}, *world); }, ErrorKind::store), HasSubstr("no/data.h5"));
}

TEST(DatasetReader, RefusesAFileWhoseRunDidNotFinish) {
  const TempFolder folder;
  const auto world = single_rank_world();
  const Sample sample = make_sample(30);
  {
    DatasetWriter writer(folder / "data.h5", sample.shape(), sample.provenance, *world);
    test::detail::write_batch(sample, 0, 30, writer);
  }
  EXPECT_THAT(failure_of([&] { DatasetReader reader(folder.path()); }, ErrorKind::check), HasSubstr("did not finish"));
}

TEST(DatasetReader, RefusesForeignAndAbsentFiles) {
  const TempFolder folder;
  const auto open = [&](const std::string& name) { return [&folder, name] { DatasetReader reader(folder / name); }; };
  EXPECT_THAT(failure_of(open("absent.h5"), ErrorKind::store), HasSubstr("is not there"));
  EXPECT_THAT(failure_of([&] { DatasetReader reader(folder.path()); }, ErrorKind::store), HasSubstr("data.h5"));
  publish_file(folder / "text.h5", std::string(5000, 'x'));
  EXPECT_THAT(failure_of(open("text.h5"), ErrorKind::check), HasSubstr("not an HDF5 file"));
  publish_file(folder / "empty.h5", "");
  EXPECT_THAT(failure_of(open("empty.h5"), ErrorKind::check), HasSubstr("not an HDF5 file"));
  Hdf5File::create(folder / "foreign.h5", nullptr).make_numbers("/data", 2, {10});
  EXPECT_THAT(failure_of(open("foreign.h5"), ErrorKind::check), HasSubstr("not a data set of quern"));
  {
    Hdf5File newer = Hdf5File::create(folder / "newer.h5", nullptr);
    newer.set_attribute("/", "format", std::string_view("quern data set"));
    newer.set_attribute("/", "format_version", kFormatVersion + 1);
  }
  EXPECT_THAT(failure_of(open("newer.h5"), ErrorKind::check), HasSubstr("use a newer quern"));
  {
    Hdf5File bare = Hdf5File::create(folder / "bare.h5", nullptr);
    bare.set_attribute("/", "format", std::string_view("quern data set"));
    bare.set_attribute("/", "format_version", std::uint64_t{1});
  }
  EXPECT_THAT(failure_of(open("bare.h5"), ErrorKind::check), HasSubstr("/data is missing"));
}

/// A file with every dataset of the format, but one of them changed.
void write_with_one_wrong(const std::string& path, Column wrong, const std::function<void(ColumnSpec&)>& change) {
  Hdf5File file = Hdf5File::create(path, nullptr);
  file.set_attribute("/", "format", kFormatName);
  file.set_attribute("/", "format_version", kFormatVersion);
  for (const char* group : kDatasetGroups) file.make_group(group);
  DatasetShape shape;
  shape.n_docs = shape.n_records = shape.n_files = 5;
  for (ColumnSpec& spec : dataset_columns(shape, 2, {kReasonNames.size(), 1, 0, 0, 0})) {
    if (spec.column == wrong) change(spec);
    spec.is_text ? file.make_texts(spec.path, spec.bytes, spec.shape) : file.make_numbers(spec.path, spec.bytes, spec.shape);
  }
}

TEST(DatasetReader, NamesTheDatasetOfAWrongTypeOrShape) {
  const TempFolder folder;
  const std::string path = folder / "data.h5";
  const auto failure = [&] { return failure_of([&] { DatasetReader reader(path); }, ErrorKind::check); };
  std::size_t columns = 0;
  for (const ColumnSpec& spec : dataset_columns({}, 2, {kReasonNames.size(), 1, 0, 0, 0})) {
    write_with_one_wrong(path, spec.column, [](ColumnSpec& s) { s = {s.column, s.path, !s.is_text, 8, s.shape, s.about}; });
    EXPECT_THAT(failure(), HasSubstr(std::string(spec.path) + ": holds ")) << spec.path;
    write_with_one_wrong(path, spec.column, [](ColumnSpec& s) { s.shape.push_back(3); });
    EXPECT_THAT(failure(), HasSubstr(std::string(spec.path) + ": shape (")) << spec.path;
    ++columns;
  }
  constexpr std::size_t kThatNeedNotBe = 23;  // languages, metadata, signals, flags, clusters, copies, splits, versions, digests of files and shards
  EXPECT_EQ(columns, kColumns - kThatNeedNotBe);
  write_with_one_wrong(path, Column::doc_start, [](ColumnSpec& s) { s.shape = {5}; });
  EXPECT_THAT(failure(), HasSubstr("/documents/start: shape (5), by the other datasets it should be (6)"));
  write_with_one_wrong(path, Column::count_, [](ColumnSpec&) {});
  EXPECT_THAT(failure(), HasSubstr("did not finish"));
}

TEST(DatasetReader, RefusesATruncatedFileAtAnyLength) {
  const TempFolder folder;
  const auto world = single_rank_world();
  write_sample(make_sample(200), folder / "whole.h5", {}, *world);
  const std::string whole = read_file(folder / "whole.h5");
  std::size_t cuts = 0;
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 17, ++cuts) {
    publish_file(folder / "cut.h5", std::string_view(whole).substr(0, size));
    EXPECT_THAT(failure_of([&] { DatasetReader reader(folder / "cut.h5"); }, ErrorKind::check), HasSubstr("cut.h5")) << size;
  }
  EXPECT_GE(cuts, 17u);
}

TEST(DatasetFormat, IsDocumentedDatasetByDataset) {
  const TempFolder folder;
  const auto world = single_rank_world();
  Sample sample = make_sample(3);
  const std::uint64_t documents = sample.shape().n_docs;
  sample.provenance.order = DocumentOrder{true, true, documents, {"train", "validation"}, {0, documents, documents}};
  write_sample(sample, folder / "data.h5", {.shard_tokens = 10}, *world);
  const std::string page = read_file(std::string(QUERN_SOURCE_DIR) + "/docs/formats/dataset.md");
  const Hdf5File file = Hdf5File::open(folder / "data.h5");
  std::size_t documented = 0;
  for (std::size_t at = page.find("| `/"); at != std::string::npos; at = page.find("| `/", at + 1)) {
    std::string name = page.substr(at + 3, page.find('`', at + 3) - at - 3);
    if (const std::size_t any = name.find("<name>"); any != std::string::npos) name.replace(any, 6, "length");
    if (name == "/" || name == "/documents") continue;  // an attribute
    ASSERT_TRUE(file.has(name)) << name;
    EXPECT_NE(file.text_attribute(name, "about"), "") << name;
    ++documented;
  }
  EXPECT_EQ(documented, 61u);
}

}  // namespace
}  // namespace quern
