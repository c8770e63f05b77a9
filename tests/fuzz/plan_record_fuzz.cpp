#include "fuzz/fuzz.hpp"
#include "quern/plan/plan_record.hpp"

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  return fuzz::parse_or_refuse([&] {
    const quern::PlanRecord record = quern::plan_record_from_json(bytes);
    const quern::PlanRecord again = quern::plan_record_from_json(quern::to_json(record));
    fuzz::must(quern::to_json(again) == quern::to_json(record));
    quern::changed_times(record, again);
    quern::PlanRecord other;
    other.job = "{}";
    fuzz::must(quern::differences(record, other).size() < 100);
  });
}
