#include "engine/records.hpp"

#include "engine/extras.hpp"
#include "engine/map.hpp"
#include "engine/second_map.hpp"
#include "engine/untrusted.hpp"
#include "quern/base/error.hpp"
#include "quern/base/wide.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace quern {

namespace {

// A record without text still costs a row in every step.
constexpr std::uint64_t kWeightOfRecord = 256;

std::uint64_t weight(const UnitPlace& place) { return place.text_bytes + place.records * kWeightOfRecord; }

/// The rank at which each unit is at home: by the middle of the unit on the line of all weights.
std::vector<std::size_t> homes_of(const std::vector<UnitPlace>& places, std::size_t ranks) {
  std::uint64_t total = 0;
  for (const UnitPlace& place : places) total += weight(place);
  std::vector<std::size_t> homes;
  std::uint64_t before = 0;
  for (const UnitPlace& place : places) {
    const Uint128 middle = before + weight(place) / 2;
    homes.push_back(total == 0 ? 0 : std::min(ranks - 1, static_cast<std::size_t>(middle * ranks / total)));
    before += weight(place);
  }
  return homes;
}

/// Names as they come, each with a number of its own; afterwards with one that is the same on every rank.
class Names {
 public:
  explicit Names(std::vector<std::string> first) {
    for (std::string& name : first) number_of(name);
    given_ = names_.size();
  }

  std::uint16_t number_of(std::string_view name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
    if (names_.size() >= kMost) fail(ErrorKind::input, "more than {} sources or languages: '{}' is one too many; leave out source_field", kMost, name);
    const auto number = static_cast<std::uint16_t>(names_.size());
    names_.emplace_back(name);
    numbers_.emplace(name, number);
    return number;
  }

  /// Collective. All names: those given first, then the others, sorted. `numbers` are changed accordingly.
  std::vector<std::string> settle(std::vector<std::uint16_t>& numbers, World& world) const {
    std::string mine;
    for (std::size_t i = given_; i < names_.size(); ++i) mine += names_[i] + '\0';
    std::string together;
    for (const std::string& part : world.all_gather_bytes(mine)) together += part;
    std::set<std::string, std::less<>> others;
    for (std::size_t at = 0; at < together.size();) {
      const std::string name = together.c_str() + at;
      at += name.size() + 1;
      others.insert(name);
    }
    std::vector<std::string> all(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(given_));
    all.insert(all.end(), others.begin(), others.end());
    if (all.size() > kMost) fail(ErrorKind::input, "{} sources or languages, at most {} can be told apart: leave out source_field", all.size(), kMost);
    std::vector<std::uint16_t> settled(names_.size());
    for (std::size_t i = 0; i < settled.size(); ++i) {
      settled[i] = static_cast<std::uint16_t>(i < given_ ? i : given_ + static_cast<std::size_t>(std::distance(others.begin(), others.find(names_[i]))));
    }
    for (std::uint16_t& number : numbers) number = settled[number];
    return all;
  }

 private:
  static constexpr std::size_t kMost = 65'535;

  std::vector<std::string> names_;
  std::size_t given_ = 0;
  std::map<std::string, std::uint16_t, std::less<>> numbers_;
};

/// Rows of the spool → records at home.
class Arrival {
 public:
  Arrival(const Setup& setup, Records& records) : setup_(setup), records_(records), sources_(setup.sources), languages_({""}) {}

  void take(const SpoolBlock& block) {
    SpoolTexts extras(block.extras, &SpoolRow::extra_bytes);
    for (std::uint32_t i = 0; i < block.rows.size(); ++i) {
      const SpoolRow& row = block.rows[i];
      add(row, PackedExtras(extras.next(row)));
      records_.ref.push_back({.block = block.position, .segment = static_cast<std::uint32_t>(block.segment), .row = i});
    }
  }

  void settle(World& world) {
    records_.sources = sources_.settle(records_.source, world);
    records_.languages = languages_.settle(records_.language, world);
  }

 private:
  void add(const SpoolRow& row, const PackedExtras& extras) {
    records_.verdict.push_back(row.verdict);
    records_.reason.push_back(row.reason);
    records_.text_bytes.push_back(row.text_bytes);
    records_.tokens.push_back(row.tokens);
    records_.id_bytes.push_back(row.id_bytes);
    records_.text_hash.push_back(row.text_hash);
    records_.keep_key.push_back(row.keep_key);
    records_.flags.push_back(row.flags);
    records_.metadata_bytes.push_back(static_cast<std::uint32_t>(extras.metadata().size()));
    records_.source.push_back(extras.source().empty() ? setup_.source_of_entry[row.entry] : sources_.number_of(extras.source()));
    records_.language.push_back(languages_.number_of(extras.language()));
  }

  const Setup& setup_;
  Records& records_;
  Names sources_, languages_;
};

}  // namespace

int Records::home_of(std::uint64_t record) const {
  return static_cast<int>(std::upper_bound(starts.begin(), starts.end(), record) - starts.begin()) - 1;
}

Records bring_home(const std::vector<UnitPlace>& places, const std::string& phase, const Setup& setup, World& world) {
  const auto ranks = static_cast<std::size_t>(world.size());
  const std::vector<std::size_t> homes = homes_of(places, ranks);
  Records records;
  records.phase = phase;
  records.tokens_are_texts = spools_tokens(setup) && !(phase == "map" && maps_twice(setup.job));
  records.starts.assign(ranks + 1, 0);
  for (std::size_t u = 0; u < places.size(); ++u) {
    records.starts[homes[u] + 1] += places[u].records;
    if (homes[u] == static_cast<std::size_t>(world.rank())) records.units.push_back(places[u]);
  }
  for (std::size_t r = 0; r < ranks; ++r) records.starts[r + 1] += records.starts[r];
  records.first = records.starts[static_cast<std::size_t>(world.rank())];

  SpoolReader spool(setup.spool_home, phase);
  Arrival arrival(setup, records);
  for (const UnitPlace& place : records.units) {
    spool.for_each_block(place, {.extras = true}, [&](const SpoolBlock& block) { arrival.take(block); });
  }
  arrival.settle(world);
  distrust(records, spool, world);
  if (setup.job.on_error == OnError::stop) stop_at_quarantined(records, spool, setup, world);
  records.kept.assign(records.size(), kNoRecord);
  records.similarity.assign(records.size(), {});
  return records;
}

}  // namespace quern
