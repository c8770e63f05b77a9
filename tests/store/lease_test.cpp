#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

namespace quern {
namespace {

using std::chrono::milliseconds;

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused) << error.what();
    return error.what();
  }
  return {};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

/// Takes the lease in a child process, which then is killed.
void take_and_die(const std::string& folder) {
  const pid_t child = ::fork();
  if (child == 0) {
    Lease::take(folder, milliseconds(0));
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(Lease, IsRefusedWhileItsHolderLives) {
  const test::TempFolder folder;
  const Lease first = Lease::take(folder.path(), milliseconds(0));
  const std::string message = refusal([&] { Lease::take(folder.path(), milliseconds(0)); });
  EXPECT_NE(message.find("process " + std::to_string(::getpid())), std::string::npos) << message;
  EXPECT_NE(lease_holder(folder.path()).find(std::to_string(::getpid())), std::string::npos);
  first.check();
}

TEST(Lease, GoesToTheNextOneWhenItsHolderHasEnded) {
  const test::TempFolder folder;
  take_and_die(folder.path());
  EXPECT_EQ(Lease::take(folder.path(), milliseconds(0)).epoch(), 2u);
}

TEST(Lease, GoesToTheNextOneWhenReleased) {
  const test::TempFolder folder;
  const Lease first = Lease::take(folder.path(), milliseconds(0));
  first.release();
  EXPECT_EQ(lease_holder(folder.path()), "");
  const Lease second = Lease::take(folder.path(), milliseconds(0));
  EXPECT_EQ(second.epoch(), 2u);
  EXPECT_NE(refusal([&] { first.check(); }).find("taken over"), std::string::npos);
  second.check();
}

TEST(Lease, OfAProcessNumberThatCameAgainIsNotTakenForItsHolder) {
  const test::TempFolder folder;
  const Lease first = Lease::take(folder.path(), milliseconds(0));
  std::string text = read_file(folder / "lease.1");
  text.replace(text.find("started "), 8, "started 1");  // as if this process had begun at another time
  put(folder / "lease.1", text);
  EXPECT_EQ(Lease::take(folder.path(), milliseconds(0)).epoch(), 2u);
}

TEST(Lease, OfAnotherMachineLivesAsLongAsItsFileChanges) {
  const test::TempFolder folder;
  put(folder / "lease.4", "host elsewhere\npid 1\nboot other\nprocesses pid:[1]\nstarted 5\njob \nrestart \n");
  put(folder / "alive", "0");
  std::atomic<bool> stop = false;
  std::thread pulse([&] {
    for (int i = 0; !stop; ++i) {
      publish_file(folder / "alive", std::to_string(i));
      std::this_thread::sleep_for(milliseconds(50));
    }
  });
  const std::string message = refusal([&] { Lease::take(folder.path(), milliseconds(2000)); });
  stop = true;
  pulse.join();
  EXPECT_NE(message.find("elsewhere"), std::string::npos) << message;
  EXPECT_EQ(Lease::take(folder.path(), milliseconds(500)).epoch(), 5u);
}

TEST(Lease, OfABatchJobQueuedAgainIsOver) {
  const test::TempFolder folder;
  ASSERT_EQ(::setenv("SLURM_JOB_ID", "77", 1), 0);
  ASSERT_EQ(::setenv("SLURM_RESTART_COUNT", "1", 1), 0);
  put(folder / "lease.1", "host elsewhere\npid 1\nboot other\nprocesses pid:[1]\nstarted 5\njob 77\nrestart \n");
  EXPECT_EQ(Lease::take(folder.path(), milliseconds(60'000)).epoch(), 2u);
  ::unsetenv("SLURM_JOB_ID");
  ::unsetenv("SLURM_RESTART_COUNT");
}

TEST(Lease, OfTwoAtTheSameMomentOneGetsIt) {
  const test::TempFolder folder;
  std::atomic<int> got = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      try {
        Lease::take(folder.path(), milliseconds(0));
        ++got;
      } catch (const Error&) {
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got, 1);
  EXPECT_EQ(refused, 7);
}

}  // namespace
}  // namespace quern
