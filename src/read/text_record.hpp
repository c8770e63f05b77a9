#pragma once
// A text that is a record by itself: its UTF-8 is looked at, and mended or not as the job says.

#include "quern/base/job.hpp"
#include "read/piece_sink.hpp"

#include <cstdint>
#include <string_view>

namespace quern {

/// `fields` has the text, whatever its bytes, and all that is known of it.
void give_text(std::uint64_t offset, LineFields fields, InvalidUtf8 policy, PieceSink& sink);

}  // namespace quern
