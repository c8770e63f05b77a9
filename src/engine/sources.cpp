#include "engine/sources.hpp"

#include "quern/base/wide.hpp"
#include "quern/corpus/select.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

bool is_duplicate(const Records& records, std::size_t i) {
  return records.verdict[i] == Verdict::removed && (records.reason[i] == Reason::exact || records.reason[i] == Reason::near);
}

/// The number of a source of the job; nothing when no record has it.
std::optional<std::uint16_t> number_of(const std::string& name, const Records& records) {
  const auto found = std::ranges::find(records.sources, name);
  if (found == records.sources.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - records.sources.begin());
}

void bring_back(Records& records, std::size_t i) {
  records.verdict[i] = Verdict::kept;
  records.reason[i] = Reason::none;
  records.kept[i] = kNoRecord;
  records.similarity[i] = {};
}

void keep_floor(Records& records, const std::vector<std::uint64_t>& places, std::uint16_t source, const SourceSpec& spec, World& world) {
  std::array<std::uint64_t, 2> counts = {};  // kept, and removed as duplicates
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records.source[i] != source) continue;
    counts[0] += records.is_alive(i) ? 1 : 0;
    counts[1] += is_duplicate(records, i) ? 1 : 0;
  }
  world.all_reduce_sum(counts);
  const Uint128 share = (static_cast<Uint128>(counts[0] + counts[1]) * spec.floor_share_ppm + kMillion - 1) / kMillion;
  const std::uint64_t floor = std::min(counts[0] + counts[1], std::max(spec.floor_documents, static_cast<std::uint64_t>(share)));
  if (floor <= counts[0]) return;
  const auto duplicates = [&](const KeyVisit& visit) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records.source[i] == source && is_duplicate(records, i)) visit({places[i], 1});
    }
  };
  const std::uint64_t last = select_key(duplicates, floor - counts[0], world).value();
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records.source[i] == source && is_duplicate(records, i) && places[i] <= last) bring_back(records, i);
  }
}

/// One source while documents are taken from it: those with the largest sample keys go.
class LimitedSource {
 public:
  LimitedSource(Records& records, std::uint16_t source, const SourceSpec& spec, std::uint64_t seed, World& world)
      : records_(records), source_(source), spec_(spec), seed_(seed), world_(world) {}

  const SourceSpec& spec() const { return spec_; }

  void sample() {
    if (spec_.sample_ppm >= kMillion) return;
    const auto bound = static_cast<std::uint64_t>((static_cast<Uint128>(spec_.sample_ppm) << 64) / kMillion);
    remove_from(bound, Reason::sampled);
  }
  /// Keeps as much as weighs at most `most` together; `weigh` is asked for each document.
  template <class Weigh>
  void cap(std::uint64_t most, Reason reason, Weigh weigh) {
    if (most == UINT64_MAX) return;
    const auto keys = [&](const KeyVisit& visit) { for_each([&](std::size_t i) { visit({key(i), weigh(i)}); }); };
    if (const auto first_over = select_key(keys, most + 1, world_)) remove_from(*first_over, reason);
  }
  void cap_bytes(std::uint64_t most, Reason reason) {
    cap(most, reason, [this](std::size_t i) { return std::uint64_t{records_.text_bytes[i]}; });
  }
  void cap_documents(std::uint64_t most, Reason reason) {
    cap(most, reason, [](std::size_t) { return std::uint64_t{1}; });
  }
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for_each([&](std::size_t i) { sum += records_.text_bytes[i]; });
    return world_.sum(sum);
  }

 private:
  std::uint64_t key(std::size_t i) const {
    const std::array<std::uint64_t, 3> words = {seed_, records_.text_hash[i].high, records_.text_hash[i].low};
    return hash64({reinterpret_cast<const char*>(words.data()), sizeof words});
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (records_.source[i] == source_ && records_.is_alive(i)) visit(i);
    }
  }
  void remove_from(std::uint64_t bound, Reason reason) {
    for_each([&](std::size_t i) {
      if (key(i) < bound) return;
      records_.verdict[i] = Verdict::removed;
      records_.reason[i] = reason;
    });
  }

  Records& records_;
  std::uint16_t source_;
  const SourceSpec& spec_;
  std::uint64_t seed_;
  World& world_;
};

/// The largest shares in which the weights can be had without taking a document twice: the scarcest source gives all it has.
void weigh(std::vector<LimitedSource>& sources) {
  std::vector<std::pair<LimitedSource*, std::uint64_t>> weighed;  // with its bytes of text
  for (LimitedSource& source : sources) {
    if (source.spec().weight_ppm > 0) weighed.emplace_back(&source, source.bytes());
  }
  if (weighed.empty()) return;
  const auto& [scarce, scarce_bytes] = *std::ranges::min_element(weighed, [](const auto& a, const auto& b) {
    return static_cast<Uint128>(a.second) * b.first->spec().weight_ppm < static_cast<Uint128>(b.second) * a.first->spec().weight_ppm;
  });
  for (const auto& [source, bytes] : weighed) {
    const Uint128 most = static_cast<Uint128>(scarce_bytes) * source->spec().weight_ppm / scarce->spec().weight_ppm;
    if (most < bytes) source->cap_bytes(static_cast<std::uint64_t>(most), Reason::source_weight);
  }
}

}  // namespace

void keep_floors(Records& records, const std::vector<std::uint64_t>& places, const Setup& setup, World& world) {
  for (const SourceSpec& spec : setup.job.sources) {
    if (spec.floor_documents == 0 && spec.floor_share_ppm == 0) continue;
    if (const auto source = number_of(spec.name, records)) keep_floor(records, places, *source, spec, world);
  }
}

void limit_sources(Records& records, const Setup& setup, World& world) {
  std::vector<LimitedSource> sources;
  for (const SourceSpec& spec : setup.job.sources) {
    if (const auto source = number_of(spec.name, records)) sources.emplace_back(records, *source, spec, setup.job.sample_seed, world);
    else if (world.is_root()) spdlog::warn("sources: no record is of a source named '{}'", spec.name);
  }
  for (LimitedSource& source : sources) source.sample();
  weigh(sources);
  for (LimitedSource& source : sources) {
    source.cap_documents(source.spec().max_documents, Reason::source_cap);
    source.cap_bytes(source.spec().max_bytes, Reason::source_cap);
  }
}

}  // namespace quern
