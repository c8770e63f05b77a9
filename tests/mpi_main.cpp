// Entry of every MPI test program: GoogleTest on all ranks, one printer, one agreed result.

#include "quern/comm/mpi_run.hpp"
#include "mpi_test.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
// Open MPI closes its components before the leak check, which then cannot tell their allocations from ours.
extern "C" int dlclose(void*) { return 0; }
#endif

namespace quern::test {
World* current_world = nullptr;
World& world() { return *current_world; }
}  // namespace quern::test

int main(int argc, char** argv) {
  quern::MpiRun run(argc, argv, 1 << 12);  // every larger exchange goes in several rounds; whole runs are tested with the real bound
  quern::test::current_world = &run.world();
  ::testing::InitGoogleTest(&argc, argv);
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  if (!run.world().is_root()) delete listeners.Release(listeners.default_result_printer());
  // A failed rank prints its failures to the error stream: the root's printer knows only its own.
  struct Reporter : ::testing::EmptyTestEventListener {
    void OnTestPartResult(const ::testing::TestPartResult& result) override {
      if (result.failed() && !quern::test::world().is_root()) {
        std::fprintf(stderr, "rank %d: %s:%d: %s\n", quern::test::world().rank(), result.file_name(), result.line_number(), result.message());
      }
    }
  };
  listeners.Append(new Reporter);
  const int failed = RUN_ALL_TESTS();
  return run.world().max(static_cast<std::uint64_t>(failed)) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
