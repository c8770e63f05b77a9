#include "quern/read/reader.hpp"

#include "quern/base/error.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/json_lines_piece.hpp"
#include "read/piece_sink.hpp"
#include "read/text_file.hpp"

#include <algorithm>
#include <optional>

namespace quern {

namespace {

/// zstd's own levels 1 to 19 need at most 8 MiB: they can be read whatever the memory.
constexpr std::uint64_t kSmallestWindowBound = 8u << 20;

/// The buffers that the pieces of a unit share.
class UnitReader {
 public:
  explicit UnitReader(const Job& job) : job_(job), stream_(std::max(kSmallestWindowBound, job.memory_per_rank / 2)) {}

  PieceRead read(const Piece& piece, const std::function<void(const Record&)>& sink) {
    if (piece.entry >= job_.input.size()) {
      fail(ErrorKind::internal, "{}: input entry {} of {}", piece.path, piece.entry, job_.input.size());
    }
    const InputSpec& entry = job_.input[piece.entry];
    PieceSink records(piece, sink);
    stream_.open(piece.path, {piece.begin, piece.end, piece.file_bytes});
    if (entry.format == InputFormat::text) return read_text_file(stream_, buffer_, piece, job_, records);
    if (!parser_ || parser_entry_ != piece.entry) {
      parser_.emplace(entry.text_field, entry.id_field, job_.clean.invalid_utf8);
      parser_entry_ = piece.entry;
    }
    return JsonLinesPiece(stream_, buffer_, *parser_, job_.max_document_bytes, records).read(piece);
  }

 private:
  const Job& job_;
  CompressedReader stream_;
  ByteBuffer buffer_;
  std::optional<JsonLineParser> parser_;
  std::uint16_t parser_entry_ = 0;
};

}  // namespace

std::vector<PieceRead> read_unit(const Unit& unit, const Job& job, const std::function<void(const Record&)>& sink) {
  UnitReader reader(job);
  std::vector<PieceRead> pieces;
  pieces.reserve(unit.pieces.size());
  for (const Piece& piece : unit.pieces) pieces.push_back(reader.read(piece, sink));
  return pieces;
}

}  // namespace quern
