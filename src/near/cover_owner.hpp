#pragma once
// The side of `cover` that owns buckets: which documents are kept, and whom each bucket names next.

#include "near/rounds.hpp"

namespace quern {

#pragma pack(push, 1)
/// "This row's document is decided", sent by its home to the owner of each of its buckets.
struct Status {
  Place48 row;
  bool kept;
  Place48 keeper;  ///< the earliest similar leader known so far; kNone when it was decided elsewhere
};
#pragma pack(pop)

class CoverOwner {
 public:
  CoverOwner(const Buckets& buckets, const Home& home);

  /// Moves every queued bucket on as far as its members are decided.
  void advance();
  /// What advance() found: pairs to compare, and (leader == member) "every leader this bucket has for this document was sent".
  bool produce(Outbox<Pair>& outbox);
  void apply(const Status& status);
  std::uint64_t queued() const { return queue_.size(); }

  /// For each bucket that still has undecided members: number of leaders so far, number of undecided members, their places.
  std::vector<std::uint64_t> residue() const;

 private:
  enum Flag : std::uint8_t { kKept = 1, kRemoved = 2, kClosed = 4, kTold = 8 };
  struct Bucket {
    std::uint64_t next = 0;         ///< first row not passed
    std::uint64_t last_leader = 0;  ///< place
    std::uint8_t leaders = 0;
    bool queued = true;
  };

  bool decided(std::uint64_t row) const { return (flags_[row] & (kKept | kRemoved)) != 0; }
  void advance(std::size_t bucket);
  void tell_complete(std::uint64_t row);

  const Buckets& buckets_;
  const Home& home_;
  PairSource pairs_;
  std::vector<Bucket> states_;
  std::vector<std::uint8_t> flags_;  ///< per row
  std::vector<std::size_t> queue_;
  std::vector<std::uint64_t> complete_;  ///< rows to tell
};

}  // namespace quern
