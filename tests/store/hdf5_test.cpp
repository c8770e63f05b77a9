#include "quern/store/hdf5.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <numeric>

namespace quern {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Hdf5 : public ::testing::Test {
 protected:
  std::string path(const std::string& name = "a.h5") const { return folder_ / name; }

  static std::string message_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::store);
      return error.what();
    }
    return "no error";
  }

 private:
  test::TempFolder folder_;
};

template <class T>
std::vector<T> counting(std::size_t n) {
  std::vector<T> values(n);
  std::iota(values.begin(), values.end(), T{1});
  return values;
}

template <class T>
std::vector<T> rows_of(const Hdf5Dataset& dataset, std::uint64_t first, std::size_t elements) {
  std::vector<T> values(elements);
  dataset.read_rows<T>(first, values);
  return values;
}

TEST_F(Hdf5, ReadsBackNumbersOfEveryWidthWrittenInAnyOrder) {
  {
    Hdf5File file = Hdf5File::create(path(), nullptr);
    file.make_group("/g");
    Hdf5Dataset u8 = file.make_numbers("/g/u8", 1, {10});
    Hdf5Dataset u16 = file.make_numbers("/u16", 2, {10});
    Hdf5Dataset pairs = file.make_numbers("/pairs", 4, {5, 2});
    Hdf5Dataset scalar = file.make_numbers("/scalar", 8, {});
    file.flush();
    const auto bytes = counting<std::uint8_t>(10);
    u8.write_rows<std::uint8_t>(5, std::span(bytes).subspan(5));
    u8.write_rows<std::uint8_t>(0, std::span(bytes).first(5));
    u16.write_rows<std::uint16_t>(0, counting<std::uint16_t>(10));
    pairs.write_rows<std::uint32_t>(1, counting<std::uint32_t>(8));
    pairs.write_rows<std::uint32_t>(0, std::vector<std::uint32_t>{7, 9});
    scalar.write_rows<std::uint64_t>(0, std::vector<std::uint64_t>{1ull << 60});
  }
  const Hdf5File file = Hdf5File::open(path());
  EXPECT_EQ(rows_of<std::uint8_t>(file.dataset("/g/u8"), 0, 10), counting<std::uint8_t>(10));
  EXPECT_EQ(rows_of<std::uint16_t>(file.dataset("/u16"), 9, 1), std::vector<std::uint16_t>{10});
  const Hdf5Dataset pairs = file.dataset("/pairs");
  EXPECT_EQ(pairs.shape(), (std::vector<std::uint64_t>{5, 2}));
  EXPECT_EQ(rows_of<std::uint32_t>(pairs, 0, 4), (std::vector<std::uint32_t>{7, 9, 1, 2}));
  EXPECT_EQ(rows_of<std::uint64_t>(file.dataset("/scalar"), 0, 1), std::vector<std::uint64_t>{1ull << 60});
  EXPECT_TRUE(file.dataset("/scalar").shape().empty());
  EXPECT_EQ(name(pairs.type()), "u32");
}

TEST_F(Hdf5, KeepsTextsAndAttributes) {
  const std::vector<std::string> names = {"", "exact", "größe"};
  {
    Hdf5File file = Hdf5File::create(path(), nullptr);
    Hdf5Dataset texts = file.make_texts("/names", 7, {3});
    Hdf5Dataset empty = file.make_texts("/empty", 0, {});
    Hdf5Dataset none = file.make_texts("/none", 4, {0});
    file.set_attribute("/names", "about", std::string_view("names of reasons"));
    file.set_attribute("/", "blank", std::string_view());
    file.set_attribute("/", "version", std::uint64_t{3});
    file.flush();
    texts.write_texts(names);
    empty.write_texts(std::vector<std::string>{""});
    none.write_texts({});
  }
  const Hdf5File file = Hdf5File::open(path());
  EXPECT_EQ(file.dataset("/names").read_texts(), names);
  EXPECT_EQ(file.dataset("/empty").read_texts(), std::vector<std::string>{""});
  EXPECT_TRUE(file.dataset("/none").read_texts().empty());
  EXPECT_EQ(file.text_attribute("/names", "about"), "names of reasons");
  EXPECT_EQ(file.text_attribute("/", "blank"), "");
  EXPECT_EQ(file.number_attribute("/", "version"), 3u);
  EXPECT_EQ(file.number_attribute("/", "blank"), 0u);
  EXPECT_EQ(file.text_attribute("/", "version"), "");
  EXPECT_EQ(file.text_attribute("/", "absent"), "");
  EXPECT_EQ(name(file.dataset("/names").type()), "text of 7 bytes");
}

TEST_F(Hdf5, WritesAndReadsMoreThanOnePiece) {
  constexpr std::size_t kPiece = 256u << 20;
  Hdf5File file = Hdf5File::create(path(), nullptr);
  Hdf5Dataset column = file.make_numbers("/long", 1, {kPiece + 5});
  std::vector<std::uint8_t> values(kPiece + 5, 1);
  values[kPiece - 1] = 2;
  values[kPiece] = 3;
  values.back() = 4;
  column.write_rows<std::uint8_t>(0, values);
  std::fill(values.begin(), values.end(), std::uint8_t{0});
  column.read_rows<std::uint8_t>(0, values);
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[kPiece - 1], 2);
  EXPECT_EQ(values[kPiece], 3);
  EXPECT_EQ(values.back(), 4);
}

