#include "fuzz/fuzz.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"

#include <vector>

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  return fuzz::parse_or_refuse([&] {
    static const std::string path = fuzz::file_with("job.yaml", "input: [{path: a}]\ntokenizer: {file: t}\noutput: {path: o}\n");
    const std::vector<std::string> sets = {std::string(bytes)};
    fuzz::must(!quern::canonical_job_json(quern::load_job(path, sets)).empty());
  });
}
