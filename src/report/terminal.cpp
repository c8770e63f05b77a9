#include "quern/report/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <string_view>

namespace quern {

namespace {

/// What stands in the last line now.
struct Drawn {
  std::mutex mutex;
  std::string bytes;       ///< with its escape sequences; empty: nothing
  std::size_t columns = 0;
};

Drawn& drawn() {
  static Drawn the_line;
  return the_line;
}

/// A message that cannot be written has no other place to go.
void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR && errno != EAGAIN) return;
    if (n < 0 && errno == EAGAIN) {
      pollfd wait{STDERR_FILENO, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    }
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// What makes the line empty, the cursor at its beginning.
std::string erasure(std::size_t columns) {
  return terminal_takes_escapes() ? std::string("\r\x1b[K") : '\r' + std::string(columns, ' ') + '\r';
}

std::size_t columns_of(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::size_t columns_of_session() {
  const int fd = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return 0;
  const std::size_t columns = columns_of(fd);
  ::close(fd);
  return columns;
}

/// A run in the background leaves the terminal to what is in front.
bool in_background() {
  const pid_t front = ::tcgetpgrp(STDERR_FILENO);
  return front > 0 && front != ::getpgrp();
}

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    Drawn& line = drawn();
    const std::lock_guard lock(line.mutex);
    std::string bytes = line.bytes.empty() ? std::string() : erasure(line.columns);
    bytes.append(text.data(), text.size());
    write_all(bytes + line.bytes);
  }
  void flush_() override {}
};

}  // namespace

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

std::size_t terminal_columns() {
  std::size_t columns = columns_of(STDERR_FILENO);
  if (columns == 0) columns = columns_of_session();
  if (const char* const given = std::getenv("COLUMNS"); columns == 0 && given != nullptr) columns = std::strtoul(given, nullptr, 10);
  return columns == 0 ? 80 : columns;
}

bool terminal_takes_escapes() {
  const char* const term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

bool terminal_takes_colour() {
  const char* const no_color = std::getenv("NO_COLOR");
  return terminal_takes_escapes() && (no_color == nullptr || *no_color == '\0');
}

bool stderr_takes_more() {
  pollfd ready{STDERR_FILENO, POLLOUT, 0};
  return ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
}

void draw_status_line(const std::string& line, std::size_t bold) {
  if (!stderr_takes_more() || in_background()) return;
  Drawn& now = drawn();
  const std::lock_guard lock(now.mutex);
  const std::string erase = erasure(now.columns);
  now.columns = line.size();
  now.bytes = line;
  if (bold > 0 && terminal_takes_colour()) now.bytes = "\x1b[1m" + line.substr(0, bold) + "\x1b[0m" + line.substr(bold);
  write_all(erase + now.bytes);
}

void erase_status_line() {
  Drawn& now = drawn();
  const std::lock_guard lock(now.mutex);
  if (now.bytes.empty()) return;
  write_all(erasure(now.columns));
  now.bytes.clear();
}

std::shared_ptr<spdlog::sinks::sink> make_stderr_sink() { return std::make_shared<StderrSink>(); }

}  // namespace quern
