#pragma once
// Near duplicates over the whole corpus, verified. A document is named by its place in keep order: the policy's order as dense numbers.

#include "quern/base/job.hpp"
#include "quern/base/ledger.hpp"
#include "quern/base/sketch.hpp"
#include "quern/comm/world.hpp"
#include "quern/store/spool.hpp"

#include <cstdint>
#include <vector>

namespace quern {

inline constexpr std::uint64_t kNoPlace = UINT64_MAX;

/// An estimate this near to the threshold (in millionths) is decided by the exact Jaccard of the two shingle sets:
/// 0.11 is 4.4 standard deviations of the estimate at J = 0.8.
inline constexpr std::uint64_t kMarginPpm = 110'000;

/// Documents with signatures, some at a time.
struct SignatureBatch {
  std::vector<std::uint64_t> places;
  std::vector<std::uint64_t> band_keys;  ///< bands per document; keys of different bands never agree
  std::vector<Sketch> sketches;
};

/// What the near step needs to know of texts; the engine makes it from the spool.
class NearTexts {
 public:
  virtual ~NearTexts() = default;
  /// Next documents of this rank, any that are candidates, in any order; false when there are no more. Not collective.
  virtual bool next_batch(SignatureBatch& batch) = 0;
  /// Begins again with the first batch.
  virtual void rewind() = 0;
  virtual Sketch sketch(const SpoolRef& ref) = 0;
  /// The sorted distinct shingles of a text.
  virtual void shingles(const SpoolRef& ref, std::vector<std::uint64_t>& to) = 0;
};

/// A pair that was decided by its shingle sets.
struct ExactCheck {
  std::uint64_t leader = 0, member = 0;  ///< places
  Similarity similarity;
};

/// Where exact checks are kept for a run that goes on after this one was killed. Each is a pure function of its pair: known or made again,
/// it is the same.
class CheckLog {
 public:
  virtual ~CheckLog() = default;
  /// Checks of earlier runs, some at a time, each on one rank, in any order; false when there are no more. Not collective.
  virtual bool next_known(std::vector<ExactCheck>& batch) = 0;
  /// Not collective.
  virtual void keep(const ExactCheck& check) = 0;
};

/// The candidates whose places lie in this rank's part of the keep order.
struct NearHome {
  std::vector<std::uint64_t> starts;  ///< [ranks + 1] first place of each rank's part, the same on every rank
  std::vector<std::uint64_t> places;  ///< candidates at home here, ascending
  std::vector<SpoolRef> refs;         ///< where each lies
};

struct NearVerdict {
  std::uint64_t keeper = kNoPlace;  ///< place of the kept document it is removed for
  Similarity similarity;            ///< to that document
};

struct NearCounts {
  std::uint64_t bucket_rows = 0;   ///< rows in buckets of two and more, all ranks
  std::uint64_t passes = 0;        ///< ranges of band keys taken one after another
  std::uint64_t rounds = 0;
  std::uint64_t comparisons = 0;   ///< pairs compared by sketch, all ranks
  std::uint64_t exact_checks = 0;  ///< of these, decided by their shingle sets
  std::uint64_t gathered = 0;      ///< documents decided on one rank at the end
};

/// Collective. One verdict for each of home.places, the same whatever the number of ranks, the memory bound and the schedule.
///
/// `cover`: in keep order, a document is compared, in each of its buckets, with the first 16 kept documents of that bucket; it is removed if
/// one is similar enough (the verdict names the earliest), else it is kept.
/// `components`: a document is compared, in each of its buckets, with the first 16 documents of that bucket before it; of each connected
/// component of the similar pairs the first is kept.
///
/// `log`, if there is one, is asked for exact checks that were made before and given the new ones.
///
/// Memory: rows of band keys are taken in ranges that fit `budget_bytes`; rows of buckets with two and more documents (about 20 bytes each)
/// stay, 44 bytes per candidate, and 256 per document in a bucket, unless these sketches would take more than a quarter of the budget: then
/// they are read when needed.
std::vector<NearVerdict> remove_near(NearTexts& texts, const NearHome& home, const NearSpec& spec, std::size_t budget_bytes, NearCounts& counts,
                                     World& world, CheckLog* log = nullptr);

}  // namespace quern
