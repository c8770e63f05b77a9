#include "engine/pause_point.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/store/file.hpp"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

namespace quern {

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

void pause_point(std::string_view name, const World& world) {
  static std::string wanted = variable("QUERN_PAUSE_AT");
  if (wanted.empty() || wanted != name) return;
  static const std::string rank = variable("QUERN_PAUSE_RANK");
  if (!rank.empty() && rank != std::to_string(world.rank())) return;
  wanted.clear();
  const std::string path = fmt::format("{}.{}", variable("QUERN_PAUSE_FILE"), world.rank());
  publish_file(path, name);
  const bool hangs = !variable("QUERN_PAUSE_HANG").empty();
  while (path_exists(path)) {
    if (!hangs) beat();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace quern
