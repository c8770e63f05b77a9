#pragma once
// Rows to the rank that owns them, in rounds of bounded memory. The one place where steps meet all-to-all.

#include "quern/base/wide.hpp"
#include "quern/comm/world.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace quern {

/// The rank that owns a 64-bit key: equal parts of the key space.
inline int owner_of(std::uint64_t key, int ranks) {
  return static_cast<int>((static_cast<Uint128>(key) * static_cast<unsigned>(ranks)) >> 64);
}

/// Rows on their way out, each with its rank. Full as soon as any one rank's share is: so no rank ever receives more than `capacity` rows in a round.
template <class Row>
class Outbox {
  static_assert(std::is_trivially_copyable_v<Row>);

 public:
  Outbox(int ranks, std::size_t capacity_rows)
      : counts_(static_cast<std::size_t>(ranks), 0), share_(std::max<std::size_t>(1, capacity_rows / static_cast<std::size_t>(ranks))) {}

  void add(int to, const Row& row) {
    rows_.push_back(row);
    to_.push_back(to);
    if (++counts_[static_cast<std::size_t>(to)] >= share_) full_ = true;
  }
  bool full() const { return full_; }

  /// The rows ordered by rank (stable), and their bytes per rank; the outbox is empty afterwards.
  std::string take(std::vector<std::uint64_t>& bytes_per_rank) {
    std::vector<std::size_t> next(counts_.size(), 0);
    for (std::size_t r = 1; r < counts_.size(); ++r) next[r] = next[r - 1] + counts_[r - 1];
    std::string packed(rows_.size() * sizeof(Row), '\0');
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      std::memcpy(packed.data() + next[static_cast<std::size_t>(to_[i])]++ * sizeof(Row), &rows_[i], sizeof(Row));
    }
    bytes_per_rank.clear();
    for (const std::size_t n : counts_) bytes_per_rank.push_back(n * sizeof(Row));
    rows_.clear();
    to_.clear();
    std::fill(counts_.begin(), counts_.end(), 0);
    full_ = false;
    return packed;
  }

 private:
  std::vector<Row> rows_;
  std::vector<int> to_;
  std::vector<std::size_t> counts_;
  std::size_t share_;
  bool full_ = false;
};

template <class Row>
std::vector<Row> rows_from(const std::string& bytes) {
  std::vector<Row> rows(bytes.size() / sizeof(Row));
  if (!rows.empty()) std::memcpy(rows.data(), bytes.data(), rows.size() * sizeof(Row));
  return rows;
}

/// Collective. `produce(outbox)` adds rows until the outbox is full or it has no more, and returns whether it has more;
/// `consume(rows)` takes what came in, in order of the sending rank. Both are called once a round on every rank, with or without rows,
/// so `consume` may itself be collective. Memory: about 3 x buffer_bytes.
template <class Row, class Produce, class Consume>
void exchange_rows(std::size_t buffer_bytes, Produce produce, Consume consume, World& world) {
  Outbox<Row> outbox(world.size(), buffer_bytes / sizeof(Row));
  for (bool more = true; more;) {
    const bool mine = produce(outbox);
    std::vector<std::uint64_t> counts, received;
    const std::string packed = outbox.take(counts);
    const std::string bytes = world.all_to_all_bytes(packed, counts, received);
    more = world.max(mine ? 1 : 0) != 0;
    consume(rows_from<Row>(bytes));
  }
}

namespace inside {

/// Where each request lies when requests are packed by owner.
struct Placement {
  std::vector<std::uint64_t> counts;  ///< per rank
  std::vector<std::size_t> place;     ///< per request
};

template <class Request, class Owner>
Placement place_by_owner(std::span<const Request> requests, Owner owner, int ranks) {
  Placement placement{std::vector<std::uint64_t>(static_cast<std::size_t>(ranks), 0), std::vector<std::size_t>(requests.size())};
  std::vector<std::size_t> to(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    to[i] = static_cast<std::size_t>(owner(requests[i]));
    ++placement.counts[to[i]];
  }
  std::vector<std::size_t> next(placement.counts.size(), 0);
  for (std::size_t r = 1; r < next.size(); ++r) next[r] = next[r - 1] + placement.counts[r - 1];
  for (std::size_t i = 0; i < requests.size(); ++i) placement.place[i] = next[to[i]]++;
  return placement;
}

inline std::vector<std::uint64_t> times(std::vector<std::uint64_t> counts, std::size_t bytes, std::size_t divisor = 1) {
  for (std::uint64_t& n : counts) n = n / divisor * bytes;
  return counts;
}

template <class Reply, class Request, class Owner, class Answer>
void ask_once(std::span<const Request> requests, Owner owner, Answer answer, std::vector<Reply>& answers, World& world) {
  const Placement placement = place_by_owner(requests, owner, world.size());
  std::string packed(requests.size() * sizeof(Request), '\0');
  for (std::size_t i = 0; i < requests.size(); ++i) {
    std::memcpy(packed.data() + placement.place[i] * sizeof(Request), &requests[i], sizeof(Request));
  }
  std::vector<std::uint64_t> received, ignored;
  const auto asked = rows_from<Request>(world.all_to_all_bytes(packed, times(placement.counts, sizeof(Request)), received));
  std::vector<Reply> replies;
  replies.reserve(asked.size());
  for (const Request& request : asked) replies.push_back(answer(request));
  const auto came = rows_from<Reply>(world.all_to_all_bytes({reinterpret_cast<const char*>(replies.data()), replies.size() * sizeof(Reply)},
                                                            times(received, sizeof(Reply), sizeof(Request)), ignored));
  for (std::size_t i = 0; i < requests.size(); ++i) answers.push_back(came[placement.place[i]]);
}

}  // namespace inside

/// Collective. Sends each request to the rank that owner(request) names and returns the answers in the order of the requests.
/// `answer(request)` runs on the owner. Goes in rounds of about `buffer_bytes` per rank.
template <class Reply, class Request, class Owner, class Answer>
std::vector<Reply> ask(std::span<const Request> requests, Owner owner, Answer answer, std::size_t buffer_bytes, World& world) {
  static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);
  const std::size_t per_round = std::max<std::size_t>(1, buffer_bytes / (sizeof(Request) + sizeof(Reply)));
  const std::uint64_t rounds = world.max((requests.size() + per_round - 1) / per_round);
  std::vector<Reply> answers;
  answers.reserve(requests.size());
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::size_t first = std::min<std::size_t>(round * per_round, requests.size());
    inside::ask_once(requests.subspan(first, std::min(per_round, requests.size() - first)), owner, answer, answers, world);
  }
  return answers;
}

}  // namespace quern
