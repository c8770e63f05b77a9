#pragma once
// All ranks of a run. The one-rank form needs no MPI, so every step runs and is tested without it.
// Every member function is collective unless it says otherwise: all ranks call it, in the same order.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace quern {

/// Kinds of messages outside the collectives, each received by its own reader.
enum class Channel : int { units, done };

/// A message from one rank to another, outside the collectives.
struct Message {
  int from = 0;
  std::string bytes;
};

/// Bytes on their way to and from every rank while this rank does other things. It stays, with the memory that it names, where it is
/// from World::start to World::finish.
struct Transfer {
  /// What an implementation keeps meanwhile.
  struct Pending {
    virtual ~Pending() = default;
  };

  std::vector<std::string_view> send;     ///< [ranks] what goes to each rank, at most 1 GiB
  std::vector<std::span<char>> room;      ///< [ranks] where to put what comes from each rank
  std::vector<std::uint64_t> received;    ///< [ranks] bytes that came; finish() sets it
  std::unique_ptr<Pending> pending;
};

class World {
 public:
  virtual ~World() = default;
  int rank() const { return rank_; }  ///< not collective
  int size() const { return size_; }  ///< not collective
  bool is_root() const { return rank_ == 0; }

  virtual void barrier() = 0;
  /// Element-wise over equally long arrays.
  virtual void all_reduce_sum(std::span<std::uint64_t> values) = 0;
  virtual void all_reduce_max(std::span<std::uint64_t> values) = 0;
  virtual void all_reduce_min(std::span<std::uint64_t> values) = 0;
  /// The root's bytes, on every rank. Any size.
  virtual void broadcast_bytes(std::string& bytes) = 0;
  /// Every rank's bytes, in rank order, on the root; elsewhere empty. Any size.
  virtual std::vector<std::string> gather_bytes(std::string_view bytes) = 0;
  /// Sends counts[r] bytes (consecutive in `send`) to rank r; returns what came in, in rank order, and the counts received.
  /// Any size: cut into rounds below MPI's int counts. Waits by test and short sleep, so a waiting rank does not burn a core.
  virtual std::string all_to_all_bytes(std::string_view send, std::span<const std::uint64_t> send_counts,
                                       std::vector<std::uint64_t>& receive_counts) = 0;
  /// Sends and receives parts of which the receiver knows only the most they can be. Returns at once; other collectives may be called
  /// before finish(). What does not fit the room fails at finish().
  virtual void start(Transfer& transfer) = 0;
  /// Waits, by test and short sleep, until everything was sent and has come in.
  virtual void finish(Transfer& transfer) = 0;
  /// One number to and from every rank.
  virtual std::vector<std::uint64_t> all_to_all_counts(std::span<const std::uint64_t> send) = 0;

  /// Sends `bytes` to `to` without waiting for it: delivered while both ranks go on. Not collective; never blocks.
  virtual void post(int to, std::string bytes, Channel channel) = 0;
  /// The next posted message that has come in, if any. Not collective; never blocks.
  virtual std::optional<Message> receive(Channel channel) = 0;

  /// Pointer to the MPI communicator for parallel HDF5, or null in the one-rank form. Not collective.
  virtual const void* native() const { return nullptr; }

  std::uint64_t sum(std::uint64_t value) {
    all_reduce_sum({&value, 1});
    return value;
  }
  std::uint64_t max(std::uint64_t value) {
    all_reduce_max({&value, 1});
    return value;
  }
  std::uint64_t min(std::uint64_t value) {
    all_reduce_min({&value, 1});
    return value;
  }
  /// Sum of the values of all lower ranks.
  std::uint64_t exclusive_sum(std::uint64_t value);
  /// Every rank's bytes, in rank order, on every rank.
  std::vector<std::string> all_gather_bytes(std::string_view bytes);

  /// Values of all ranks in rank order, on every rank.
  template <class T>
  std::vector<T> all_gather(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::vector<T> all;
    for (const std::string& part : all_gather_bytes({reinterpret_cast<const char*>(values.data()), values.size_bytes()})) {
      const auto* first = reinterpret_cast<const T*>(part.data());
      all.insert(all.end(), first, first + part.size() / sizeof(T));
    }
    return all;
  }

 protected:
  World(int rank, int size) : rank_(rank), size_(size) {}

 private:
  int rank_;
  int size_;
};

/// The one-rank form. No MPI.
std::unique_ptr<World> single_rank_world();

}  // namespace quern
