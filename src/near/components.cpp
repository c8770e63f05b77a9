#include "near/components.hpp"

#include "near/rounds.hpp"
#include "quern/base/tally.hpp"

#include <unordered_map>

namespace quern {

namespace {

/// Union-find over the places this rank has seen: edges within one of its trees can change no component.
class LocalForest {
 public:
  std::uint64_t root(std::uint64_t place) {
    auto at = parent_.try_emplace(place, place).first;
    while (at->second != at->first) {
      const auto up = parent_.find(at->second);
      at->second = up->second;
      at = up;
    }
    return at->first;
  }
  /// False when they were in one tree already.
  bool join(std::uint64_t a, std::uint64_t b) {
    a = root(a);
    b = root(b);
    if (a == b) return false;
    parent_[std::max(a, b)] = std::min(a, b);
    return true;
  }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> parent_;
};

/// Similar pairs of this rank's documents, without those that close a circle.
std::vector<Pair> find_edges(const Buckets& buckets, const Home& home, Comparer& comparer, std::size_t buffer_bytes, NearCounts& counts,
                             World& world) {
  PairSource source(buckets, home);
  for (std::size_t b = 0; b < buckets.count(); ++b) {
    const std::uint64_t leaders = std::min<std::uint64_t>(kLeadersPerBucket, buckets.start[b + 1] - buckets.start[b]);
    for (std::uint64_t i = 0; i < leaders; ++i) source.add_leader(buckets.start[b] + i);
  }
  LocalForest forest;
  std::vector<Pair> edges;
  exchange_rows<Pair>(
      buffer_bytes, [&](Outbox<Pair>& outbox) { return source.produce(outbox, [](std::uint64_t) { return false; }); },
      [&](std::span<const Pair> pairs) {
        ++counts.rounds;
        tally.rounds.fetch_add(1, std::memory_order_relaxed);
        comparer.compare_all(
            {pairs.begin(), pairs.end()}, home,
            [&](const Pair& pair, std::size_t) { return forest.root(pair.leader) != forest.root(pair.member); },
            [&](const Pair& pair, std::size_t, const Similarity& similarity) {
              if (comparer.similar(similarity) && forest.join(pair.leader, pair.member)) edges.push_back(pair);
            },
            buffer_bytes, world);
      },
      world);
  return edges;
}

/// The labels of all places on their way: one question per place.
class Labels {
 public:
  Labels(const Home& home, std::size_t buffer_bytes, World& world) : home_(home), buffer_bytes_(buffer_bytes), world_(world) {
    for (std::size_t slot = 0; slot < home.size(); ++slot) labels_.push_back(home.place(slot));
  }

  std::vector<std::uint64_t> of(std::span<const std::uint64_t> places) {
    return ask<std::uint64_t>(
        places, [&](std::uint64_t place) { return home_.rank_of(place); }, [&](std::uint64_t place) { return labels_[home_.slot_of(place)]; },
        buffer_bytes_, world_);
  }

  /// Each pair's member (a root) gets the least of its proposed leaders as label.
  void hook(const std::vector<Pair>& proposals) {
    std::size_t next = 0;
    exchange_rows<Pair>(
        buffer_bytes_,
        [&](Outbox<Pair>& outbox) {
          for (; next < proposals.size() && !outbox.full(); ++next) outbox.add(home_.rank_of(proposals[next].member), proposals[next]);
          return next < proposals.size();
        },
        [&](std::span<const Pair> rows) {
          for (const Pair& row : rows) {
            std::uint64_t& label = labels_[home_.slot_of(row.member)];
            label = std::min<std::uint64_t>(label, row.leader);
          }
        },
        world_);
  }

  /// Until every label is a root.
  void jump() {
    for (std::uint64_t changed = 1; changed > 0;) {
      std::vector<std::uint64_t> above = of(labels_);
      changed = world_.max(above != labels_ ? 1 : 0);
      labels_ = std::move(above);
    }
  }

  std::vector<std::uint64_t> take() { return std::move(labels_); }

 private:
  const Home& home_;
  std::size_t buffer_bytes_;
  World& world_;
  std::vector<std::uint64_t> labels_;
};

}  // namespace

std::vector<std::uint64_t> connected_components(std::vector<Pair> edges, const Home& home, std::size_t buffer_bytes, NearCounts& counts,
                                                World& world) {
  Labels labels(home, buffer_bytes, world);
  while (world.sum(edges.size()) > 0) {
    std::vector<std::uint64_t> ends;
    for (const Pair& edge : edges) ends.insert(ends.end(), {edge.leader, edge.member});
    const std::vector<std::uint64_t> roots = labels.of(ends);
    std::vector<Pair> open;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto [least, most] = std::minmax(roots[2 * i], roots[2 * i + 1]);
      if (least != most) open.push_back({least, most});
    }
    labels.hook(open);
    labels.jump();
    edges = std::move(open);
    ++counts.rounds;
    tally.rounds.fetch_add(1, std::memory_order_relaxed);
  }
  return labels.take();
}

std::vector<NearVerdict> resolve_components(const Buckets& buckets, const Home& home, Comparer& comparer, std::size_t budget_bytes,
                                            NearCounts& counts, World& world) {
  const std::size_t buffer_bytes = std::max<std::size_t>(budget_bytes / 64, 1 << 12);
  tally.begin(Stage::near_rounds);
  std::vector<Pair> edges = find_edges(buckets, home, comparer, buffer_bytes, counts, world);
  const std::vector<std::uint64_t> keepers = connected_components(std::move(edges), home, buffer_bytes, counts, world);
  std::vector<Pair> removed;
  for (std::size_t slot = 0; slot < home.size(); ++slot) {
    if (keepers[slot] != home.place(slot)) removed.push_back({keepers[slot], home.place(slot)});
  }
  std::vector<NearVerdict> verdicts(home.size());
  comparer.compare_all(
      std::move(removed), home, [](const Pair&, std::size_t) { return true; },
      [&](const Pair& pair, std::size_t slot, const Similarity& similarity) {
        verdicts[slot] = {pair.leader, similarity};
      },
      buffer_bytes, world);
  return verdicts;
}

}  // namespace quern
