#pragma once
// Rank-local work whose failure must end all ranks: an exception on one while the others sit in a collective would hang them.

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quern {

/// Runs `work` on every rank, then agrees: when any rank failed, all throw, with the message of the first that did; on the others it is
/// SaidElsewhere. Collective.
template <class Work>
void together(World& world, Work work) {
  std::string failure;  // kind as one byte, then the message; empty: no failure
  const auto note = [&](ErrorKind kind, const char* what) { failure = static_cast<char>(kind) + std::string(what); };
  try {
    std::forward<Work>(work)();
  } catch (const Error& error) {
    note(error.kind(), error.what());
  } catch (const std::exception& error) {
    note(ErrorKind::internal, error.what());
  }
  if (world.max(failure.empty() ? 0 : 1) == 0) return;
  const std::vector<std::string> all = world.all_gather_bytes(failure);
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (all[rank].empty()) continue;
    const Error error(static_cast<ErrorKind>(all[rank][0]), all[rank].substr(1));
    if (rank == static_cast<std::size_t>(world.rank())) throw error;
    throw SaidElsewhere(error.kind(), error.what());
  }
}

}  // namespace quern
