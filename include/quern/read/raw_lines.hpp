#pragma once
// Lines of an input file as they stand there.

#include "quern/base/job.hpp"
#include "quern/base/unit.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace quern {

/// Gives `out` the lines that begin at these ascending offsets of the decompressed file, in parts, each line ended by one LF. A byte order
/// mark before the first line of the file is left out; nothing else is changed, whatever the bytes are.
/// `piece`: the whole file. Throws Error{check} when the file ends before an offset, Error{store} when it cannot be read, and as
/// CompressedReader does. Memory does not grow with the length of a line. Cost: the file is read up to the end of the last line.
void copy_raw_lines(const Piece& piece, std::span<const std::uint64_t> offsets, const Job& job, const std::function<void(std::string_view)>& out);

}  // namespace quern
