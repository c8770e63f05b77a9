#include "quern/comm/unit_queue.hpp"

#include "comm/patience.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <sstream>

namespace boost::serialization {

template <class Archive>
void serialize(Archive& archive, quern::Piece& piece, unsigned) {
  archive & piece.file & piece.entry & piece.path & piece.name & piece.file_bytes & piece.begin & piece.end;
}

template <class Archive>
void serialize(Archive& archive, quern::Unit& unit, unsigned) {
  archive & unit.number & unit.estimated_bytes & unit.pieces;
}

}  // namespace boost::serialization

namespace quern {

namespace {

std::string pack(const std::vector<Unit>& units) {
  std::ostringstream out;
  boost::archive::binary_oarchive(out, boost::archive::no_header) << units;
  return out.str();
}

std::vector<Unit> unpack(const std::string& bytes) {
  std::istringstream in(bytes);
  std::vector<Unit> units;
  boost::archive::binary_iarchive(in, boost::archive::no_header) >> units;
  return units;
}

}  // namespace

UnitQueue::UnitQueue(std::vector<Unit> units, World& world) : world_(world) {
  if (!world.is_root()) {
    asked_ = true;  // the first batch comes without asking
    return;
  }
  std::stable_sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) { return a.estimated_bytes > b.estimated_bytes; });
  waiting_.assign(std::make_move_iterator(units.begin()), std::make_move_iterator(units.end()));
  for (int r = 1; r < world.size(); ++r) hand_out(r);
}

void UnitQueue::hand_out(int to) {
  const std::size_t batch = waiting_.empty() ? 0 : std::max<std::size_t>(1, waiting_.size() / (4 * static_cast<std::size_t>(world_.size())));
  std::vector<Unit> units(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(batch)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(batch));
  if (units.empty()) ++ended_;
  world_.post(to, pack(units));
}

void UnitQueue::take_in(const Message& message) {
  if (world_.is_root()) {
    hand_out(message.from);
    return;
  }
  asked_ = false;
  std::vector<Unit> units = unpack(message.bytes);
  if (units.empty()) no_more_ = true;
  mine_.insert(mine_.end(), std::make_move_iterator(units.begin()), std::make_move_iterator(units.end()));
}

void UnitQueue::poll() {
  if (world_.size() == 1) return;
  while (const auto message = world_.receive()) take_in(*message);
}

std::optional<Unit> UnitQueue::next() {
  poll();
  if (!world_.is_root()) return wait_for_units();
  if (waiting_.empty()) {
    serve_the_rest();
    return std::nullopt;
  }
  Unit unit = std::move(waiting_.back());
  waiting_.pop_back();
  return unit;
}

std::optional<Unit> UnitQueue::wait_for_units() {
  for (Patience patience; mine_.empty() && !no_more_; patience.pause()) poll();
  if (mine_.empty()) return std::nullopt;
  Unit unit = std::move(mine_.front());
  mine_.pop_front();
  if (mine_.empty() && !asked_ && !no_more_) {
    asked_ = true;
    world_.post(0, "more");
  }
  return unit;
}

void UnitQueue::serve_the_rest() {
  for (Patience patience; ended_ < world_.size() - 1; patience.pause()) poll();
}

}  // namespace quern
