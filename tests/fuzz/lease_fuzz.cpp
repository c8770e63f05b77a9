#include "fuzz/fuzz.hpp"
#include "quern/store/lease.hpp"

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  return fuzz::parse_or_refuse([&] {
    fuzz::file_with("lease.1", bytes.empty() ? std::string_view("host") : bytes);
    quern::lease_holder(fuzz::folder());
    quern::lease_is_held(fuzz::folder(), std::chrono::milliseconds(0));
  });
}
