#include "engine/dedup.hpp"

#include "engine/keep_order.hpp"
#include "engine/pause_point.hpp"
#include "engine/sources.hpp"
#include "engine/spool_check_log.hpp"
#include "engine/spool_near_texts.hpp"
#include "quern/base/bit_rank.hpp"
#include "quern/comm/exchange.hpp"
#include "quern/exact/equal.hpp"

#include <algorithm>

namespace quern {

namespace {

/// A record that may be kept, on its way to the rank whose part of the keep order it belongs to.
struct Candidate {
  std::uint64_t place;
  std::uint64_t record;
  Hash128 text_hash;
  Hash128 sketch_hash;
  SpoolRef ref;
  std::uint64_t has_signature;
};

/// What becomes of a candidate.
struct Outcome {
  std::uint64_t kept = kNoRecord;  ///< a record number
  Similarity similarity;
  std::uint64_t reason = 0;  ///< as Reason; none: it is kept
};

/// Candidates whose places lie in one rank's part of the keep order, and every question about a place.
class KeepOrder {
 public:
  KeepOrder(const Records& records, const std::vector<std::uint64_t>& places, const Setup& setup, std::size_t buffer_bytes, World& world)
      : starts_(records.starts), buffer_bytes_(buffer_bytes), world_(world) {
    fetch(records, places, setup);
  }

  const std::vector<Candidate>& candidates() const { return candidates_; }
  std::size_t slot_of(std::uint64_t place) const {
    return slots_.count_below(place - starts_[static_cast<std::size_t>(world_.rank())]);
  }
  /// Collective. `column` has a value per candidate; returns the values at the given places, wherever they are.
  template <class T>
  std::vector<T> look_up(const std::vector<T>& column, const std::vector<std::uint64_t>& places) const {
    return ask<T>(
        std::span<const std::uint64_t>(places),
        [&](std::uint64_t place) { return static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), place) - starts_.begin()) - 1; },
        [&](std::uint64_t place) { return column[slot_of(place)]; }, buffer_bytes_, world_);
  }

 private:
  void fetch(const Records& records, const std::vector<std::uint64_t>& places, const Setup& setup);

  const std::vector<std::uint64_t>& starts_;
  std::size_t buffer_bytes_;
  World& world_;
  std::vector<Candidate> candidates_;  // by place
  BitRank slots_;
};

std::vector<Candidate> own_candidates(const Records& records, const std::vector<std::uint64_t>& places, const Setup& setup) {
  std::vector<Candidate> own;
  SpoolReader spool(setup.spool_home, records.phase);
  std::size_t i = 0;
  for (const UnitPlace& unit : records.units) {
    spool.for_each_block(unit, {.signatures = true}, [&](const SpoolBlock& block) {
      for (const SpoolRow& row : block.rows) {
        const bool signed_too = row.signature != kNoSignature;
        if (records.is_alive(i)) {
          own.push_back({places[i], records.first + i, row.text_hash, signed_too ? unpack_sketch_hash(block.signature_of(row)) : Hash128{},
                         records.ref[i], signed_too ? 1u : 0u});
        }
        ++i;
      }
    });
  }
  return own;
}

void KeepOrder::fetch(const Records& records, const std::vector<std::uint64_t>& places, const Setup& setup) {
  const std::vector<Candidate> own = own_candidates(records, places, setup);
  std::size_t next = 0;
  exchange_rows<Candidate>(
      buffer_bytes_,
      [&](Outbox<Candidate>& outbox) {
        for (; next < own.size() && !outbox.full(); ++next) {
          outbox.add(static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), own[next].place) - starts_.begin()) - 1, own[next]);
        }
        return next < own.size();
      },
      [&](std::span<const Candidate> came) { candidates_.insert(candidates_.end(), came.begin(), came.end()); }, world_);
  const auto by_place = [](const Candidate& a, const Candidate& b) { return a.place < b.place; };
  // Kept in input order, they come in that order.
  if (!std::is_sorted(candidates_.begin(), candidates_.end(), by_place)) std::sort(candidates_.begin(), candidates_.end(), by_place);
  std::vector<std::uint64_t> places_here;
  for (const Candidate& candidate : candidates_) places_here.push_back(candidate.place);
  const auto rank = static_cast<std::size_t>(world_.rank());
  slots_ = BitRank(places_here, starts_[rank], starts_[rank + 1] - starts_[rank]);
}

/// For each candidate the first one in keep order with the same text.
std::vector<std::uint64_t> first_of_text(const KeepOrder& order, const Setup& setup, std::size_t budget, World& world) {
  std::vector<Hash128> keys;
  std::vector<std::uint64_t> places;
  for (const Candidate& candidate : order.candidates()) {
    keys.push_back(candidate.text_hash);
    places.push_back(candidate.place);
  }
  return setup.job.dedup.exact ? least_of_equal(keys, places, budget, world) : places;
}

/// For each candidate the first one in keep order with an equal sketch, among the first of each text: its own place for the others.
/// An equal sketch of 256 hashes is an estimate of 1.0, which decides only where it is beyond the margin.
std::vector<std::uint64_t> first_of_sketch(const KeepOrder& order, const std::vector<std::uint64_t>& original, const NearSpec& near,
                                           std::size_t budget, World& world) {
  std::vector<std::uint64_t> first(original.size());
  std::vector<Hash128> keys;
  std::vector<std::uint64_t> places;
  for (std::size_t i = 0; i < original.size(); ++i) {
    const Candidate& candidate = order.candidates()[i];
    first[i] = candidate.place;
    if (original[i] != candidate.place || candidate.has_signature == 0 || near.threshold_ppm + kMarginPpm >= 1'000'000) continue;
    keys.push_back(candidate.sketch_hash);
    places.push_back(candidate.place);
  }
  const std::vector<std::uint64_t> least = least_of_equal(keys, places, budget, world);
  for (std::size_t i = 0; i < places.size(); ++i) first[order.slot_of(places[i])] = least[i];
  return first;
}

