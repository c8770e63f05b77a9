#include "quern/report/log.hpp"

#include "quern/base/error.hpp"
#include "quern/base/tally.hpp"
#include "quern/format/json_text.hpp"
#include "quern/report/terminal.hpp"
#include "quern/store/file.hpp"

#include <fmt/chrono.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>

namespace quern {

namespace {

/// Fields of the line that this thread is writing.
thread_local const LogFields* fields_at_hand = nullptr;

std::shared_ptr<spdlog::logger> file_logger;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

std::string value_text(const std::variant<std::uint64_t, double, std::string>& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return json_string(*text);
  const double number = std::get<double>(value);
  return std::isfinite(number) ? fmt::format("{:.6f}", number) : "null";
}

std::string_view name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug: return "debug";
    case spdlog::level::info: return "info";
    case spdlog::level::warn: return "warn";
    default: return "error";
  }
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  constexpr std::array levels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
  return levels[static_cast<std::size_t>(level)];
}

class JsonLines final : public spdlog::formatter {
 public:
  JsonLines(int rank, std::string host) : rank_(rank), host_(std::move(host)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    static const LogFields none;
    const auto time_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(message.time.time_since_epoch()).count();
    const std::string_view text(message.payload.data(), message.payload.size());
    const std::string line = log_line(time_ns, name(message.level), rank_, host_, quern::name(tally.now()), text, fields_at_hand ? *fields_at_hand : none) + '\n';
    to.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLines>(rank_, host_); }

 private:
  int rank_;
  std::string host_;
};

/// A full disk is no reason to end a run. Said once, not through the logger, which is at it.
void say_that_it_fails(const std::string& what) {
  static std::atomic<bool> said{false};
  if (said.exchange(true)) return;
  erase_status_line();
  std::fprintf(stderr, "quern: the log is not written, the run goes on: %s\n", what.c_str());
}

}  // namespace

std::string log_line(std::int64_t time_ns, std::string_view level, int rank, std::string_view host, std::string_view step, std::string_view message,
                     const LogFields& fields) {
  const std::int64_t seconds = time_ns / 1'000'000'000;
  std::string line = fmt::format(R"({{"time":"{:%Y-%m-%dT%H:%M:%S}.{:06}Z","level":"{}","rank":{},"host":{},"step":"{}","message":{})",
                                 fmt::gmtime(static_cast<std::time_t>(seconds)), time_ns / 1000 % 1'000'000, level, rank, json_string(host), step,
                                 json_string(message));
  for (const auto& [field, value] : fields) line += fmt::format(",{}:{}", json_string(field), value_text(value));
  return line + '}';
}

void open_log(const LogSpec& spec, int rank) {
  if (spec.folder.empty()) return;
  make_folders(spec.folder);
  const std::string path = fmt::format("{}/rank-{:05}.jsonl", spec.folder, rank);
  std::shared_ptr<spdlog::sinks::sink> sink;
  try {
    sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, spec.max_bytes, spec.files - 1);
  } catch (const spdlog::spdlog_ex& error) {
    fail(ErrorKind::store, "{}: the log cannot be written (`log.folder` of the job): {}", path, error.what());
  }
  sink->set_formatter(std::make_unique<JsonLines>(rank, host_name()));
  sink->set_level(spdlog_level(spec.level));
  file_logger = std::make_shared<spdlog::logger>("quern-log", sink);
  file_logger->set_level(spdlog::level::debug);
  file_logger->set_error_handler(say_that_it_fails);
  file_logger->flush_on(spdlog::level::debug);  // few lines: what was said before a crash is there
  const auto& both = spdlog::default_logger();
  for (const auto& other : both->sinks()) other->set_level(spdlog::level::info);
  both->sinks().push_back(sink);
  both->set_level(spdlog::level::debug);
  both->set_error_handler(say_that_it_fails);
  both->flush_on(spdlog::level::debug);
}

void log_event(LogLevel level, std::string_view message, const LogFields& fields) {
  if (!file_logger) return;
  fields_at_hand = &fields;
  file_logger->log(spdlog_level(level), spdlog::string_view_t(message.data(), message.size()));
  fields_at_hand = nullptr;
}

void close_log() {
  if (!file_logger) return;
  spdlog::default_logger()->sinks().pop_back();
  file_logger.reset();
}

}  // namespace quern
