#include "engine/order_documents.hpp"

#include "engine/extras.hpp"
#include "engine/ordered_head.hpp"
#include "engine/pause_point.hpp"
#include "engine/repeat.hpp"
#include "engine/stop.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/comm/messages.hpp"
#include "quern/plan/units.hpp"

#include <algorithm>
#include <tuple>

namespace quern {

namespace {

constexpr std::uint64_t kMostPartsPerRank = 16;  // what is done again when a rank is killed while it writes
constexpr unsigned kBinBits = 17;
constexpr std::uint64_t kLeastBlockBytes = 16u << 10;

/// The places of all documents, cut into parts of about the same number of bytes. A rank owns the same number of parts as any other.
class Cut {
 public:
  Cut(const Records& records, const OrderKeys& keys, const Setup& setup, World& world) : part_of_bin_(std::size_t{1} << kBinBits, 0) {
    std::vector<std::uint64_t> bytes(part_of_bin_.size(), 0);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const std::uint64_t texts = std::uint64_t{records.id_bytes[i]} + records.metadata_bytes[i];
      const std::uint64_t weight = sizeof(OrderedHead) + texts + std::uint64_t{records.tokens[i]} * setup.token_bytes();
      for (std::uint32_t copy = 0; copy < records.copies_of(i); ++copy) bytes[bin(keys.place(keys.of(i, copy)))] += weight;
    }
    world.all_reduce_sum(bytes);
    for (const std::uint64_t in_bin : bytes) bytes_ += in_bin;
    const auto ranks = static_cast<std::uint64_t>(world.size());
    parts_per_rank_ = std::clamp<std::uint64_t>(bytes_ / ranks / effective_unit_bytes(setup.job), 1, kMostPartsPerRank);
    std::uint64_t before = 0;
    for (std::size_t b = 0; b < bytes.size() && bytes_ > 0; ++b) {
      part_of_bin_[b] = static_cast<std::uint32_t>(static_cast<Uint128>(before) * (parts_per_rank_ * ranks) / bytes_);
      before += bytes[b];
    }
    // Behind the last document nothing lies.
    for (std::uint32_t& part : part_of_bin_) part = std::min(part, static_cast<std::uint32_t>(parts_per_rank_ * ranks - 1));
  }

  std::uint64_t part_of(std::uint64_t place) const { return part_of_bin_[bin(place)]; }
  int owner_of(std::uint64_t part) const { return static_cast<int>(part / parts_per_rank_); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static std::size_t bin(std::uint64_t place) { return place >> (64 - kBinBits); }

  std::vector<std::uint32_t> part_of_bin_;
  std::uint64_t bytes_ = 0, parts_per_rank_ = 1;
};

/// What comes in, until it is a run: then it is written, sorted, a unit for each part.
class Runs {
 public:
  Runs(const OrderKeys& keys, const Cut& cut, const Setup& setup, WorkFolder& work, const World& world)
      : keys_(keys), cut_(cut), world_(world), token_bytes_(setup.token_bytes()), most_bytes_(setup.job.memory_per_rank / 4),
        spool_(work.spool(), kOrderedPhase, work.segment(), 0, block_bytes(setup, world)) {
    // Not more than comes, and never twice the memory while it grows.
    bytes_.reserve(std::min(most_bytes_, cut.bytes() / static_cast<std::uint64_t>(world.size()) / 7 * 8));
  }

  void add(std::string_view packed) {
    index_.push_back({read_head(packed).key, bytes_.size(), packed.size()});
    bytes_ += packed;
    if (bytes_.size() + index_.size() * sizeof(Entry) >= most_bytes_) write();
  }

  std::vector<OrderedRun> close() {
    write();
    spool_.close();
    return std::move(runs_);
  }

 private:
  struct Entry {
    OrderKey key;
    std::uint64_t start = 0, bytes = 0;
  };

  /// A stream holds a block of each run of a part: the more runs there will be, the smaller.
  std::uint64_t block_bytes(const Setup& setup, const World& world) const {
    const std::uint64_t runs = cut_.bytes() / static_cast<std::uint64_t>(world.size()) / most_bytes_ + 2;
    return std::clamp(setup.job.memory_per_rank / 8 / runs, kLeastBlockBytes, setup.spool_block_bytes());
  }

