#include "quern/comm/mpi_run.hpp"

#include "comm/patience.hpp"
#include "quern/base/error.hpp"

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <mpi.h>

#include <algorithm>
#include <exception>
#include <list>
#include <numeric>

namespace quern {

namespace {

constexpr int kTransferTag = 7;
constexpr int kFirstPostTag = 8;  // and one for each channel
constexpr std::uint64_t kMostBytes = 1u << 30;  // MPI counts and displacements are int

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(code, text, &length);
  fail(ErrorKind::comm, "{}: {}", call, std::string_view(text, static_cast<std::size_t>(length)));
}

/// All ranks over MPI. Every wait is a test and a short sleep; every count stays below 2^31.
class MpiWorld final : public World {
 public:
  MpiWorld(const boost::mpi::communicator& comm, std::uint64_t round_bytes)
      : World(comm.rank(), comm.size()),
        comm_(comm),
        raw_(comm),
        round_bytes_(std::max(round_bytes, static_cast<std::uint64_t>(comm.size()))) {
    check(MPI_Comm_set_errhandler(raw_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  }

  void barrier() override {
    MPI_Request request;
    check(MPI_Ibarrier(raw_, &request), "MPI_Ibarrier");
    wait(request);
  }
  void all_reduce_sum(std::span<std::uint64_t> values) override { all_reduce(values, MPI_SUM); }
  void all_reduce_max(std::span<std::uint64_t> values) override { all_reduce(values, MPI_MAX); }
  void all_reduce_min(std::span<std::uint64_t> values) override { all_reduce(values, MPI_MIN); }

  void broadcast_bytes(std::string& bytes) override {
    std::uint64_t total = bytes.size();
    broadcast_part(&total, sizeof total);
    bytes.resize(total);
    for (std::uint64_t at = 0; at < total; at += round_bytes_) {
      broadcast_part(bytes.data() + at, std::min<std::uint64_t>(round_bytes_, total - at));
    }
  }

  std::vector<std::string> gather_bytes(std::string_view bytes) override {
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(size()), 0);
    counts[0] = bytes.size();
    std::vector<std::uint64_t> received;
    const std::string all = all_to_all_bytes(bytes, counts, received);
    std::vector<std::string> parts;
    if (!is_root()) return parts;
    std::size_t at = 0;
    for (const std::uint64_t n : received) {
      parts.push_back(all.substr(at, n));
      at += n;
    }
    return parts;
  }

  std::vector<std::uint64_t> all_to_all_counts(std::span<const std::uint64_t> send) override {
    std::vector<std::uint64_t> received(static_cast<std::size_t>(size()));
    MPI_Request request;
    check(MPI_Ialltoall(send.data(), 1, MPI_UINT64_T, received.data(), 1, MPI_UINT64_T, raw_, &request), "MPI_Ialltoall");
    wait(request);
    return received;
  }

  std::string all_to_all_bytes(std::string_view send, std::span<const std::uint64_t> send_counts,
                               std::vector<std::uint64_t>& receive_counts) override {
    receive_counts = all_to_all_counts(send_counts);
    std::string received(std::accumulate(receive_counts.begin(), receive_counts.end(), std::uint64_t{0}), '\0');
    const std::uint64_t per_peer = round_bytes_ / static_cast<std::uint64_t>(size());
    const std::uint64_t largest = max(*std::max_element(send_counts.begin(), send_counts.end()));
    for (std::uint64_t at = 0; at < largest; at += per_peer) {
      exchange_round(send, send_counts, received, receive_counts, at, per_peer);
    }
    return received;
  }

  /// From one rank to another, messages of one tag arrive in the order in which they were sent, and every rank starts the same transfers
  /// in the same order: so transfers may overlap each other.
  void start(Transfer& transfer) override {
    auto flight = std::make_unique<Flight>();
    for_each_peer([&](int from) {
      const std::span<char> room = transfer.room[static_cast<std::size_t>(from)];
      check(MPI_Irecv(room.data(), int_count(room.size()), MPI_BYTE, from, kTransferTag, raw_, flight->next()), "MPI_Irecv");
    });
    for_each_peer([&](int to) {
      const std::string_view part = transfer.send[static_cast<std::size_t>(to)];
      check(MPI_Isend(part.data(), int_count(part.size()), MPI_BYTE, to, kTransferTag, raw_, flight->next()), "MPI_Isend");
    });
    transfer.pending = std::move(flight);
  }

  void finish(Transfer& transfer) override {
    auto& flight = static_cast<Flight&>(*transfer.pending);
    std::vector<MPI_Status> statuses(flight.requests.size());
    Patience patience;
    for (int done = 0;;) {
      check(MPI_Testall(static_cast<int>(flight.requests.size()), flight.requests.data(), &done, statuses.data()), "MPI_Testall");
      if (done != 0) break;
      patience.pause();
    }
    transfer.received.assign(static_cast<std::size_t>(size()), 0);
    std::size_t at = 0;
    for_each_peer([&](int from) {
      int bytes = 0;
      check(MPI_Get_count(&statuses[at++], MPI_BYTE, &bytes), "MPI_Get_count");
      transfer.received[static_cast<std::size_t>(from)] = static_cast<std::uint64_t>(bytes);
    });
    transfer.pending.reset();
  }

  void post(int to, std::string bytes, Channel channel) override {
    posted_.push_back({std::move(bytes), MPI_REQUEST_NULL});
    Posted& last = posted_.back();
    check(MPI_Isend(last.bytes.data(), int_count(last.bytes.size()), MPI_BYTE, to, tag(channel), raw_, &last.request), "MPI_Isend");
  }

  std::optional<Message> receive(Channel channel) override {
    drop_delivered();
    // The first probe may only drive progress: a message is certainly not there when two in a row find none.
    boost::optional<boost::mpi::status> status = comm_.iprobe(boost::mpi::any_source, tag(channel));
    if (!status) status = comm_.iprobe(boost::mpi::any_source, tag(channel));
    if (!status) return std::nullopt;
    Message message{status->source(), std::string(static_cast<std::size_t>(*status->count<char>()), '\0')};
    check(MPI_Recv(message.bytes.data(), int_count(message.bytes.size()), MPI_BYTE, message.from, tag(channel), raw_, MPI_STATUS_IGNORE),
          "MPI_Recv");
    return message;
  }

  const void* native() const override { return &raw_; }

  /// Lets posted messages arrive before MPI ends.
  void deliver_all() {
    for (Posted& posted : posted_) wait(posted.request);
    posted_.clear();
  }

 private:
  struct Posted {
    std::string bytes;
    MPI_Request request;
  };

  /// Receives from every peer, then sends to every peer.
  struct Flight final : Transfer::Pending {
    std::vector<MPI_Request> requests;
    MPI_Request* next() { return &requests.emplace_back(MPI_REQUEST_NULL); }
  };

  /// Every rank, this one too; each rank begins with another, so that they do not all write to rank 0 first.
  template <class Visit>
  void for_each_peer(Visit visit) const {
    for (int i = 0; i < size(); ++i) visit((rank() + i) % size());
  }

  static int tag(Channel channel) { return kFirstPostTag + static_cast<int>(channel); }

  static int int_count(std::uint64_t n) {
    if (n > kMostBytes) fail(ErrorKind::comm, "a message of {} bytes is above the bound of {}", n, kMostBytes);
    return static_cast<int>(n);
  }

  static void wait(MPI_Request& request) {
    Patience patience;
    for (int done = 0;;) {
      check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
      if (done != 0) return;
      patience.pause();
    }
  }

  void all_reduce(std::span<std::uint64_t> values, MPI_Op op) {
    MPI_Request request;
    check(MPI_Iallreduce(MPI_IN_PLACE, values.data(), int_count(values.size()), MPI_UINT64_T, op, raw_, &request), "MPI_Iallreduce");
    wait(request);
  }

  void broadcast_part(void* bytes, std::uint64_t count) {
    MPI_Request request;
    check(MPI_Ibcast(bytes, int_count(count), MPI_BYTE, 0, raw_, &request), "MPI_Ibcast");
    wait(request);
  }

  /// Moves the part [at, at + per_peer) of every pair's bytes, straight out of and into the whole buffers.
  void exchange_round(std::string_view send, std::span<const std::uint64_t> send_counts, std::string& received,
                      std::span<const std::uint64_t> receive_counts, std::uint64_t at, std::uint64_t per_peer) {
    const Round out = pack_counts(send_counts, at, per_peer);
    const Round in = pack_counts(receive_counts, at, per_peer);
    const bool one_round = at == 0 && out.total == send.size() && in.total == received.size();
    std::string packed(one_round ? 0 : out.total, '\0');
    std::string unpacked(one_round ? 0 : in.total, '\0');
    if (!one_round) copy_parts(send.data(), send_counts, at, per_peer, [&](const char* from, std::uint64_t to, std::uint64_t n) {
      std::copy_n(from, n, packed.data() + to);
    });
    MPI_Request request;
    check(MPI_Ialltoallv(one_round ? send.data() : packed.data(), out.counts.data(), out.starts.data(), MPI_BYTE,
                         one_round ? received.data() : unpacked.data(), in.counts.data(), in.starts.data(), MPI_BYTE, raw_, &request),
          "MPI_Ialltoallv");
    wait(request);
    if (!one_round) copy_parts(received.data(), receive_counts, at, per_peer, [&](char* to, std::uint64_t from, std::uint64_t n) {
      std::copy_n(unpacked.data() + from, n, to);
    });
  }

  struct Round {
    std::vector<int> counts, starts;
    std::uint64_t total = 0;
  };

  static std::uint64_t part_of(std::uint64_t count, std::uint64_t at, std::uint64_t per_peer) {
    return count > at ? std::min(per_peer, count - at) : 0;
  }

  static Round pack_counts(std::span<const std::uint64_t> counts, std::uint64_t at, std::uint64_t per_peer) {
    Round round;
    for (const std::uint64_t count : counts) {
      const std::uint64_t n = part_of(count, at, per_peer);
      round.counts.push_back(static_cast<int>(n));
      round.starts.push_back(static_cast<int>(round.total));
      round.total += n;
    }
    return round;
  }

  template <class Char, class Copy>
  static void copy_parts(Char* whole, std::span<const std::uint64_t> counts, std::uint64_t at, std::uint64_t per_peer, Copy copy) {
    std::uint64_t start = 0, packed = 0;
    for (const std::uint64_t count : counts) {
      const std::uint64_t n = part_of(count, at, per_peer);
      copy(whole + start + std::min(at, count), packed, n);
      start += count;
      packed += n;
    }
  }

  void drop_delivered() {
    for (auto posted = posted_.begin(); posted != posted_.end();) {
      int done = 0;
      check(MPI_Test(&posted->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
      posted = done != 0 ? posted_.erase(posted) : std::next(posted);
    }
  }

  boost::mpi::communicator comm_;
  MPI_Comm raw_;
  std::uint64_t round_bytes_;
  std::list<Posted> posted_;  // a list: the bytes must not move while MPI sends them
};

}  // namespace

struct MpiRun::Inside {
  Inside(int& argc, char**& argv, std::uint64_t round_bytes)
      : environment(argc, argv, boost::mpi::threading::funneled, false), world(boost::mpi::communicator(), round_bytes) {}
  boost::mpi::environment environment;
  MpiWorld world;
};

MpiRun::MpiRun(int& argc, char**& argv) : MpiRun(argc, argv, kMostBytes) {}
MpiRun::MpiRun(int& argc, char**& argv, std::uint64_t round_bytes)
    : inside_(std::make_unique<Inside>(argc, argv, std::min(round_bytes, kMostBytes))) {}

MpiRun::~MpiRun() {
  // While an exception unwinds, MPI_Finalize would wait for ranks that wait for this one.
  if (std::uncaught_exceptions() > 0) abort(static_cast<int>(ErrorKind::internal));
  inside_->world.deliver_all();
}

World& MpiRun::world() { return inside_->world; }

void MpiRun::abort(int exit_code) {
  boost::mpi::environment::abort(exit_code);
  std::abort();
}

}  // namespace quern
