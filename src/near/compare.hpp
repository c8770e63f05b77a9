#pragma once
// Is the similarity of two documents at or above the threshold? By sketch, and exactly where the sketch cannot tell.

#include "near/home.hpp"
#include "near/place.hpp"
#include "near/shingle_sets.hpp"
#include "quern/base/hash.hpp"
#include "quern/near/near.hpp"

#include <functional>
#include <unordered_map>
#include <utility>

namespace quern {

#pragma pack(push, 1)
/// "Compare member with leader", sent by the owner of a bucket to the member's home.
struct Pair {
  Place48 leader;
  Place48 member;
};
#pragma pack(pop)

/// At or above the threshold in millionths, compared in integers.
bool reaches(const Similarity& similarity, std::uint64_t threshold_ppm);

class Comparer {
 public:
  Comparer(NearTexts& texts, const NearSpec& spec, std::size_t budget_bytes, CheckLog* log)
      : sets_(texts, budget_bytes / 16), threshold_ppm_(spec.threshold_ppm), log_(log) {}

  /// Collective. Brings the checks that the log knows to the homes of their members.
  void recall(const Home& home, std::size_t buffer_bytes, World& world);

  struct Document {
    std::uint64_t place;
    const Sketch& sketch;
    const SpoolRef& ref;
  };
  /// The similarity by which the pair is decided.
  Similarity compare(const Document& leader, const Document& member);
  bool similar(const Similarity& similarity) const { return reaches(similarity, threshold_ppm_); }

  /// Collective. Calls visit(pair, member's slot, similarity) for those of this rank's pairs that still matter (`wanted` says so just
  /// before), leaders ascending. Each leader's sketch is fetched once from its home. Pairs may repeat.
  void compare_all(std::vector<Pair> pairs, const Home& home, const std::function<bool(const Pair&, std::size_t)>& wanted,
                   const std::function<void(const Pair&, std::size_t, const Similarity&)>& visit, std::size_t buffer_bytes, World& world);

  std::uint64_t comparisons = 0;
  std::uint64_t exact_checks = 0;

 private:
  struct HashOfPlaces {
    std::size_t operator()(const std::pair<std::uint64_t, std::uint64_t>& places) const noexcept {
      return static_cast<std::size_t>(mix64(places.first * 0x9E3779B97F4A7C15u + places.second));
    }
  };

  ShingleSets sets_;
  std::uint64_t threshold_ppm_;
  CheckLog* log_;
  std::unordered_map<std::pair<std::uint64_t, std::uint64_t>, Similarity, HashOfPlaces> known_;  // by leader and member
};

}  // namespace quern
