#include "quern/comm/unit_queue.hpp"

#include "comm/patience.hpp"
#include "quern/base/hash.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <sstream>
#include <utility>

namespace boost::serialization {

template <class Archive>
void serialize(Archive& archive, quern::Piece& piece, unsigned) {
  archive & piece.file & piece.entry & piece.path & piece.name & piece.file_bytes & piece.begin & piece.end & piece.modified_ns;
}

template <class Archive>
void serialize(Archive& archive, quern::Unit& unit, unsigned) {
  archive & unit.number & unit.estimated_bytes & unit.pieces & unit.continues & unit.passed_bytes;
}

}  // namespace boost::serialization

namespace quern {

namespace {

/// What a message says; rank 0's bring units with it.
enum class Word : std::uint64_t { units, more, stop };

/// A queue that was stopped may leave messages on their way: every message names its queue, and those of an earlier one are passed over.
struct Head {
  std::uint64_t queue = 0;
  Word word = Word::units;
};

std::uint64_t next_queue() {
  static std::uint64_t queues = 0;  // ranks make their queues in the same order
  return ++queues;
}

/// Inflating and passing over is about that much faster than reading, filtering, signing and encoding.
constexpr std::uint64_t kPassedBytesPerRead = 10;

std::string pack(const std::vector<Unit>& units) {
  std::ostringstream out;
  boost::archive::binary_oarchive(out, boost::archive::no_header) << units;
  return out.str();
}

std::vector<Unit> unpack(std::string bytes) {
  std::istringstream in(std::move(bytes));
  std::vector<Unit> units;
  boost::archive::binary_iarchive(in, boost::archive::no_header) >> units;
  return units;
}

}  // namespace

UnitQueue::UnitQueue(std::vector<Unit> units, World& world, std::function<void()> while_waiting)
    : world_(world), while_waiting_(std::move(while_waiting)), queue_(next_queue()) {
  if (!world.is_root()) {
    asked_ = true;  // the first batch comes without asking
    return;
  }
  units_ = std::move(units);
  waiting_ = units_.size();
  bytes_before_.push_back(0);
  for (const Unit& unit : units_) bytes_before_.push_back(bytes_before_.back() + unit.estimated_bytes);
  std::vector<Run> runs = runs_of_units();
  std::stable_sort(runs.begin(), runs.end(), [&](const Run& a, const Run& b) { return bytes(a) > bytes(b); });
  fresh_.assign(runs.begin(), runs.end());
  run_of_rank_.resize(static_cast<std::size_t>(world.size()));
  for (int r = 1; r < world.size(); ++r) hand_out(r);
}

std::vector<UnitQueue::Run> UnitQueue::runs_of_units() const {
  std::vector<Run> runs;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    if (!units_[u].continues || runs.empty()) runs.push_back({u, u});
    runs.back().end = u + 1;
  }
  return runs;
}

/// Makes the run of `rank` one that is not empty, if there is any.
bool UnitQueue::find_run(int rank) {
  Run& run = run_of_rank_[static_cast<std::size_t>(rank)];
  if (!run.empty()) return true;
  if (fresh_.empty()) return split_run_for(rank);
  run = rank == 0 ? fresh_.back() : fresh_.front();
  if (rank == 0) fresh_.pop_back();
  else fresh_.pop_front();
  return true;
}

/// Gives `rank` the rear part of the largest run left, from where both would end at about the same time.
bool UnitQueue::split_run_for(int rank) {
  const auto shorter = [&](const Run& a, const Run& b) { return bytes(a) < bytes(b); };
  const auto largest = std::max_element(run_of_rank_.begin(), run_of_rank_.end(), shorter);
  if (largest->empty()) return false;
  // The other one is, on average, in the middle of a unit.
  const std::uint64_t in_hand = largest->next == 0 ? 0 : bytes({largest->next - 1, largest->next}) / 2;
  std::uint64_t shortest = in_hand + bytes(*largest);
  std::size_t cut = largest->end;
  for (std::size_t u = largest->next; u < largest->end; ++u) {
    const std::uint64_t front = in_hand + bytes({largest->next, u});
    const std::uint64_t rear = units_[u].passed_bytes / kPassedBytesPerRead + bytes({u, largest->end});
    if (std::max(front, rear) >= shortest) continue;
    shortest = std::max(front, rear);
    cut = u;
  }
  if (cut == largest->end) return false;
  run_of_rank_[static_cast<std::size_t>(rank)] = {cut, largest->end};
  largest->end = cut;
  return true;
}

