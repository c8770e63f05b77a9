#pragma once
// Which duplicates a job removes.

#include <cstdint>
#include <optional>

namespace quern {

enum class Resolve { cover, components };
enum class Keep { first, longest };

struct NearSpec {
  std::uint32_t ngram = 5;
  std::uint32_t bands = 14;
  std::uint32_t rows = 8;
  std::uint64_t threshold_ppm = 800'000;
  Resolve resolve = Resolve::cover;
  Keep keep = Keep::first;
  std::uint64_t seed = 1;
};

struct DedupSpec {
  bool exact = true;
  std::optional<NearSpec> near;
};

}  // namespace quern
