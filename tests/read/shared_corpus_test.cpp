#include "quern/read/reader.hpp"
#include "quern/store/file.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <sstream>

namespace quern {
namespace {

/// A row of the table "JSONL files" of the corpus's README: | file | documents | JSONL bytes | text bytes | …
struct CorpusFile {
  std::string path;
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;
  std::uint64_t text_bytes = 0;
};

std::vector<CorpusFile> corpus_files() {
  const std::string root = QUERN_SHARED_DATA "/";
  if (!path_exists(root + "README.md")) {
    std::printf("no %sREADME.md: this is left out\n", root.c_str());
    return {};
  }
  std::istringstream readme(read_file(root + "README.md"));
  std::vector<CorpusFile> files;
  for (std::string line; std::getline(readme, line);) {
    std::istringstream cells(line);
    CorpusFile file;
    std::string bar;
    if (cells >> bar >> file.path >> bar >> file.documents >> bar >> file.bytes >> bar >> file.text_bytes &&
        file.path.find(".jsonl.") != std::string::npos) {
      file.path = root + file.path;
      files.push_back(file);
    }
  }
  EXPECT_GT(files.size(), 15u);
  return files;
}

struct Sums {
  std::uint64_t documents = 0;
  std::uint64_t bad = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t end = 0;
  bool operator==(const Sums&) const = default;
};

Sums read_in(const CorpusFile& file, std::uint64_t pieces) {
  Job job;
  job.input.resize(1);
  const std::uint64_t size = std::filesystem::file_size(file.path);
  Sums sums;
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const Unit unit{i, 0, {{0, 0, file.path, "name", size, size * i / pieces, size * (i + 1) / pieces}}};
    const auto read = read_unit(unit, job, [&](const Record& record) {
      ++(record.bad == Reason::none ? sums.documents : sums.bad);
      sums.text_bytes += record.text.size();
    });
    EXPECT_EQ(read.at(0).first, sums.end);
    sums.end = read.at(0).end;
  }
  return sums;
}

TEST(SharedCorpus, IsReadToTheLastDocumentWholeAndInPieces) {
  for (const CorpusFile& file : corpus_files()) {
    const Sums expected{file.documents, 0, file.text_bytes, file.bytes};
    EXPECT_EQ(read_in(file, 1), expected) << file.path;
    EXPECT_EQ(read_in(file, 3), expected) << file.path;
  }
}

TEST(SharedCorpus, FilesThatAreNoJsonLinesGiveBadRecordsOnly) {
  Job job;
  job.input.resize(1);
  std::size_t files = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(QUERN_SHARED_DATA "/badinput", error)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    for (const InputFormat format : {InputFormat::jsonl, InputFormat::text}) {
      job.input[0].format = format;
      std::uint64_t last = 0;
      const std::uint64_t size = entry.file_size();
      read_unit({0, 0, {{0, 0, entry.path(), "name", size, 0, size}}}, job, [&](const Record& record) {
        EXPECT_GE(record.offset, last);
        last = record.offset;
        if (format == InputFormat::jsonl) {
          EXPECT_NE(record.bad, Reason::none) << entry.path() << " " << record.offset;
        }
        EXPECT_NE(record.bad, Reason::io);
      });
    }
  }
  if (files == 0) std::printf("no files in %s/badinput: this is left out\n", QUERN_SHARED_DATA);
}

}  // namespace
}  // namespace quern
