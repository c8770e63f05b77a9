#include "fuzz/fuzz.hpp"
#include "quern/base/job.hpp"
#include "quern/read/reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace fuzz = quern::fuzz;

namespace {

std::vector<std::string> read(const std::string& path, std::uint64_t size, std::vector<std::uint64_t> cuts, const quern::Job& job, bool by_one_reader) {
  std::vector<std::string> rows;
  quern::UnitReader reader(job);
  std::uint64_t begin = 0;
  cuts.push_back(size);
  for (const std::uint64_t cut : cuts) {
    if (cut <= begin && size > 0) continue;
    if (!by_one_reader) reader = quern::UnitReader(job);
    reader.read({0, 0, {{0, 0, path, "n", size, begin, cut}}}, [&](const quern::Record& record) {
      rows.push_back(std::to_string(record.offset) + ' ' + std::string(quern::name(record.bad)) + ' ' + std::string(record.text) + ' ' +
                     std::to_string(record.untrusted_from) + ' ' + std::to_string(record.untrusted_to));
    });
    begin = cut;
  }
  return rows;
}

}  // namespace

/// A file of text blocks, plain or compressed, cut at two places that the first bytes say: the records do not depend on it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  quern::Job job;
  job.input.resize(1);
  job.input[0].format = data[0] & 1 ? quern::InputFormat::text_blocks : quern::InputFormat::jsonl;
  job.max_document_bytes = data[0] & 2 ? 8 : 1u << 20;
  const std::string bytes(fuzz::as_text(data + 3, size - 3));
  const std::string path = fuzz::file_with("blocks", bytes);
  std::vector<std::uint64_t> cuts = {data[1] * bytes.size() / 256, data[2] * bytes.size() / 256};
  std::ranges::sort(cuts);
  return fuzz::parse_or_refuse([&] {
    const auto whole = read(path, bytes.size(), {}, job, false);
    fuzz::must(read(path, bytes.size(), cuts, job, false) == whole);
    fuzz::must(read(path, bytes.size(), cuts, job, true) == whole);
  });
}
