#pragma once
// What the fuzzing programs share: bytes become a file, and an Error is a right answer. Everything else that is thrown, crashes, hangs or takes more
// than the memory given is found by libFuzzer.

#include "quern/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace quern::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// A folder of this process, in memory where there is such a place.
const std::string& folder();
/// A file in it with these bytes; its path.
std::string file_with(const std::string& name, std::string_view bytes);

/// Aborts when `good` is false: a result that is wrong is a finding too.
void must(bool good);

template <class Parse>
int parse_or_refuse(Parse parse) {
  try {
    parse();
  } catch (const Error& error) {
    must(error.kind() != ErrorKind::internal && error.what()[0] != '\0');
  }
  return 0;
}

}  // namespace quern::fuzz
