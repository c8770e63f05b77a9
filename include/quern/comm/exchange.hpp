#pragma once
// Rows to the rank that owns them, in rounds of bounded memory. The one place where steps meet all-to-all.

#include "quern/base/heartbeat.hpp"
#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"
#include "quern/comm/world.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace quern {

/// The rank that owns a 64-bit key: equal parts of the key space.
inline int owner_of(std::uint64_t key, int ranks) {
  return static_cast<int>((static_cast<Uint128>(key) * static_cast<unsigned>(ranks)) >> 64);
}

/// Bytes that came in, as the rows that they are.
template <class Row>
std::span<const Row> rows_in(const std::string& bytes) {
  static_assert(std::is_trivially_copyable_v<Row> && alignof(Row) <= alignof(std::uint64_t));
  return {reinterpret_cast<const Row*>(bytes.data()), bytes.size() / sizeof(Row)};
}

namespace inside {

inline constexpr std::size_t kSegmentHead = sizeof(std::uint64_t);
// Larger messages are no faster, and smaller buffers stay in the cache.
inline constexpr std::size_t kMostSegmentBytes = 4u << 20;

/// For each rank a word and room for rows. Memory that is never written is never touched.
class Segments {
 public:
  Segments(std::size_t ranks, std::size_t row_bytes)
      : stride_((kSegmentHead + row_bytes + kSegmentHead - 1) / kSegmentHead * kSegmentHead),
        bytes_(std::make_unique_for_overwrite<char[]>(ranks * stride_)) {}

  char* rows(std::size_t rank) { return bytes_.get() + rank * stride_ + kSegmentHead; }
  const char* rows(std::size_t rank) const { return bytes_.get() + rank * stride_ + kSegmentHead; }
  std::span<char> room(std::size_t rank) { return {bytes_.get() + rank * stride_, stride_}; }
  std::string_view message(std::size_t rank, bool more, std::size_t row_bytes) {
    const std::uint64_t word = more ? 1 : 0;
    std::memcpy(bytes_.get() + rank * stride_, &word, sizeof word);
    return {bytes_.get() + rank * stride_, kSegmentHead + row_bytes};
  }
  bool says_more(std::size_t rank) const {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes_.get() + rank * stride_, sizeof word);
    return word != 0;
  }

 private:
  std::size_t stride_;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace inside

/// Rows on their way out, in a segment for each rank. Full as soon as any one rank's segment is: so no rank ever receives more than
/// `capacity` rows in a round.
template <class Row>
class Outbox {
  static_assert(std::is_trivially_copyable_v<Row> && alignof(Row) <= inside::kSegmentHead);

 public:
  Outbox(int ranks, std::size_t capacity_rows)
      : counts_(static_cast<std::size_t>(ranks), 0),
        share_(std::max<std::size_t>(1, capacity_rows / static_cast<std::size_t>(ranks))),
        segments_(static_cast<std::size_t>(ranks), share_ * sizeof(Row)) {}

  /// Only while it is not full.
  void add(int to, const Row& row) {
    std::size_t& count = counts_[static_cast<std::size_t>(to)];
    std::memcpy(segments_.rows(static_cast<std::size_t>(to)) + count * sizeof(Row), &row, sizeof(Row));
    if (++count == share_) full_ = true;
  }
  bool full() const { return full_; }

  std::size_t share_bytes() const { return share_ * sizeof(Row); }
  std::span<const Row> rows_for(std::size_t rank) const { return {reinterpret_cast<const Row*>(segments_.rows(rank)), counts_[rank]}; }
  /// The rows for a rank, after a word that says whether this rank has more.
  std::string_view message_for(std::size_t rank, bool more) {
    return segments_.message(rank, more, counts_[rank] * sizeof(Row));
  }
  void clear() {
    std::fill(counts_.begin(), counts_.end(), 0);
    full_ = false;
  }

 private:
  std::vector<std::size_t> counts_;
  std::size_t share_;
  inside::Segments segments_;
  bool full_ = false;
};

namespace inside {

/// One round of an exchange: what goes out, and room for what comes in.
template <class Row>
class Round {
 public:
  Round(std::size_t capacity_rows, World& world)
      : outbox(world.size(), capacity_rows), room_(static_cast<std::size_t>(world.size()), outbox.share_bytes()) {
    for (int rank = 0; rank < world.size(); ++rank) transfer_.room.push_back(room_.room(static_cast<std::size_t>(rank)));
  }

