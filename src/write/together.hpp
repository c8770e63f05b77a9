#pragma once
// Rank-local work whose failure must end all ranks: an exception on one while the others sit in a collective would hang them.

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"

#include <optional>
#include <string>
#include <utility>

namespace quern {

/// Runs `work` on every rank, then agrees: when any rank failed, all throw, with the message of the first that did. Collective.
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
  for (const std::string& theirs : world.all_gather_bytes(failure)) {
    if (!theirs.empty()) throw Error(static_cast<ErrorKind>(theirs[0]), theirs.substr(1));
  }
}

}  // namespace quern
