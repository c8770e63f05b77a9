#pragma once
// How much of each source a job keeps.

#include <cstdint>
#include <string>

namespace quern {

/// One entry of `sources`. Its place in the list is its priority: the first is best.
struct SourceSpec {
  std::string name;
  std::uint64_t weight_ppm = 0;                   ///< share of the text, held against those of other sources with a weight; 0: takes no part
  std::uint64_t sample_ppm = 1'000'000;           ///< part of its documents that is kept
  std::uint64_t max_documents = UINT64_MAX;
  std::uint64_t max_bytes = UINT64_MAX;           ///< of text
  std::uint64_t floor_documents = 0;              ///< as many are left by deduplication
  std::uint64_t floor_share_ppm = 0;              ///< such a part of its documents is left by deduplication
  std::uint64_t repeat_ppm = 1'000'000;           ///< how often a document of it stands in the data set
};

}  // namespace quern
