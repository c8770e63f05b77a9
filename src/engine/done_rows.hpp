#pragma once
// From "this rank has done it" to a durable line in the journal, while all ranks go on.

#include "engine/work_folder.hpp"
#include "quern/base/heartbeat.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace quern {

/// Rows of one kind that say what is done. A rank makes what it has done durable every `checkpoint_seconds` or gigabyte, and only then posts
/// its rows to rank 0, which appends them to the journal. Row by row nothing is ever recorded that a crash could take back.
template <class Row>
class DoneRows {
 public:
  /// `sync` makes durable what the rows given so far speak of.
  DoneRows(Mark mark, WorkFolder& work, std::uint64_t checkpoint_seconds, World& world, std::function<void()> sync)
      : mark_(mark), work_(work), every_(checkpoint_seconds), world_(world), sync_(std::move(sync)) {}

  /// `bytes`: what it would cost to do it again, as bytes of text or tokens.
  void add(const Row& row, std::uint64_t bytes) {
    rows_.push_back(row);
    bytes_ += bytes;
    hand_over_when_due();
  }

  /// Hands over what is due, also when this rank has nothing more to add; rank 0 takes in what has come. Not collective; never waits for others.
  void poll() {
    hand_over_when_due();
    if (!world_.is_root() || world_.size() == 1) return;
    while (const auto message = world_.receive(Channel::done)) take(*message);
  }

  /// Collective: everything is in the journal afterwards. Rank 0 goes on recording while the others are still at work.
  void finish() {
    if (!rows_.empty()) hand_over();
    if (!world_.is_root()) world_.post(0, {}, Channel::done);
    while (world_.is_root() && ended_ + 1 < world_.size()) {
      poll();
      beat();
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    world_.barrier();
  }

 private:
  static constexpr std::uint64_t kBytesBetween = 1'000'000'000;

  void hand_over_when_due() {
    if (rows_.empty()) return;
    if (bytes_ >= kBytesBetween || std::chrono::steady_clock::now() - last_ >= every_) hand_over();
  }

  void hand_over() {
    sync_();
    if (world_.is_root()) {
      work_.record(mark_, std::span<const Row>(rows_));
    } else {
      world_.post(0, std::string(as_bytes(std::span<const Row>(rows_))), Channel::done);
    }
    rows_.clear();
    bytes_ = 0;
    last_ = std::chrono::steady_clock::now();
  }

  /// Messages of one rank come in order: the empty one is its last.
  void take(const Message& message) {
    if (message.bytes.empty()) ++ended_;
    else work_.record(mark_, message.bytes);
  }

  Mark mark_;
  WorkFolder& work_;
  std::chrono::seconds every_;
  World& world_;
  std::function<void()> sync_;
  std::vector<Row> rows_;
  std::uint64_t bytes_ = 0;
  int ended_ = 0;  // rank 0: ranks that have no more
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace quern
