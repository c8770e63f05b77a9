#pragma once
// The last undecided documents, decided on one rank by the sequential definition.

#include "near/cover_home.hpp"

namespace quern {

/// Bytes that one undecided document takes on the rank that finishes, bucket rows included (bounded by its number of bands).
inline constexpr std::uint64_t kFinishBytes = 512;

/// Collective. Decides every undecided document; call it when all leaders named so far have been compared. Rank 0 needs about kFinishBytes
/// for each: the caller waits until they are few enough.
void finish_on_root(const CoverOwner& owner, CoverHome& cover_home, const Home& home, Comparer& comparer, World& world);

}  // namespace quern
