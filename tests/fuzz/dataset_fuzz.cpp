#include "fuzz/fuzz.hpp"
#include "quern/dataset/dataset_reader.hpp"

#include <algorithm>
#include <vector>

namespace fuzz = quern::fuzz;

namespace {

constexpr std::uint64_t kRows = 4096;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  return fuzz::parse_or_refuse([&] {
    const quern::DatasetReader reader(fuzz::file_with("data.h5", bytes));
    const quern::DatasetShape& shape = reader.shape();
    for (std::uint64_t at = 0; at < shape.n_records;) {
      const quern::LedgerPart part = reader.ledger(at, std::min(kRows, shape.n_records - at));
      for (const quern::LedgerRow& row : part.rows) reader.reason_name(row, at), reader.source_name(row.source, at);
      fuzz::must(!part.rows.empty());
      at += part.rows.size();
    }
    for (std::uint64_t at = 0; at < shape.n_docs;) {
      const quern::DocumentPart part = reader.documents(at, std::min(kRows, shape.n_docs - at));
      fuzz::must(!part.record.empty());
      at += part.record.size();
    }
    for (std::uint64_t at = 0; at < shape.n_files;) {
      const quern::FilePart part = reader.files(at, std::min(kRows, shape.n_files - at));
      fuzz::must(!part.entry.empty());
      at += part.entry.size();
    }
    std::vector<std::uint32_t> tokens(std::min(kRows, shape.n_tokens));
    reader.tokens(0, tokens);
  });
}
