#pragma once
// From "this rank has done it" to a durable line in the journal, while all ranks go on.

#include "engine/work_folder.hpp"
#include "quern/base/heartbeat.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
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
    const bool due = bytes_ >= kBytesBetween || std::chrono::steady_clock::now() - last_ >= every_;
    if (due) hand_over();
  }

  /// Rank 0 takes in what has come. Not collective; never blocks.
  void poll() {
    if (!world_.is_root() || world_.size() == 1) return;
    while (const auto message = world_.receive(Channel::done)) take(*message);
  }

  /// Collective: everything is in the journal afterwards.
  void finish() {
    if (!rows_.empty()) hand_over();
    const std::uint64_t all = world_.sum(posted_);
    if (world_.is_root()) {
      while (taken_ < all) {
        poll();
        beat();
      }
    }
    world_.barrier();
  }

 private:
  static constexpr std::uint64_t kBytesBetween = 1'000'000'000;

  void hand_over() {
    sync_();
    if (world_.is_root()) {
      work_.record(mark_, std::span<const Row>(rows_));
    } else {
      world_.post(0, std::string(as_bytes(std::span<const Row>(rows_))), Channel::done);
      ++posted_;
    }
    rows_.clear();
    bytes_ = 0;
    last_ = std::chrono::steady_clock::now();
  }

  void take(const Message& message) {
    work_.record(mark_, message.bytes);
    ++taken_;
  }

  Mark mark_;
  WorkFolder& work_;
  std::chrono::seconds every_;
  World& world_;
  std::function<void()> sync_;
  std::vector<Row> rows_;
  std::uint64_t bytes_ = 0, posted_ = 0, taken_ = 0;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace quern
