#include "engine/duplicate_examples.hpp"

#include "engine/spooled_text.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace quern {

namespace {

constexpr std::size_t kTextBytes = 64u << 10;  // of a text, to look for the first difference

/// A removed record that may become an example.
struct Candidate {
  std::uint64_t hash = 0;
  std::uint64_t record = 0;
  std::uint64_t kept = 0;
  std::uint64_t reason = 0;
  std::uint64_t similarity = 0;  ///< numerator in the high half
  bool operator<(const Candidate& other) const { return hash != other.hash ? hash < other.hash : record < other.record; }
  bool is(Reason which) const { return reason == static_cast<std::uint64_t>(which); }
};

Candidate candidate_of(const Records& records, std::size_t i) {
  const std::uint64_t record = records.first + i;
  return {hash64({reinterpret_cast<const char*>(&record), sizeof record}), record, records.kept[i], static_cast<std::uint64_t>(records.reason[i]),
          std::uint64_t{records.similarity[i].numerator} << 32 | records.similarity[i].denominator};
}

/// The least candidates by hash.
class Least {
 public:
  explicit Least(std::size_t most) : most_(most) {}

  void add(const Candidate& candidate) {
    if (most_ == 0 || (heap_.size() == most_ && !(candidate < heap_.front()))) return;
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end());
    if (heap_.size() <= most_) return;
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }

  /// Collective. Of all ranks, in order.
  std::vector<Candidate> gather(World& world) const {
    std::vector<Candidate> all = world.all_gather<Candidate>(heap_);
    std::sort(all.begin(), all.end());
    if (all.size() > most_) all.resize(most_);
    return all;
  }

 private:
  std::size_t most_;
  std::vector<Candidate> heap_;
};

/// Of each cluster the least candidate; near ones, which have something to show, before exact ones.
class OfClusters {
 public:
  OfClusters(const ClusterFigures& clusters, std::size_t most) {
    for (std::size_t c = 0; c < std::min(most, clusters.largest.size()); ++c) least_.emplace(clusters.largest[c].record, Candidate{});
    order_ = most;
  }

  void add(const Candidate& candidate) {
    const auto found = least_.find(candidate.kept);
    if (found != least_.end() && goes_before(candidate, found->second)) found->second = candidate;
  }

  std::vector<Candidate> gather(const ClusterFigures& clusters, World& world) {
    std::vector<Candidate> mine;
    for (const auto& [record, candidate] : least_) mine.push_back(candidate);
    for (auto& [record, candidate] : least_) candidate = {};
    for (const Candidate& candidate : world.all_gather<Candidate>(mine)) add(candidate);
    std::vector<Candidate> found;
    for (std::size_t c = 0; c < std::min(order_, clusters.largest.size()); ++c) {
      const Candidate& candidate = least_.at(clusters.largest[c].record);
      if (candidate.reason != 0) found.push_back(candidate);
    }
    return found;
  }

 private:
  static bool goes_before(const Candidate& a, const Candidate& b) {
    if (a.reason == 0 || b.reason == 0) return a.reason != 0;
    return a.reason != b.reason ? a.is(Reason::near) : a < b;
  }

  std::map<std::uint64_t, Candidate> least_;  ///< by the record of the kept document
  std::size_t order_ = 0;
};

void append_new(std::vector<Candidate>& to, const std::vector<Candidate>& from, std::size_t most) {
  for (const Candidate& candidate : from) {
    const bool there = std::ranges::any_of(to, [&](const Candidate& other) { return other.record == candidate.record; });
    if (!there && to.size() < most) to.push_back(candidate);
  }
}

/// Collective; the same on every rank.
std::vector<Candidate> choose(const Records& records, const ClusterFigures& clusters, std::size_t most, World& world) {
  const std::size_t of_largest = most / 3, exact = (most - of_largest + 3) / 4;
  OfClusters largest(clusters, of_largest);
  Least near(most), equal(most);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records.kept[i] == kNoRecord) continue;
    const Candidate candidate = candidate_of(records, i);
    largest.add(candidate);
    (candidate.is(Reason::exact) ? equal : near).add(candidate);
  }
  std::vector<Candidate> chosen = largest.gather(clusters, world);
  const std::vector<Candidate> near_ones = near.gather(world), equal_ones = equal.gather(world);
  append_new(chosen, near_ones, most - std::min(exact, equal_ones.size()));
  append_new(chosen, equal_ones, most);
  return chosen;
}

