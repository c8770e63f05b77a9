#pragma once
// The side of `cover` where documents are at home: compares, decides, and tells the owners of the document's buckets.

#include "near/cover_owner.hpp"

namespace quern {

class CoverHome {
 public:
  /// Collective: learns in which buckets of other documents each candidate is.
  CoverHome(const Buckets& buckets, const Home& home, std::size_t buffer_bytes, World& world);

  /// Collective: compares what came in.
  void take(std::span<const Pair> pairs, Comparer& comparer, std::size_t buffer_bytes, World& world);
  /// Decides the documents for which enough is known; then produce() yields what their owners must hear.
  void decide();
  bool produce(Outbox<Status>& outbox);
  std::uint64_t undecided() const { return undecided_; }

  bool has_keeper(std::size_t slot) const { return verdicts_[slot].keeper != kNoPlace; }
  /// A decision made elsewhere by the same definition; the keeper's name follows from the pairs that its owners still send.
  void accept(std::uint64_t place, bool kept);
  template <class Visit>
  void for_each_undecided(Visit visit) const {
    for (std::size_t slot = 0; slot < states_.size(); ++slot) {
      if (states_[slot] == State::undecided) visit(slot);
    }
  }
  std::vector<NearVerdict> take_verdicts();

 private:
  enum class State : std::uint8_t { undecided, kept, removed };
  struct Membership {
    std::uint32_t owner;
    std::uint64_t row;
  };
  std::span<const Membership> memberships(std::size_t slot) const {
    return std::span(memberships_).subspan(first_[slot], first_[slot + 1] - first_[slot]);
  }
  void settle(std::size_t slot, State state);

  const Home& home_;
  std::vector<std::uint64_t> first_;  ///< [candidates + 1] into memberships_
  std::vector<Membership> memberships_;
  std::vector<State> states_;
  std::vector<std::uint32_t> complete_;  ///< buckets that have sent all they have for this document
  std::vector<NearVerdict> verdicts_;
  std::vector<std::size_t> touched_;
  std::vector<std::size_t> tell_;  ///< decided, owners not told yet
  std::size_t told_ = 0;           ///< owners told of the last of them
  std::uint64_t undecided_ = 0;
};

}  // namespace quern