void UnitQueue::hand_out(int to) {
  std::vector<Unit> batch;
  if (waiting_ > 0 && find_run(to)) {
    Run& run = run_of_rank_[static_cast<std::size_t>(to)];
    const std::size_t most = std::max<std::size_t>(1, waiting_ / (4 * static_cast<std::size_t>(world_.size())));
    const std::size_t end = run.next + std::min(most, run.end - run.next);
    for (; run.next < end; ++run.next, --waiting_) batch.push_back(std::move(units_[run.next]));
  }
  if (batch.empty()) ++ended_;
  give(to, batch);
}

void UnitQueue::give(int to, const std::vector<Unit>& units) {
  const Head head{queue_, Word::units};
  world_.post(to, std::string(as_bytes(std::span<const Head>(&head, 1))) + pack(units), Channel::units);
}

void UnitQueue::tell_root(bool stop) {
  const Head head{queue_, stop ? Word::stop : Word::more};
  world_.post(0, std::string(as_bytes(std::span<const Head>(&head, 1))), Channel::units);
}

void UnitQueue::take_in(const Message& message) {
  Head head;
  std::memcpy(&head, message.bytes.data(), sizeof head);
  if (head.queue != queue_) return;
  if (head.word == Word::stop) return stop();
  if (head.word == Word::more) {
    if (!stopped_) hand_out(message.from);
    return;
  }
  asked_ = false;
  std::vector<Unit> units = unpack(message.bytes.substr(sizeof head));
  if (units.empty()) {
    no_more_ = true;
    mine_.clear();  // there are some only when it comes unasked, by stop()
  }
  mine_.insert(mine_.end(), std::make_move_iterator(units.begin()), std::make_move_iterator(units.end()));
}

void UnitQueue::stop() {
  mine_.clear();
  if (std::exchange(stopped_, true)) return;
  if (!world_.is_root()) return tell_root(true);
  waiting_ = 0;
  for (int r = 1; r < world_.size(); ++r) give(r, {});
  ended_ = world_.size() - 1;
}

void UnitQueue::poll() {
  if (world_.size() == 1) return;
  while (const auto message = world_.receive(Channel::units)) take_in(*message);
}

std::optional<Unit> UnitQueue::next() {
  poll();
  if (!world_.is_root()) return wait_for_units();
  if (waiting_ == 0 || !find_run(0)) {
    serve_the_rest();
    return std::nullopt;
  }
  --waiting_;
  return std::move(units_[run_of_rank_[0].next++]);
}

const Unit* UnitQueue::expected() const {
  if (!world_.is_root()) return mine_.empty() ? nullptr : &mine_.front();
  if (!run_of_rank_[0].empty()) return &units_[run_of_rank_[0].next];
  return fresh_.empty() ? nullptr : &units_[fresh_.back().next];
}

template <class Done>
void UnitQueue::wait_until(Done done) {
  if (done()) return;
  const auto start = std::chrono::steady_clock::now();
  for (Patience patience; !done(); patience.pause()) {
    poll();
    if (while_waiting_) while_waiting_();
  }
  waited_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::optional<Unit> UnitQueue::wait_for_units() {
  wait_until([&] { return !mine_.empty() || no_more_; });
  if (mine_.empty()) return std::nullopt;
  Unit unit = std::move(mine_.front());
  mine_.pop_front();
  if (mine_.empty() && !asked_ && !no_more_) {
    asked_ = true;
    tell_root(false);
  }
  return unit;
}

void UnitQueue::serve_the_rest() {
  wait_until([&] { return ended_ == world_.size() - 1; });
}

}  // namespace quern
