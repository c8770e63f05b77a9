#include "engine/spool_check_log.hpp"

#include "quern/base/heartbeat.hpp"

#include <cstring>

namespace quern {

namespace {

constexpr const char* kPhase = "checks";
constexpr std::size_t kChecksPerBlock = 1024;
// A check decodes and signs two texts: as bytes of text, by which DoneRows counts, some kilobytes.
constexpr std::uint64_t kBytesPerCheck = 8192;

}  // namespace

SpoolCheckLog::SpoolCheckLog(const Setup& setup, WorkFolder& work, World& world)
    : reader_(work.spool(), kPhase),
      writer_(work.spool(), kPhase, work.segment(), 0, kChecksPerBlock * sizeof(ExactCheck)),
      done_(Mark::checked, work, setup.job.checkpoint_seconds, world, [this] { writer_.sync(); }) {
  const std::vector<UnitPlace>& all = work.progress().checked;
  const auto ranks = static_cast<std::size_t>(world.size());
  for (std::size_t i = static_cast<std::size_t>(world.rank()); i < all.size(); i += ranks) known_.push_back(all[i]);
}

bool SpoolCheckLog::next_known(std::vector<ExactCheck>& batch) {
  batch.clear();
  if (known_.empty()) return false;
  reader_.for_each_block(known_.back(), {.payload = true}, [&](const SpoolBlock& block) {
    for (const SpoolRow& row : block.rows) {
      const std::vector<ExactCheck> checks = rows_of<ExactCheck>(std::string(block.payload_of(row)));
      batch.insert(batch.end(), checks.begin(), checks.end());
    }
  });
  known_.pop_back();
  return true;
}

void SpoolCheckLog::keep(const ExactCheck& check) {
  beat();
  checks_.push_back(check);
  if (checks_.size() >= kChecksPerBlock) flush();
}

void SpoolCheckLog::flush() {
  if (checks_.empty()) return;
  writer_.begin(blocks_++);
  writer_.add({}, {}, {}, as_bytes(std::span<const ExactCheck>(checks_)));
  done_.add(writer_.end(), checks_.size() * kBytesPerCheck);
  done_.poll();
  checks_.clear();
}

void SpoolCheckLog::finish() {
  flush();
  done_.finish();
  writer_.close();
}

}  // namespace quern
