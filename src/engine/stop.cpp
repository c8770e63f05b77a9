#include "engine/stop.hpp"

#include "quern/base/error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace quern {

namespace {

volatile std::sig_atomic_t requested = 0;

extern "C" void request_stop(int signal) {
  if (requested != 0 && signal != SIGUSR1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  requested = 1;
}

}  // namespace

void listen_for_stop() {
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESTART;
  for (const int signal : std::array{SIGTERM, SIGINT, SIGUSR1}) {
    if (::sigaction(signal, &action, nullptr) != 0) fail(ErrorKind::internal, "sigaction({}): {}", signal, std::strerror(errno));
  }
}

bool stop_requested() noexcept { return requested != 0; }

bool stop_asked_of_any(World& world) { return world.max(stop_requested() ? 1 : 0) != 0; }

}  // namespace quern
