#pragma once
// Where this process is and how far: counters for whoever watches the run (engine/watch.hpp). Nothing that is computed may read them.

#include "quern/base/verdict.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace quern {

/// What a run does, in order; a long step of it has several.
enum class Stage : std::uint64_t { plan, map, repeats, map_again, exact, near_bands, near_rounds, count_words, train, tokenize, order, write, exports, report, count_ };

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Stage::count_)> kStageNames = {
    "plan", "map", "repeats", "map_again", "exact", "near_bands", "near_rounds", "count_words", "train", "tokenize", "order", "write", "export", "report"};

constexpr std::string_view name(Stage stage) { return kStageNames[static_cast<std::size_t>(stage)]; }

/// Written by the thread that works, read by any.
struct Tally {
  using Counter = std::atomic<std::uint64_t>;
  Counter stage{0};
  // Of this stage, on this rank:
  Counter done{0}, total{0};  ///< of the same unit; a total of 0: not known, or known to rank 0 alone
  Counter documents{0};       ///< gone through
  Counter bytes{0};           ///< of their texts in the map, of what lies of them in the spool in later stages
  Counter rounds{0};
  std::array<std::atomic<std::int64_t>, static_cast<std::size_t>(Stage::count_)> began{};  ///< ticks of the steady clock; 0: not yet
  // Of all stages, on this rank:
  std::array<Counter, static_cast<std::size_t>(Reason::count_)> by_reason{};  ///< of records read by the map; [0]: not removed so far

  void begin(Stage next, std::uint64_t total_here = 0) noexcept {
    for (Counter* of_stage : {&done, &documents, &bytes, &rounds}) of_stage->store(0, std::memory_order_relaxed);
    total.store(total_here, std::memory_order_relaxed);
    began[static_cast<std::size_t>(next)].store(std::chrono::steady_clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    stage.store(static_cast<std::uint64_t>(next), std::memory_order_release);
  }
  /// A block of `n` documents, in a stage whose total counts documents.
  void add_documents(std::uint64_t n, std::uint64_t text_bytes) noexcept {
    documents.fetch_add(n, std::memory_order_relaxed);
    done.fetch_add(n, std::memory_order_relaxed);
    bytes.fetch_add(text_bytes, std::memory_order_relaxed);
  }
  void count(Reason reason) noexcept { by_reason[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed); }
  Stage now() const noexcept { return static_cast<Stage>(stage.load(std::memory_order_acquire)); }
};

/// One per process, as the heart beats are: steps need not be handed it.
inline Tally tally;

}  // namespace quern