bool is_home(std::uint64_t record, const Records& records) { return record >= records.first && record - records.first < records.size(); }

/// Where a text that came to rank 0 belongs.
struct TextHead {
  std::uint64_t example = 0, is_removed = 0;
  std::uint64_t bytes = 0;   ///< of the whole text
  std::uint64_t length = 0;  ///< of what follows
};

/// So much of a text as the report looks at, cut between two characters.
std::string_view beginning(std::string_view text) {
  if (text.size() <= kTextBytes) return text;
  std::size_t end = kTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

/// The texts of chosen records at home here, each after its head.
std::string pack_texts(const std::vector<Candidate>& chosen, const Records& records, const Setup& setup) {
  SpooledText spooled(setup, records);
  std::string packed;
  for (std::size_t e = 0; e < chosen.size(); ++e) {
    for (const std::uint64_t is_removed : {0u, 1u}) {
      const std::uint64_t record = is_removed != 0 ? chosen[e].record : chosen[e].kept;
      if (!is_home(record, records)) continue;
      const std::string text = spooled.at(records.ref[record - records.first]);
      const std::string_view part = beginning(text);
      const TextHead head{e, is_removed, text.size(), part.size()};
      packed.append(reinterpret_cast<const char*>(&head), sizeof head);
      packed += part;
    }
  }
  return packed;
}

void unpack_texts(std::string_view packed, std::vector<DuplicateExample>& examples) {
  while (!packed.empty()) {
    TextHead head;
    std::memcpy(&head, packed.data(), sizeof head);
    packed.remove_prefix(sizeof head);
    DuplicateExample& example = examples.at(head.example);
    Excerpt& excerpt = head.is_removed != 0 ? example.removed : example.kept;
    excerpt.bytes = head.bytes;
    excerpt.text = packed.substr(0, head.length);
    packed.remove_prefix(head.length);
  }
}

/// Collective. Records of the cluster of each chosen one.
std::vector<std::uint64_t> cluster_sizes(const std::vector<Candidate>& chosen, const Records& records, World& world) {
  std::map<std::uint64_t, std::uint64_t> removed;
  for (const Candidate& candidate : chosen) removed.emplace(candidate.kept, 0);
  for (const std::uint64_t kept : records.kept) {
    if (const auto found = removed.find(kept); found != removed.end()) ++found->second;
  }
  std::vector<std::uint64_t> sizes;
  for (const Candidate& candidate : chosen) sizes.push_back(removed.at(candidate.kept));
  world.all_reduce_sum(sizes);
  for (std::uint64_t& size : sizes) ++size;
  return sizes;
}

void name_excerpt(Excerpt& excerpt, std::uint64_t record, const DatasetReader& data) {
  excerpt.name = record_name(data, record);
  excerpt.source = data.source_name(data.source_codes(record, 1)[0], record);
}

}  // namespace

std::vector<DuplicateExample> duplicate_examples(const Records& records, const DatasetReader& data, const ClusterFigures& clusters, const Setup& setup,
                                                 World& world) {
  const std::vector<Candidate> chosen = choose(records, clusters, setup.job.report.examples, world);
  const std::vector<std::uint64_t> sizes = cluster_sizes(chosen, records, world);
  std::vector<DuplicateExample> examples(chosen.size());
  for (const std::string& packed : world.gather_bytes(pack_texts(chosen, records, setup))) unpack_texts(packed, examples);
  if (!world.is_root()) return {};
  for (std::size_t e = 0; e < chosen.size(); ++e) {
    DuplicateExample& example = examples[e];
    example.reason = static_cast<Reason>(chosen[e].reason);
    example.similarity = {static_cast<std::uint32_t>(chosen[e].similarity >> 32), static_cast<std::uint32_t>(chosen[e].similarity)};
    example.cluster_size = sizes[e];
    name_excerpt(example.kept, chosen[e].kept, data);
    name_excerpt(example.removed, chosen[e].record, data);
    cut_excerpts(example);
  }
  return examples;
}

}  // namespace quern
