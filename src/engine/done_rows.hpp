#pragma once
// From "this rank has done it" to a durable line in the journal, while all ranks go on.

#include "engine/work_folder.hpp"
#include "quern/base/heartbeat.hpp"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

namespace quern {

/// Rows of one kind that say what is done. A rank makes what it has done durable every `checkpoint_seconds` or gigabyte, and only then posts
/// its rows to rank 0, which appends them to the journal. Row by row nothing is ever recorded that a crash could take back.
/// A row may bring more along, which is recorded as `more_mark` before it.
template <class Row>
class DoneRows {
 public:
  /// `sync` makes durable what the rows given so far speak of.
  DoneRows(Mark mark, WorkFolder& work, std::uint64_t checkpoint_seconds, World& world, std::function<void()> sync, Mark more_mark = {})
      : mark_(mark), more_mark_(more_mark), work_(work), every_(checkpoint_seconds), world_(world), sync_(std::move(sync)) {}

  /// `bytes`: what it would cost to do it again, as bytes of text or tokens.
  void add(const Row& row, std::uint64_t bytes, std::string_view more = {}) {
    rows_.push_back(row);
    more_ += more;
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
    std::string message(as_bytes(std::span<const Row>(rows_)));
    const std::uint64_t row_bytes = message.size();
    message += more_;
    message.append(reinterpret_cast<const char*>(&row_bytes), sizeof row_bytes);
    if (world_.is_root()) record(message);
    else world_.post(0, std::move(message), Channel::done);
    rows_.clear();
    more_.clear();
    bytes_ = 0;
    last_ = std::chrono::steady_clock::now();
  }

  /// Messages of one rank come in order: the empty one is its last.
  void take(const Message& message) {
    if (message.bytes.empty()) ++ended_;
    else record(message.bytes);
  }

  /// A message: rows, what they bring along, and how many bytes the rows have.
  void record(std::string_view message) {
    std::uint64_t row_bytes = 0;
    std::memcpy(&row_bytes, message.data() + message.size() - sizeof row_bytes, sizeof row_bytes);
    message.remove_suffix(sizeof row_bytes);
    if (const std::string_view more = message.substr(row_bytes); !more.empty()) work_.record(more_mark_, more);
    work_.record(mark_, message.substr(0, row_bytes));
  }

  Mark mark_, more_mark_;
  WorkFolder& work_;
  std::chrono::seconds every_;
  World& world_;
  std::function<void()> sync_;
  std::vector<Row> rows_;
  std::string more_;
  std::uint64_t bytes_ = 0;
  int ended_ = 0;  // rank 0: ranks that have no more
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace quern
