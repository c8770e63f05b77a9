#include "engine/token_units.hpp"

#include "quern/base/hash.hpp"
#include "quern/comm/world.hpp"

#include <cstring>
#include <string>
#include <type_traits>

namespace quern {

namespace {

static_assert(sizeof(Verdict) == 1 && std::is_trivially_copyable_v<TokenUnit>);

/// Units with their verdicts, for one rank after the other.
class Parcels {
 public:
  explicit Parcels(std::size_t ranks) : counts_(ranks, 0) {}

  /// Ranks never fall from one call to the next.
  void add(const TokenUnit& unit, std::span<const Verdict> verdicts, std::size_t rank) {
    bytes_ += as_bytes(std::span<const TokenUnit>(&unit, 1));
    bytes_ += as_bytes(verdicts);
    counts_[rank] += sizeof unit + verdicts.size();
  }
  /// Collective. What the others have for this rank.
  std::string exchange(World& world) const {
    std::vector<std::uint64_t> received;
    return world.all_to_all_bytes(bytes_, counts_, received);
  }

 private:
  std::string bytes_;
  std::vector<std::uint64_t> counts_;
};

TokenUnits unpack(std::string_view bytes) {
  TokenUnits all;
  while (!bytes.empty()) {
    TokenUnit& unit = all.units.emplace_back();
    std::memcpy(&unit, bytes.data(), sizeof unit);
    const auto* const verdicts = reinterpret_cast<const Verdict*>(bytes.data() + sizeof unit);
    all.verdicts.insert(all.verdicts.end(), verdicts, verdicts + unit.place.records);
    bytes.remove_prefix(sizeof unit + unit.place.records);
  }
  return all;
}

}  // namespace

TokenUnits token_units(const Records& records, std::span<const UnitPlace> units, std::uint64_t first_token, const ShardPlan& plan, World& world) {
  Parcels parcels(static_cast<std::size_t>(world.size()));
  TokenUnit unit{{}, first_token, 0};
  std::size_t next = 0;
  for (const UnitPlace& place : units) {
    unit = {place, unit.first_token + unit.tokens, 0};
    const std::size_t first = next;
    for (const std::size_t end = first + place.records; next < end; ++next) {
      if (records.is_alive(next)) unit.tokens += records.tokens[next] + std::uint64_t{1};
    }
    const auto verdicts = std::span(records.verdict).subspan(first, place.records);
    const ShardPlan::Ranks readers = plan.readers_of(unit.first_token, unit.first_token + unit.tokens);
    for (std::size_t rank = readers.first; rank < readers.end; ++rank) {
      if (!plan.of(rank).empty()) parcels.add(unit, verdicts, rank);
    }
  }
  return unpack(parcels.exchange(world));
}

}  // namespace quern
