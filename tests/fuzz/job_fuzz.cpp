#include "fuzz/fuzz.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  return fuzz::parse_or_refuse([&] {
    const quern::Job job = quern::load_job(fuzz::file_with("job.yaml", bytes), {});
    fuzz::must(!quern::canonical_job_json(job).empty());
  });
}
