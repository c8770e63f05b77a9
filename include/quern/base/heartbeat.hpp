#pragma once
// Signs of life of the thread that works, for the thread that watches it (engine/watchdog.hpp).

#include <atomic>
#include <cstdint>

namespace quern {

/// One per process, as a watchdog is: steps need not be handed it to say that they go on.
inline std::atomic<std::uint64_t> heart_beats{0};

/// To be called at least every few seconds: by each wait and each loop over documents, blocks or rounds.
inline void beat() noexcept { heart_beats.fetch_add(1, std::memory_order_relaxed); }

}  // namespace quern
