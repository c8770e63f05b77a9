#pragma once
// Files that are given as JSON lines by mistake, known by their first bytes.

#include <string_view>

namespace quern {

/// What the file is and what to do with it, as the end of a message ("; the file looks like …"); empty when nothing is known of it.
/// `first_bytes`: of the decompressed file; 512 are enough.
std::string_view foreign_file(std::string_view first_bytes) noexcept;

}  // namespace quern
