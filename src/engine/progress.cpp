#include "engine/progress.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

template <class T>
void append_rows(const std::string& payload, std::vector<T>& to) {
  const std::vector<T> rows = rows_of<T>(payload);
  to.insert(to.end(), rows.begin(), rows.end());
}

void add(const JournalBatch& batch, Progress& progress) {
  switch (static_cast<Mark>(batch.kind)) {
    case Mark::plan:
    case Mark::attempt: break;
    case Mark::mapped: append_rows(batch.payload, progress.mapped); break;
    case Mark::checked: append_rows(batch.payload, progress.checked); break;
    case Mark::judged: append_rows(batch.payload, progress.judged); break;
    case Mark::decided: progress.decided = row_of<NearCounts>(batch.payload); break;
    case Mark::vocabulary: progress.vocabulary = batch.payload; break;
    case Mark::tokenized: append_rows(batch.payload, progress.tokenized); break;
    case Mark::shaped:
      progress.shaped_epoch = batch.epoch;
      progress.written.clear();  // into a file that was given up
      progress.shards.clear();
      break;
    case Mark::mapped_again: append_rows(batch.payload, progress.mapped_again); break;
    case Mark::ordered:
      progress.forget_order();
      append_rows(batch.payload, progress.ordered);
      break;
    case Mark::written: append_rows(batch.payload, progress.written); break;
    case Mark::digests: append_rows(batch.payload, progress.digests); break;
    case Mark::sharded: append_rows(batch.payload, progress.shards); break;
  }
}

/// What was found damaged was done again, and recorded again.
template <class Row, class Unit>
void keep_last_of_each(std::vector<Row>& rows, Unit unit) {
  std::reverse(rows.begin(), rows.end());
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return unit(a) < unit(b); });
  rows.erase(std::unique(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return unit(a) == unit(b); }), rows.end());
}

}  // namespace

std::size_t Progress::units_written() const {
  return static_cast<std::size_t>(std::ranges::count_if(written, [](const WrittenUnit& unit) { return unit.unit < kFirstPart; }));
}

void Progress::forget_order() {
  ordered.clear();
  std::erase_if(written, [](const WrittenUnit& unit) { return unit.unit >= kFirstPart; });
}

std::string journal_path(const std::string& folder) { return folder + "/journal"; }

Progress progress_of(const JournalContents& contents) {
  Progress progress;
  for (const JournalBatch& batch : contents.batches) add(batch, progress);
  keep_last_of_each(progress.mapped, [](const MappedUnit& row) { return row.place.unit; });
  for (auto* places : {&progress.mapped_again, &progress.judged, &progress.tokenized}) keep_last_of_each(*places, [](const UnitPlace& row) { return row.unit; });
  keep_last_of_each(progress.written, [](const WrittenUnit& row) { return row.unit; });
  keep_last_of_each(progress.shards, [](const Shard& row) { return row.number; });
  return progress;
}

std::uint64_t ranks_of_attempts(const JournalContents& contents) {
  std::uint64_t ranks = 0;
  for (const JournalBatch& batch : contents.batches) {
    if (static_cast<Mark>(batch.kind) == Mark::attempt) ranks += row_of<std::uint64_t>(batch.payload);
  }
  return ranks;
}

/// The last one: a later attempt may have found only the times of files changed.
PlanRecord plan_of(const JournalContents& contents) {
  const JournalBatch* last = nullptr;
  for (const JournalBatch& batch : contents.batches) {
    if (static_cast<Mark>(batch.kind) == Mark::plan) last = &batch;
  }
  if (last == nullptr) fail(ErrorKind::store, "the journal names no plan: give --restart to begin anew");
  return plan_record_from_json(last->payload);
}

std::string pack(const std::vector<JournalBatch>& batches) {
  std::string bytes;
  for (const JournalBatch& batch : batches) {
    const std::array<std::uint64_t, 3> head = {batch.kind, batch.epoch, batch.payload.size()};
    bytes += as_bytes(std::span<const std::uint64_t>(head));
    bytes += batch.payload;
  }
  return bytes;
}

std::vector<JournalBatch> unpack_batches(const std::string& bytes) {
  std::vector<JournalBatch> batches;
  for (std::size_t at = 0; at < bytes.size();) {
    std::array<std::uint64_t, 3> head;
    std::memcpy(head.data(), bytes.data() + at, sizeof head);
    at += sizeof head;
    batches.push_back({static_cast<std::uint32_t>(head[0]), head[1], 0, bytes.substr(at, head[2])});
    at += head[2];
  }
  return batches;
}

}  // namespace quern
