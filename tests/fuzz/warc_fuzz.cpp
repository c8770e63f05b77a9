#include "fuzz/fuzz.hpp"
#include "quern/base/hash.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

namespace {

quern::Job archive_job() {
  quern::Job job;
  job.input.resize(1);
  job.input[0].format = quern::InputFormat::warc;
  job.max_document_bytes = 4u << 20;
  return job;
}

struct Sum {
  quern::Hash128 digest;
  std::uint64_t records = 0, passed = 0;
  bool operator==(const Sum&) const = default;
};

/// A hash of all records, read in pieces that end at these places.
Sum read(quern::UnitReader& reader, const std::string& path, std::uint64_t size, std::initializer_list<std::uint64_t> ends) {
  quern::Hasher128 hasher;
  Sum sum;
  std::uint64_t begin = 0;
  for (const std::uint64_t end : ends) {
    const quern::Unit unit{0, 0, {{0, 0, path, "name", size, begin, end}}};
    begin = end;
    const auto pieces = reader.read(unit, [&](const quern::Record& record) {
      for (const std::string_view text : {record.text, record.own_id, record.url, record.date, record.message}) {
        fuzz::must(quern::is_valid_utf8(text));
        hasher.add(text);
      }
      hasher.add_value(record.offset);
      hasher.add_value(std::uint64_t(record.bad));
      ++sum.records;
    });
    for (const std::uint64_t passed : pieces.at(0).passed_over) sum.passed += passed;
  }
  sum.digest = hasher.digest();
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 10) return 0;  // nobody cuts so small a file
  static const quern::Job job = archive_job();
  static quern::UnitReader reader(job);
  const std::string path = fuzz::file_with("input", fuzz::as_text(data, size));
  return fuzz::parse_or_refuse([&] {
    const Sum whole = read(reader, path, size, {size});
    // Nothing is lost in silence: of a plain file something is told, unless it holds nothing but line ends.
    const std::string_view bytes = fuzz::as_text(data, size);
    const bool plain = quern::detect_compression(bytes.substr(0, quern::kMagicBytes)) == quern::Compression::none;
    fuzz::must(!plain || bytes.find_first_not_of("\r\n") == std::string_view::npos || whole.records + whole.passed > 0);
    fuzz::must(read(reader, path, size, {size / 2, size}) == whole);
    fuzz::must(read(reader, path, size, {size / 5, size / 3, size / 3 + 1, size}) == whole);
  });
}