TEST_F(Hdf5, FindsObjectsAndMissesThoseThatAreNotThere) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  file.make_group("/a");
  file.make_numbers("/a/b", 1, {0});
  EXPECT_TRUE(file.has("/a"));
  EXPECT_TRUE(file.has("/a/b"));
  EXPECT_FALSE(file.has("/a/c"));
  EXPECT_FALSE(file.has("/x/y"));
}

TEST_F(Hdf5, AColumnWithoutRowsTakesNoRows) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  Hdf5Dataset column = file.make_numbers("/empty", 8, {0});
  Hdf5Dataset pairs = file.make_numbers("/pairs", 8, {0, 2});
  column.write_rows<std::uint64_t>(0, {});
  pairs.write_rows<std::uint64_t>(0, {});
  EXPECT_EQ(column.rows(), 0u);
  const std::vector<std::uint64_t> one = {1};
  EXPECT_THAT(message_of([&] { column.write_rows<std::uint64_t>(0, one); }), HasSubstr("outside its 0 rows"));
}

TEST_F(Hdf5, TheWholeFileLiesOnDiskAfterTheFlush) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  Hdf5Dataset column = file.make_numbers("/column", 8, {100'000});
  file.flush();
  const auto size = std::filesystem::file_size(path());
  EXPECT_GE(size, 800'000u);
  const Hdf5File other = Hdf5File::open(path());  // what a reader finds when the writer dies here
  EXPECT_EQ(other.dataset("/column").rows(), 100'000u);
  column.write_rows<std::uint64_t>(0, counting<std::uint64_t>(100'000));
  column = {};
  file.close();
  EXPECT_EQ(std::filesystem::file_size(path()), size);
}

TEST_F(Hdf5, ALargeColumnLiesInOnePieceFromAPageOn) {
  const auto values = counting<std::uint32_t>(50'000);
  {
    Hdf5File file = Hdf5File::create(path(), nullptr);
    file.make_numbers("/small", 1, {3});
    file.make_numbers("/none", 1, {0});
    Hdf5Dataset large = file.make_numbers("/large", 4, {50'000});
    file.flush();
    large.write_rows<std::uint32_t>(0, values);
  }
  const Hdf5File file = Hdf5File::open(path());
  const std::uint64_t offset = file.dataset("/large").byte_offset();
  EXPECT_EQ(offset % 4096, 0u);
  const std::string bytes = read_file(path());
  ASSERT_LE(offset + 200'000, bytes.size());
  EXPECT_EQ(std::memcmp(bytes.data() + offset, values.data(), 200'000), 0);
  EXPECT_EQ(file.dataset("/none").byte_offset(), UINT64_MAX);
}

TEST_F(Hdf5, TwoFilesMadeAlikeAreTheSameBytes) {
  for (const char* name : {"one.h5", "two.h5"}) {
    Hdf5File file = Hdf5File::create(path(name), nullptr);
    file.make_group("/g");
    Hdf5Dataset column = file.make_numbers("/g/c", 4, {50'000});
    file.set_attribute("/g/c", "about", std::string_view("text"));
    file.flush();
    const auto values = counting<std::uint32_t>(50'000);
    // The second is written backwards in uneven ranges.
    const bool backwards = std::string_view(name) == "two.h5";
    for (const auto& [first, n] : {std::pair<std::size_t, std::size_t>{backwards ? 33'333 : 0, backwards ? 16'667 : 50'000}, {0, 33'333}}) {
      column.write_rows<std::uint32_t>(first, std::span(values).subspan(first, n));
    }
  }
  EXPECT_EQ(read_file(path("one.h5")), read_file(path("two.h5")));
}

TEST_F(Hdf5, RefusesRangesOutsideAColumnAndHalfRows) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  Hdf5Dataset pairs = file.make_numbers("/pairs", 4, {4, 2});
  std::vector<std::uint32_t> three(3), four(4);
  EXPECT_THAT(message_of([&] { pairs.write_rows<std::uint32_t>(0, three); }), HasSubstr("/pairs: H5Dwrite: 3 values"));
  EXPECT_THAT(message_of([&] { pairs.write_rows<std::uint32_t>(3, four); }), HasSubstr("from row 3 on"));
  EXPECT_THAT(message_of([&] { pairs.read_rows<std::uint32_t>(UINT64_MAX, four); }), HasSubstr("H5Dread"));
  EXPECT_THAT(message_of([&] { pairs.write_texts({}); }), HasSubstr("it holds u32"));
}

TEST_F(Hdf5, RefusesTextsThatDoNotFit) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  Hdf5Dataset texts = file.make_texts("/t", 3, {1});
  EXPECT_THAT(message_of([&] { texts.write_texts(std::vector<std::string>{"four"}); }), HasSubstr("has 4 bytes"));
  EXPECT_THAT(message_of([&] { texts.write_texts(std::vector<std::string>{std::string(1, '\0')}); }), HasSubstr("zero"));
  EXPECT_THAT(message_of([&] { texts.write_texts({}); }), HasSubstr("0 texts for 1 rows"));
  EXPECT_THAT(message_of([&] { file.make_texts("/grid", 3, {2, 2}).read_texts(); }), HasSubstr("not a list of texts"));
  std::vector<std::uint8_t> one(1);
  EXPECT_THAT(message_of([&] { texts.read_rows<std::uint8_t>(0, one); }), HasSubstr("text of 3 bytes"));
}

TEST_F(Hdf5, SaysWhatHdf5Says) {
  EXPECT_THAT(message_of([&] { Hdf5File::open(path("absent.h5")); }), HasSubstr("absent.h5: H5Fopen failed"));
  publish_file(path("text.h5"), std::string(10'000, 'x'));
  EXPECT_THAT(message_of([&] { Hdf5File::open(path("text.h5")); }), HasSubstr("file signature not found"));
  EXPECT_THAT(message_of([&] { Hdf5File::create(path("no/such/folder.h5"), nullptr); }), HasSubstr("H5Fcreate failed"));
  Hdf5File file = Hdf5File::create(path(), nullptr);
  EXPECT_THAT(message_of([&] { file.dataset("/absent"); }), HasSubstr("a.h5: /absent: H5Dopen2 failed"));
  file.make_group("/twice");
  EXPECT_THAT(message_of([&] { file.make_group("/twice"); }), HasSubstr("already exists"));
}

TEST_F(Hdf5, OnlyBesideAFileThatIsWrittenTheDiskIsTried) {
  // The folders stand in the way of the trial, which then says so.
  std::filesystem::create_directory(path("a.h5.trial"));
  std::filesystem::create_directory(path("text.h5.trial"));
  Hdf5File file = Hdf5File::create(path(), nullptr);
  file.make_group("/twice");
  EXPECT_THAT(message_of([&] { file.make_group("/twice"); }), HasSubstr("Is a directory"));
  publish_file(path("text.h5"), std::string(10'000, 'x'));
  EXPECT_THAT(message_of([&] { Hdf5File::open(path("text.h5")); }), Not(HasSubstr("Is a directory")));
}

TEST_F(Hdf5, ATruncatedFileDoesNotOpen) {
  {
    Hdf5File file = Hdf5File::create(path(), nullptr);
    file.make_numbers("/column", 8, {100'000});
  }
  std::filesystem::resize_file(path(), 400'000);
  EXPECT_THAT(message_of([&] { Hdf5File::open(path()); }), HasSubstr("truncated file"));
}

TEST_F(Hdf5, AFullDiskIsAnErrorThatNamesTheCause) {
  // A limit on file size stands in for a full disk: the write fails the same way, with another errno.
  Hdf5File file = Hdf5File::create(path(), nullptr);
  Hdf5Dataset column = file.make_numbers("/column", 8, {1 << 20});
  file.flush();
  const auto previous_action = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit previous {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &previous), 0);
  struct rlimit limit = previous;
  limit.rlim_cur = 1 << 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const std::string message = message_of([&] { column.write_rows<std::uint64_t>(0, counting<std::uint64_t>(1 << 20)); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &previous), 0);
  std::signal(SIGXFSZ, previous_action);
  EXPECT_THAT(message, HasSubstr("/column: H5Dwrite failed"));
  EXPECT_THAT(message, HasSubstr("File too large"));
}

TEST_F(Hdf5, HandlesMoveAndCloseOnce) {
  Hdf5File first = Hdf5File::create(path("first.h5"), nullptr);
  Hdf5File second = Hdf5File::create(path("second.h5"), nullptr);
  Hdf5Dataset column = first.make_numbers("/c", 1, {1});
  column = second.make_numbers("/c", 1, {2});
  first.close();
  first.close();
  first = std::move(second);
  EXPECT_EQ(first.path(), path("second.h5"));
  Hdf5Handle nothing;
  nothing = Hdf5Handle();
  EXPECT_FALSE(nothing.is_open());
  Hdf5Handle wrong(12345, Hdf5Handle::Kind::dataset);
  EXPECT_FALSE(wrong.close());
}

TEST_F(Hdf5, TellsForeignTypesApart) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  EXPECT_EQ(name(Hdf5Type{Hdf5Type::Kind::other, 16}), "a foreign type of 16 bytes");
  EXPECT_EQ(file.make_numbers("/n", 2, {1}).type(), (Hdf5Type{Hdf5Type::Kind::number, 2}));
  EXPECT_EQ(file.make_texts("/t", 2, {1}).type(), (Hdf5Type{Hdf5Type::Kind::text, 2}));
}

TEST_F(Hdf5, AWidthThatHdf5DoesNotHaveIsABug) {
  Hdf5File file = Hdf5File::create(path(), nullptr);
  EXPECT_THROW(file.make_numbers("/odd", 3, {1}), Error);
}

}  // namespace
}  // namespace quern