  void start(bool more, World& world) {
    transfer_.send.clear();
    for (int rank = 0; rank < world.size(); ++rank) transfer_.send.push_back(outbox.message_for(static_cast<std::size_t>(rank), more));
    world.start(transfer_);
  }

  /// Returns whether any rank has more. The outbox is empty afterwards.
  bool finish(World& world) {
    world.finish(transfer_);
    outbox.clear();
    bool more = false;
    end_ = room_.rows(0);
    for (std::size_t rank = 0; rank < transfer_.received.size(); ++rank) {
      more = room_.says_more(rank) || more;
      const std::size_t bytes = transfer_.received[rank] - kSegmentHead;
      std::memmove(end_, room_.rows(rank), bytes);
      end_ += bytes;
    }
    return more;
  }

  /// What came in, in order of the sending rank.
  std::span<const Row> rows() { return {reinterpret_cast<const Row*>(room_.rows(0)), reinterpret_cast<const Row*>(end_)}; }

  Outbox<Row> outbox;

 private:
  Segments room_;
  char* end_ = nullptr;
  Transfer transfer_;
};

}  // namespace inside

/// Collective. `produce(outbox)` adds rows until the outbox is full or it has no more, and returns whether it has more; it is not called
/// again when it has none. `consume(rows)` takes what came in, in order of the sending rank; it is called once a round on every rank, with
/// or without rows, so it may itself be collective. The next round is on its way while one is consumed, so `produce` may be a round ahead.
/// Memory: about 2 x buffer_bytes, on one rank a quarter of that.
template <class Row, class Produce, class Consume>
void exchange_rows(std::size_t buffer_bytes, Produce produce, Consume consume, World& world) {
  const auto ranks = static_cast<std::size_t>(world.size());
  const std::size_t capacity = std::min(buffer_bytes / 2, ranks * inside::kMostSegmentBytes) / sizeof(Row);
  if (ranks == 1) {
    Outbox<Row> outbox(1, capacity);
    for (bool more = true; more; outbox.clear()) {
      beat();
      more = produce(outbox);
      consume(outbox.rows_for(0));
    }
    return;
  }
  inside::Round<Row> rounds[] = {{capacity, world}, {capacity, world}};
  bool mine = produce(rounds[0].outbox);
  rounds[0].start(mine, world);
  bool more = true;
  for (std::size_t k = 0; more; ++k) {
    beat();
    inside::Round<Row>&now = rounds[k % 2], &next = rounds[1 - k % 2];
    if (mine) mine = produce(next.outbox);
    more = now.finish(world);
    if (more) next.start(mine, world);
    consume(now.rows());
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
  const std::string asked = world.all_to_all_bytes(packed, times(placement.counts, sizeof(Request)), received);
  std::vector<Reply> replies;
  replies.reserve(asked.size() / sizeof(Request));
  for (const Request& request : rows_in<Request>(asked)) replies.push_back(answer(request));
  const std::string came = world.all_to_all_bytes(as_bytes(std::span<const Reply>(replies)),
                                                  times(received, sizeof(Reply), sizeof(Request)), ignored);
  for (std::size_t i = 0; i < requests.size(); ++i) answers.push_back(rows_in<Reply>(came)[placement.place[i]]);
}

}  // namespace inside

/// Collective. Sends each request to the rank that owner(request) names and returns the answers in the order of the requests.
/// `answer(request)` runs on the owner. Goes in rounds of about `buffer_bytes` per rank.
template <class Reply, class Request, class Owner, class Answer>
std::vector<Reply> ask(std::span<const Request> requests, Owner owner, Answer answer, std::size_t buffer_bytes, World& world) {
  static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);
  std::vector<Reply> answers;
  answers.reserve(requests.size());
  if (world.size() == 1) {
    for (const Request& request : requests) {
      if (answers.size() % 4096 == 0) beat();
      answers.push_back(answer(request));
    }
    return answers;
  }
  const std::size_t per_round = std::max<std::size_t>(1, buffer_bytes / (sizeof(Request) + sizeof(Reply)));
  const std::uint64_t rounds = world.max((requests.size() + per_round - 1) / per_round);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    beat();
    const std::size_t first = std::min<std::size_t>(round * per_round, requests.size());
    inside::ask_once(requests.subspan(first, std::min(per_round, requests.size() - first)), owner, answer, answers, world);
  }
  return answers;
}

}  // namespace quern
