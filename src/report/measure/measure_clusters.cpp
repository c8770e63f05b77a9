#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/comm/exchange.hpp"
#include "report/measure/measure.hpp"

#include <bit>
#include <cstring>

namespace quern {

namespace {

constexpr std::uint64_t kCountersAtOnce = 64u << 20;  // of 4 bytes each
constexpr std::size_t kBufferBytes = 32u << 20;

/// Largest first; of equal ones the first record.
bool before(const Cluster& a, const Cluster& b) { return a.size != b.size ? a.size > b.size : a.record < b.record; }

void keep_largest(std::vector<Cluster>& clusters) {
  std::sort(clusters.begin(), clusters.end(), before);
  if (clusters.size() > kLargestClusters) clusters.resize(kLargestClusters);
}

/// Sizes of the clusters of a part of the records, at home on this rank.
class ClusterCounter {
 public:
  ClusterCounter(const DatasetReader& data, World& world) : data_(data), world_(world), n_(data.shape().n_records) {}

  /// Collective. Counts the duplicates of the records [from, from + kCountersAtOnce) of each rank's share.
  void count(std::uint64_t from) {
    const RowRange home = even_share(n_, world_.rank(), world_.size());
    first_ = std::min(home.first + from, home.end);
    removed_.assign(std::min(kCountersAtOnce, home.end - first_), 0);
    next_ = home.first;
    end_ = home.end;
    at_ = 0;
    kept_.clear();
    exchange_rows<std::uint64_t>(
        kBufferBytes, [&](Outbox<std::uint64_t>& outbox) { return fill(outbox, from); },
        [&](std::span<const std::uint64_t> records) {
          for (const std::uint64_t record : records) ++removed_[record - first_];
        },
        world_);
  }

  void add_to(ClusterFigures& figures) const {
    for (std::size_t i = 0; i < removed_.size(); ++i) {
      if (removed_[i] == 0) continue;
      const std::uint64_t size = std::uint64_t{removed_[i]} + 1;
      const auto bin = static_cast<std::size_t>(std::bit_width(size - 1));
      ++figures.clusters[bin];
      figures.records[bin] += size;
      figures.largest.push_back({first_ + i, size, {}});
      if (figures.largest.size() >= 64 * kLargestClusters) keep_largest(figures.largest);
    }
    keep_largest(figures.largest);
  }

 private:
  bool fill(Outbox<std::uint64_t>& outbox, std::uint64_t from) {
    for (;;) {
      for (; at_ < kept_.size(); ++at_) {
        const std::uint64_t record = kept_[at_];
        if (record == kNoRecord) continue;
        if (record >= n_) fail(ErrorKind::check, "{}: /ledger/kept: a row is {}, there are {}", data_.path(), record, n_);
        const int home = rank_of_row(record, n_, world_.size());
        const std::uint64_t in_share = record - even_share(n_, home, world_.size()).first;
        if (in_share < from || in_share - from >= kCountersAtOnce) continue;
        if (outbox.full()) return true;
        outbox.add(home, record);
      }
      if (next_ == end_) return false;
      const std::uint64_t n = std::min(kRowsMeasuredAtOnce, end_ - next_);
      kept_ = data_.kept_records(next_, n);
      next_ += n;
      at_ = 0;
      beat();
    }
  }

  const DatasetReader& data_;
  World& world_;
  std::uint64_t n_, first_ = 0, next_ = 0, end_ = 0;
  std::size_t at_ = 0;
  std::vector<std::uint64_t> kept_;
  std::vector<std::uint32_t> removed_;  ///< duplicates of each record from first_ on
};

/// Collective: the largest of all ranks.
void gather_largest(std::vector<Cluster>& largest, World& world) {
  std::vector<std::uint64_t> mine;
  for (const Cluster& cluster : largest) mine.insert(mine.end(), {cluster.record, cluster.size});
  const std::vector<std::uint64_t> all = world.all_gather<std::uint64_t>(mine);
  largest.clear();
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) largest.push_back({all[i], all[i + 1], {}});
  keep_largest(largest);
}

}  // namespace

void measure_clusters(const DatasetReader& data, Figures& figures, World& world) {
  ClusterFigures& clusters = figures.clusters;
  ClusterCounter counter(data, world);
  const std::uint64_t longest_share = even_share(data.shape().n_records, 0, world.size()).end;
  for (std::uint64_t from = 0; from < longest_share; from += kCountersAtOnce) {
    counter.count(from);
    counter.add_to(clusters);
  }
  world.all_reduce_sum(clusters.clusters);
  world.all_reduce_sum(clusters.records);
  gather_largest(clusters.largest, world);
  for (Cluster& cluster : clusters.largest) cluster.name = record_name(data, cluster.record);
}

}  // namespace quern