/// Verdicts of the near step for each candidate; only the first of each text and sketch takes part.
std::vector<NearVerdict> near_verdicts(const KeepOrder& order, const std::vector<std::uint64_t>& original, const std::vector<std::uint64_t>& twin,
                                       const Records& records, const std::vector<std::uint64_t>& places, const Setup& setup, WorkFolder& work,
                                       NearCounts& counts, World& world) {
  NearHome home{records.starts, {}, {}};
  std::vector<std::uint8_t> takes_part(order.candidates().size(), 0);
  for (std::size_t i = 0; i < takes_part.size(); ++i) {
    const Candidate& candidate = order.candidates()[i];
    if (candidate.has_signature == 0 || original[i] != candidate.place || twin[i] != candidate.place) continue;
    takes_part[i] = 1;
    home.places.push_back(candidate.place);
    home.refs.push_back(candidate.ref);
  }
  // The signatures are read where the records are at home, which need not be where their places are.
  std::vector<std::uint64_t> alive;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records.is_alive(i)) alive.push_back(places[i]);
  }
  const std::vector<std::uint8_t> answers = order.look_up(takes_part, alive);
  std::vector<std::uint8_t> candidate(records.size(), 0);
  for (std::size_t i = 0, at = 0; i < records.size(); ++i) {
    if (records.is_alive(i)) candidate[i] = answers[at++];
  }
  SpoolNearTexts texts(setup, records, candidate, places);
  SpoolCheckLog checks(setup, work, world);
  const auto found = remove_near(texts, home, *setup.job.dedup.near, setup.job.memory_per_rank / 2, counts, world, &checks);
  checks.finish();
  pause_point("checked", world);
  std::vector<NearVerdict> verdicts(order.candidates().size());
  for (std::size_t i = 0; i < found.size(); ++i) verdicts[order.slot_of(home.places[i])] = found[i];
  return verdicts;
}

/// Follows each candidate to its original text, that text's first of the sketch, and that one's keeper.
std::vector<Outcome> resolve(const KeepOrder& order, const std::vector<std::uint64_t>& original, const std::vector<std::uint64_t>& twin,
                             const std::vector<NearVerdict>& verdicts) {
  const std::vector<std::uint64_t> twin_of_original = order.look_up(twin, original);
  const std::vector<NearVerdict> verdict_of_twin = order.look_up(verdicts, twin_of_original);
  std::vector<Outcome> outcomes(order.candidates().size());
  std::vector<std::uint64_t> keepers(outcomes.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::uint64_t place = order.candidates()[i].place;
    const NearVerdict& near = verdict_of_twin[i];
    keepers[i] = near.keeper != kNoPlace ? near.keeper : twin_of_original[i];
    if (keepers[i] == place) continue;
    const bool same_text = keepers[i] == original[i];
    outcomes[i].reason = static_cast<std::uint64_t>(same_text ? Reason::exact : Reason::near);
    if (near.keeper != kNoPlace) outcomes[i].similarity = near.similarity;
    else outcomes[i].similarity = same_text ? Similarity{1, 1} : Similarity{kSketchHashes - 1, kSketchHashes - 1};
  }
  std::vector<std::uint64_t> record_numbers;
  for (const Candidate& candidate : order.candidates()) record_numbers.push_back(candidate.record);
  const std::vector<std::uint64_t> keeper_records = order.look_up(record_numbers, keepers);
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i].kept = keeper_records[i];
  return outcomes;
}

void write_down(Records& records, const KeepOrder& order, const std::vector<Outcome>& outcomes, const std::vector<std::uint64_t>& places) {
  std::vector<std::uint64_t> alive;
  std::vector<std::size_t> index;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records.is_alive(i)) continue;
    alive.push_back(places[i]);
    index.push_back(i);
  }
  const std::vector<Outcome> found = order.look_up(outcomes, alive);
  for (std::size_t k = 0; k < index.size(); ++k) {
    const auto reason = static_cast<Reason>(found[k].reason);
    if (reason == Reason::none) continue;
    records.verdict[index[k]] = Verdict::removed;
    records.reason[index[k]] = reason;
    records.kept[index[k]] = found[k].kept;
    records.similarity[index[k]] = found[k].similarity;
  }
}

}  // namespace

NearCounts remove_duplicates(Records& records, const Setup& setup, WorkFolder& work, World& world) {
  NearCounts counts;
  const DedupSpec& dedup = setup.job.dedup;
  if (!dedup.exact && !dedup.near) return counts;
  const std::size_t budget = setup.job.memory_per_rank / 4;
  const std::size_t buffer_bytes = setup.job.memory_per_rank / 32;
  const auto places = keep_order(records, setup, buffer_bytes, world);
  const KeepOrder order(records, places, setup, buffer_bytes, world);
  const std::vector<std::uint64_t> original = first_of_text(order, setup, budget, world);
  pause_point("exact done", world);
  std::vector<std::uint64_t> twin = original;
  std::vector<NearVerdict> verdicts(order.candidates().size());
  if (dedup.near) {
    twin = first_of_sketch(order, original, *dedup.near, budget, world);
    verdicts = near_verdicts(order, original, twin, records, places, setup, work, counts, world);
  }
  write_down(records, order, resolve(order, original, twin, verdicts), places);
  keep_floors(records, places, setup, world);
  return counts;
}

}  // namespace quern
