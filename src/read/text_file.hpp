#pragma once
// A text or HTML file → one record.

#include "quern/base/job.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/piece_sink.hpp"

namespace quern {

/// `stream` has been opened for the whole file.
PieceRead read_text_file(CompressedReader& stream, ByteBuffer& buffer, const Piece& piece, const Job& job, PieceSink& sink);

}  // namespace quern
