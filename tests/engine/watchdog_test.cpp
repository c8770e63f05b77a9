#include "engine/watchdog.hpp"
#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void make_alive_file(const std::string& folder) { publish_file(folder + "/" + kAliveFileName, std::string(sizeof(Pulse), '\0'), 0600); }

/// All that the working thread does with it, while its own thread looks: a build with QUERN_SANITIZE=thread watches both.
TEST(Watchdog, WritesThePulseOfWorkThatGoesOn) {
  const test::TempFolder folder;
  make_alive_file(folder.path());
  const auto world = single_rank_world();
  {
    Watchdog watchdog(folder.path(), 7, seconds(3), *world);
    const auto end = std::chrono::steady_clock::now() + milliseconds(4500);  // longer than it would wait without a beat
    while (std::chrono::steady_clock::now() < end) {
      beat();
      watchdog.begin_step("map");
      watchdog.count_text(10);
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  const std::vector<Pulse> pulses = read_pulses(folder.path());
  ASSERT_EQ(pulses.size(), 1u);
  EXPECT_EQ(pulses[0].epoch, 7u);
  EXPECT_GE(pulses[0].ticks, 3u);
  EXPECT_GT(pulses[0].beats, 100u);
  EXPECT_GT(pulses[0].text_bytes, 1000u);
}

TEST(Watchdog, LetsGoAtOnceAndWithoutAFolder) {
  const auto world = single_rank_world();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) Watchdog("/nowhere/at/all", 1, seconds(1), *world);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
}

TEST(WatchdogDeathTest, EndsWorkThatDoesNotGoOn) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const test::TempFolder folder;
  make_alive_file(folder.path());
  const auto stand_still = [&] {
    const auto world = single_rank_world();
    Watchdog watchdog(folder.path(), 1, seconds(1), *world);
    watchdog.begin_step("map");
    std::this_thread::sleep_for(seconds(30));
  };
  EXPECT_EXIT(stand_still(), testing::ExitedWithCode(static_cast<int>(ErrorKind::stalled)),
              "rank 0: its work does not go on, for 1 s \\(stall_timeout\\), in the step 'map'");
}

}  // namespace
}  // namespace quern