  void write() {
    std::ranges::sort(index_, {}, &Entry::key);
    for (std::size_t first = 0; first < index_.size();) first = write_unit(first);
    index_.clear();
    bytes_.clear();
    beat();
    pause_point("run written", world_);
  }

  /// From entry `first` on, those of its part; returns the first behind them.
  std::size_t write_unit(std::size_t first) {
    const std::uint64_t part = part_of(first);
    OrderedRun run;
    spool_.begin(part);
    std::size_t at = first;
    for (; at < index_.size() && part_of(at) == part; ++at) {
      const std::string_view packed = std::string_view(bytes_).substr(index_[at].start, index_[at].bytes);
      const OrderedDocument document = unpack_document(packed);
      SpoolRow row;
      row.tokens = static_cast<std::uint32_t>(document.n_tokens(token_bytes_));
      spool_.add(row, {}, {}, packed);
      ++run.size.documents;
      run.size.tokens += row.tokens;
      run.size.id_bytes += document.id.size();
      run.size.metadata_bytes += PackedExtras(document.extras).metadata().size();
    }
    run.place = spool_.end();
    runs_.push_back(run);
    return at;
  }

  std::uint64_t part_of(std::size_t entry) const { return cut_.part_of(keys_.place(index_[entry].key)); }

  const OrderKeys& keys_;
  const Cut& cut_;
  const World& world_;
  std::uint32_t token_bytes_;
  std::uint64_t most_bytes_;
  SpoolWriter spool_;
  std::vector<Entry> index_;
  std::string bytes_;
  std::vector<OrderedRun> runs_;
};

std::vector<OrderedRun> sort_into_runs(const Records& records, const std::string& phase, const std::vector<UnitPlace>& units, const Setup& setup,
                                       WorkFolder& work, World& world) {
  const OrderKeys keys(records, setup.job);
  const Cut cut(records, keys, setup, world);
  Runs runs(keys, cut, setup, work, world);
  const auto home = documents_at_home(records, phase, units, {}, work.spool(), setup.token_bytes());
  OrderedDocument document;
  tally.begin(Stage::order, records.size());
  exchange_messages(
      setup.job.memory_per_rank / 32,
      [&](std::string& message) -> std::optional<int> {
        if (stop_requested() || !home->next(document)) return std::nullopt;
        const OrderKey key = keys.of(document.record - records.first, document.copy);
        pack_document(key, document, message);
        tally.done.store(document.record - records.first + 1, std::memory_order_relaxed);
        tally.documents.fetch_add(1, std::memory_order_relaxed);
        tally.bytes.fetch_add(message.size(), std::memory_order_relaxed);
        return cut.owner_of(cut.part_of(keys.place(key)));
      },
      [&](std::string_view packed) { runs.add(packed); }, world);
  return runs.close();
}

std::vector<OrderedDocuments::Part> parts_of(std::vector<OrderedRun> runs) {
  std::ranges::sort(runs, {}, [](const OrderedRun& run) { return std::tuple(run.place.unit, run.place.segment, run.place.begin); });
  std::vector<OrderedDocuments::Part> parts;
  DocumentOffsets at;
  for (const OrderedRun& run : runs) {
    if (parts.empty() || parts.back().number != run.place.unit) parts.push_back({run.place.unit, at, at, {}});
    parts.back().runs.push_back(run.place);
    parts.back().end = at += run.size;
  }
  return parts;
}

}  // namespace

bool reorders_documents(const Job& job) { return job.output.order != Order::input || job.output.validation_ppm > 0 || repeats_documents(job); }

std::optional<OrderedDocuments> order_documents(const Records& records, const std::string& phase, const std::vector<UnitPlace>& units,
                                                const Setup& setup, WorkFolder& work, World& world) {
  std::vector<OrderedRun> runs = work.progress().ordered;
  if (runs.empty()) {
    if (world.is_root()) remove_segments(work.spool().folder, kOrderedPhase);  // of a run that was killed before it was through
    world.barrier();
    const std::vector<OrderedRun> mine = sort_into_runs(records, phase, units, setup, work, world);
    if (stop_asked_of_any(world)) return std::nullopt;
    work.record_all(Mark::ordered, std::span<const OrderedRun>(mine), world);
    runs = world.all_gather<OrderedRun>(mine);
  }
  return OrderedDocuments(work.spool(), setup.token_bytes(), parts_of(std::move(runs)));
}

}  // namespace quern
