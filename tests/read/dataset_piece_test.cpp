#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/store/hdf5.hpp"
#include "read/pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace quern {
namespace {

using test::Reading;
using test::Row;
using ::testing::HasSubstr;

constexpr std::uint16_t kEnd = 256;

/// A data set whose tokens are bytes; documents of source "web" and "books" by turns.
class SmallDataset {
 public:
  SmallDataset(const std::string& path, const std::vector<std::string>& texts, const std::string& digest) : file_(Hdf5File::create(path, nullptr)) {
    std::vector<std::uint16_t> tokens, sources;
    std::vector<std::uint64_t> starts, records, id_starts, places;
    std::string ids;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      starts.push_back(tokens.size());
      records.push_back(i);
      id_starts.push_back(ids.size());
      places.insert(places.end(), {0, i});
      sources.push_back(static_cast<std::uint16_t>(i % 2));
      ids += "id" + std::to_string(i);
      for (const char c : texts[i]) tokens.push_back(static_cast<unsigned char>(c));
      tokens.push_back(kEnd);
    }
    starts.push_back(tokens.size());
    id_starts.push_back(ids.size());
    const std::uint64_t n = texts.size();
    const DatasetShape shape{tokens.size(), n, ids.size(), n, ids.size(), 1, 1, 0};
    file_.set_attribute("/", "format", kFormatName);
    file_.set_attribute("/", "format_version", kFormatVersion);
    for (const char* group : kDatasetGroups) file_.make_group(group);
    for (const ColumnSpec& spec : dataset_columns(shape, 2, {kReasonNames.size(), 2, 0, 0, 0})) {
      Hdf5Dataset column = spec.is_text ? file_.make_texts(spec.path, spec.bytes ? spec.bytes : 40, spec.shape) : file_.make_numbers(spec.path, spec.bytes, spec.shape);
      switch (spec.column) {
        case Column::data: column.write_rows<std::uint16_t>(0, tokens); break;
        case Column::doc_start: column.write_rows<std::uint64_t>(0, starts); break;
        case Column::doc_record: column.write_rows<std::uint64_t>(0, records); break;
        case Column::doc_place: column.write_rows<std::uint64_t>(0, places); break;
        case Column::doc_source: column.write_rows<std::uint16_t>(0, sources); break;
        case Column::doc_id_start: column.write_rows<std::uint64_t>(0, id_starts); break;
        case Column::doc_id_bytes: column.write_rows<std::uint8_t>(0, {reinterpret_cast<std::uint8_t*>(ids.data()), ids.size()}); break;
        case Column::vocab_size: number(column, 257); break;
        case Column::end_of_text: number(column, kEnd); break;
        case Column::verdict_names: column.write_texts(verdict_names()); break;
        case Column::reason_names: column.write_texts(reason_names()); break;
        case Column::sources: column.write_texts(std::vector<std::string>{"web", "books"}); break;
        case Column::content_digest: column.write_texts(std::vector<std::string>{digest}); break;
        case Column::seal:
        case Column::tokenizer_digest: column.write_texts(std::vector<std::string>{std::string(32, '0')}); break;
        default: break;  // what is not read of it
      }
    }
    file_.flush();
    file_.close();
  }

 private:
  static void number(Hdf5Dataset& column, std::uint64_t value) { column.write_rows(0, std::span<const std::uint64_t>(&value, 1)); }
  Hdf5File file_;
};

class Datasets : public test::Reader {
 protected:
  Datasets() {
    path_ = folder_ / "data.h5";
    job_.input[0].format = InputFormat::dataset;
    open_decoder_ = [](const DatasetReader&) {
      return [](std::span<const std::uint32_t> ids) {
        std::string text;
        for (const std::uint32_t id : ids) text += static_cast<char>(id);
        return text;
      };
    };
  }

  void write_dataset(const std::vector<std::string>& texts, const std::string& digest = std::string(32, 'a')) { SmallDataset(path_, texts, digest); }
};

std::vector<std::string> texts(std::size_t n) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < n; ++i) made.push_back(std::string(i * 7 % 50, 'x') + std::to_string(i));
  return made;
}

TEST_F(Datasets, GiveTheirDocumentsWithIdAndSource) {
  write_dataset({"one", "two \u00e9", ""});
  const Reading reading = read();
  ASSERT_EQ(reading.rows.size(), 3u);
  Row second{1, Reason::none, "two \u00e9", "id1", ""};
  second.source = "books";
  EXPECT_EQ(reading.rows[1], second);
  EXPECT_EQ(reading.rows[2].text, "");
  EXPECT_EQ(reading.rows[2].source, "web");
  write_dataset({});
  EXPECT_EQ(read().rows.size(), 0u);
}

TEST_F(Datasets, AreTheSameForEveryCut) {
  write_dataset(texts(3000));
  const Reading whole = read();
  ASSERT_EQ(whole.rows.size(), 3000u);
  const std::uint64_t size = std::filesystem::file_size(path_);
  std::size_t both = 0;
  for (std::uint64_t cut = 1; cut < size; cut += size / 23) {
    both += check_cut(whole, {cut}) ? 1 : 0;
    check_cut(whole, {cut, std::min(cut + 1, size - 1), std::min(cut + 5000, size - 1)}, true);
  }
  EXPECT_GT(both, 15u);
}

TEST_F(Datasets, GiveTooLongAndForeignTextsAsBadRecords) {
  write_dataset({"0123456789", "0123456789a", "b\xff", std::string(600'000, 'z'), "c"});
  job_.max_document_bytes = 10;
  const Reading reading = read();
  ASSERT_EQ(reading.rows.size(), 5u);
  EXPECT_EQ(reading.rows[0].bad, Reason::none);
  EXPECT_EQ(reading.rows[1].bad, Reason::size);
  EXPECT_EQ(reading.rows[2].bad, Reason::utf8);
  EXPECT_EQ(reading.rows[3].bad, Reason::size);
  EXPECT_EQ(reading.rows[3].own_id, "id3");
  EXPECT_EQ(reading.rows[4].text, "c");
}

template <class Call>
void expect_error(Call call, ErrorKind kind, const std::string& message) {
  try {
    call();
    ADD_FAILURE() << "no error: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

TEST_F(Datasets, ThatAreNotFinishedOrNotWholeAreRefused) {
  write_dataset({"a"}, "");
  expect_error([&] { read(); }, ErrorKind::check, "did not finish");
  write(std::string(100, 'x'));
  expect_error([&] { read(); }, ErrorKind::check, "not an HDF5 file");
  write_dataset({"a"});
  open_decoder_ = [](const DatasetReader&) { return [](std::span<const std::uint32_t>) -> std::string { fail(ErrorKind::check, "no such id"); }; };
  expect_error([&] { read(); }, ErrorKind::check, "document 0: no such id");
}

TEST_F(Datasets, ThatWereChangedEndTheRun) {
  write_dataset({"a"});
  const std::uint64_t size = std::filesystem::file_size(path_);
  Piece changed = piece(0, size + 1, size + 1);
  UnitReader reader(job_, open_decoder_);
  expect_error([&] { reader.read({0, 0, {changed}}, [](const Record&) {}); }, ErrorKind::input, "was changed");
}

}  // namespace
}  // namespace quern
