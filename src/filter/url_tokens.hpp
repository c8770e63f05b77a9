#pragma once
// Addresses as one token each: what the repetition rules ask of an address is whether the same one stood before.

#include "quern/filter/token_places.hpp"

#include <string_view>

namespace quern {

/// A token that begins with letters, digits, `+`, `.` and `-`, as many as there are, and `://` goes on to the end of its run, but for the
/// symbols peeled off there. False: there is none, and `to` is not written to; else it has the tokens of `from`, so joined, without
/// line feeds.
bool join_urls(std::string_view text, const TokenPlaces& from, TokenPlaces& to);

}  // namespace quern
