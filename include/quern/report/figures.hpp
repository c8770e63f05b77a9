#pragma once
// What a finished data set looks like in figures: counts by source and reason, languages, lengths, signals, clusters of duplicates.
// A document counts as often as it stands in the data set.
// Counts are integers, summed over all ranks: the same at any number of them.

#include "quern/dataset/dataset_reader.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace quern {

class World;

/// Bin of a length: floor(4 log2(length)), four bins to an octave, by whole numbers alone. Bin b holds the lengths n with
/// 2^(b/4) <= n < 2^((b+1)/4). Lengths below 1 count as 1, those from 2^32 on as 2^32 - 1.
std::uint32_t length_bin(std::uint64_t length) noexcept;
inline constexpr std::size_t kLengthBins = 128;

struct SourceFigures {
  std::string name;
  std::vector<std::uint64_t> by_reason;  ///< records by reason code; [0]: kept
  std::uint64_t tokens = 0;              ///< of documents, the end-of-text included
  std::uint64_t documents = 0;           ///< with all copies
};

struct LanguageFigures {
  std::string label;
  std::uint64_t documents = 0, tokens = 0;
};

/// A signal over the documents. Quantiles are exact to 1/16 of their power of two.
struct SignalFigures {
  std::string name;
  std::uint64_t without = 0;             ///< documents for which it is 0 / 0
  double least = 0, most = 0;            ///< of the others; both 0 when there are none
  double p05 = 0, median = 0, p95 = 0;
  std::vector<double> edges;             ///< [bins + 1] rising; empty when no document has a value
  std::vector<std::uint64_t> counts;     ///< [bins] of values in [edges[b], edges[b + 1])
  std::uint64_t below = 0, above = 0;    ///< values outside
  bool logarithmic = false;              ///< edges are at equal ratios, not at equal distances
};

/// A kept record and all that were removed as its duplicates.
struct Cluster {
  std::uint64_t record = 0;  ///< of the kept one
  std::uint64_t size = 0;    ///< records, the kept one included
  std::string name;          ///< its own id, or <file>:<offset>
};

struct ClusterFigures {
  std::array<std::uint64_t, 64> clusters{}, records{};  ///< by bit width of size - 1: 2, 3..4, 5..8, 9..16 and so on from bin 1 on
  std::vector<Cluster> largest;                         ///< by size, then by record; at most kLargestClusters
};
inline constexpr std::size_t kLargestClusters = 24;

struct Figures {
  std::vector<SourceFigures> sources;
  std::vector<LanguageFigures> languages;  ///< most documents first, then by label; empty: the data set has no such column
  std::vector<std::uint64_t> lengths;      ///< [kLengthBins] documents by tokens, the end-of-text included
  std::uint64_t shortest = 0, longest = 0;
  std::vector<SignalFigures> signals;
  ClusterFigures clusters;
};

/// Collective: each rank reads an even share of the ledger and of the documents; the same on every rank. Reads about 25 bytes a record and
/// 12 + 16 x signals bytes a document; memory is at most 512 MiB for the sizes of clusters, 1 MiB a signal, and 0.8 kB a source.
/// Throws Error{check} for a damaged data set.
Figures measure(const DatasetReader& data, World& world);

}  // namespace quern
