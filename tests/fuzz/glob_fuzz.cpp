#include "fuzz/fuzz.hpp"
#include "plan/glob.hpp"

#include <algorithm>

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  // Pattern, zero byte, name.
  const std::size_t cut = std::min(bytes.find('\0'), size);
  const std::string path = "/" + std::string(bytes.substr(0, cut));
  const std::string_view name = bytes.substr(std::min(cut + 1, size));
  return fuzz::parse_or_refuse([&] {
    const quern::Glob glob = quern::parse_glob(path);
    for (const quern::GlobPart& part : glob.parts) quern::matches_part(part, name);
    const quern::Glob literal = quern::parse_glob("/" + quern::escaped_for_glob(name));
    for (const quern::GlobPart& part : literal.parts) fuzz::must(part.kind == quern::GlobPart::Kind::literal);
  });
}
