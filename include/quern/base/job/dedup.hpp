#pragma once
// Which duplicates a job removes.

#include "quern/base/signal.hpp"

#include <cstdint>
#include <optional>

namespace quern {

enum class Resolve { cover, components };
/// Which of several equal or similar documents is kept. A tie is the first's in input order.
enum class Keep {
  first,
  longest,
  newest,           ///< by date; without one it is the oldest of all
  source_priority,  ///< by the place of its source in `sources`; one that is not named there comes last
  best_quality,     ///< by a signal
};

struct NearSpec {
  std::uint32_t ngram = 5;
  std::uint32_t bands = 14;
  std::uint32_t rows = 8;
  std::uint64_t threshold_ppm = 800'000;
  Resolve resolve = Resolve::cover;
  Keep keep = Keep::first;
  std::optional<Signal> quality;  ///< of Keep::best_quality
  bool lowest_quality = false;  ///< the least value is best
  std::uint64_t seed = 1;
};

struct DedupSpec {
  bool exact = true;
  std::optional<NearSpec> near;
};

}  // namespace quern
