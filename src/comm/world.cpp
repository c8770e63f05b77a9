#include "quern/comm/world.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>

namespace quern {

std::uint64_t World::exclusive_sum(std::uint64_t value) {
  std::uint64_t below = 0;
  const std::vector<std::uint64_t> all = all_gather<std::uint64_t>({&value, 1});
  for (int r = 0; r < rank_; ++r) below += all[static_cast<std::size_t>(r)];
  return below;
}

std::vector<std::string> World::all_gather_bytes(std::string_view bytes) {
  const std::vector<std::string> parts = gather_bytes(bytes);
  std::string lengths(static_cast<std::size_t>(size_) * sizeof(std::uint64_t), '\0');
  std::string joined;
  for (std::size_t r = 0; r < parts.size(); ++r) {
    const std::uint64_t n = parts[r].size();
    std::memcpy(lengths.data() + r * sizeof n, &n, sizeof n);
    joined += parts[r];
  }
  broadcast_bytes(lengths);
  broadcast_bytes(joined);
  std::vector<std::string> all(static_cast<std::size_t>(size_));
  std::size_t at = 0;
  for (std::size_t r = 0; r < all.size(); ++r) {
    std::uint64_t n = 0;
    std::memcpy(&n, lengths.data() + r * sizeof n, sizeof n);
    all[r] = joined.substr(at, n);
    at += n;
  }
  return all;
}

namespace {

class SingleRankWorld final : public World {
 public:
  SingleRankWorld() : World(0, 1) {}
  void barrier() override {}
  void all_reduce_sum(std::span<std::uint64_t>) override {}
  void all_reduce_max(std::span<std::uint64_t>) override {}
  void all_reduce_min(std::span<std::uint64_t>) override {}
  void broadcast_bytes(std::string&) override {}
  std::vector<std::string> gather_bytes(std::string_view bytes) override { return {std::string(bytes)}; }
  std::string all_to_all_bytes(std::string_view send, std::span<const std::uint64_t> counts,
                               std::vector<std::uint64_t>& received) override {
    received.assign(counts.begin(), counts.end());
    return std::string(send);
  }
  void start(Transfer&) override {}
  void finish(Transfer& transfer) override {
    const std::string_view part = transfer.send[0];
    if (part.size() > transfer.room[0].size()) {
      fail(ErrorKind::comm, "a part of {} bytes does not fit the room of {}", part.size(), transfer.room[0].size());
    }
    std::copy(part.begin(), part.end(), transfer.room[0].begin());
    transfer.received = {part.size()};
  }
  std::vector<std::uint64_t> all_to_all_counts(std::span<const std::uint64_t> send) override {
    return {send.begin(), send.end()};
  }
  void post(int, std::string bytes, Channel channel) override { inbox_[channel].push_back(std::move(bytes)); }
  std::optional<Message> receive(Channel channel) override {
    std::deque<std::string>& waiting = inbox_[channel];
    if (waiting.empty()) return std::nullopt;
    Message message{0, std::move(waiting.front())};
    waiting.pop_front();
    return message;
  }

 private:
  std::map<Channel, std::deque<std::string>> inbox_;
};

}  // namespace

std::unique_ptr<World> single_rank_world() { return std::make_unique<SingleRankWorld>(); }

}  // namespace quern
