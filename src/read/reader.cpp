#include "quern/read/reader.hpp"

#include "quern/base/error.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/json_lines_piece.hpp"
#include "read/piece_sink.hpp"
#include "read/text_file.hpp"
#include "read/warc_document.hpp"
#include "read/warc_piece.hpp"
#include "read/window_bound.hpp"

#include <optional>

namespace quern {

struct UnitReader::State {
  explicit State(const Job& of) : job(of), stream(window_bound(job)), archive(job.max_document_bytes, job.clean.invalid_utf8) {}

  PieceRead read(const Piece& piece, PieceSink& sink) {
    if (piece.entry >= job.input.size()) {
      fail(ErrorKind::internal, "{}: input entry {} of {}", piece.path, piece.entry, job.input.size());
    }
    const InputSpec& entry = job.input[piece.entry];
    if (entry.format == InputFormat::warc) return read_archive(piece, sink);
    const std::optional<PieceRest> before = rest_before(piece, rest);
    rest.reset();
    archive_rest.reset();
    if (before) {
      stream.go_on(range_of(piece), buffer.view().substr(buffer.size() - before->unread_bytes));
    } else {
      stream.open(piece.path, range_of(piece));
    }
    if (entry.format == InputFormat::text) return read_text_file(stream, buffer, piece, job, sink);
    if (!parser || parser_entry != piece.entry) {
      parser.emplace(entry.text_field, entry.id_field, job.clean.invalid_utf8);
      parser_entry = piece.entry;
    }
    JsonLinesPiece lines(stream, buffer, *parser, job.max_document_bytes, sink);
    const PieceRead read = before ? lines.go_on(*before) : lines.read(piece);
    rest = lines.rest();
    file = piece.file;
    end = piece.end;
    return read;
  }

  PieceRead read_archive(const Piece& piece, PieceSink& sink) {
    const std::optional<WarcRest> before = goes_on(piece) ? archive_rest : std::nullopt;
    rest.reset();
    archive_rest.reset();
    if (before && stream.compression() != Compression::none) {
      stream.go_on(range_of(piece), buffer.view().substr(buffer.size() - before->unread_bytes));
    } else {
      stream.open(piece.path, range_of(piece));
    }
    WarcPiece records(stream, buffer, archive, sink);
    const PieceRead read = before ? records.go_on(piece, *before) : records.read(piece);
    archive_rest = records.rest();
    file = piece.file;
    end = piece.end;
    return read;
  }

  bool goes_on(const Piece& piece) const { return piece.file == file && piece.begin == end && piece.path == stream.path(); }

  /// What the piece that was read last has left for this one. A plain file is as well opened again.
  std::optional<PieceRest> rest_before(const Piece& piece, const std::optional<PieceRest>& left) const {
    return left && goes_on(piece) && stream.compression() != Compression::none ? left : std::nullopt;
  }

  static DiskRange range_of(const Piece& piece) { return {piece.begin, piece.end, piece.file_bytes, piece.modified_ns}; }

  const Job& job;
  CompressedReader stream;
  ByteBuffer buffer;
  WarcDocument archive;
  std::optional<JsonLineParser> parser;
  std::uint16_t parser_entry = 0;
  // Of the piece that was read last:
  std::optional<PieceRest> rest;
  std::optional<WarcRest> archive_rest;
  std::uint32_t file = 0;
  std::uint64_t end = 0;
};

UnitReader::UnitReader(const Job& job) : state_(std::make_unique<State>(job)) {}
UnitReader::~UnitReader() = default;
UnitReader::UnitReader(UnitReader&&) noexcept = default;
UnitReader& UnitReader::operator=(UnitReader&&) noexcept = default;

std::vector<PieceRead> UnitReader::read(const Unit& unit, const std::function<void(const Record&)>& sink,
                                        const std::function<void()>& between) {
  std::vector<PieceRead> pieces;
  pieces.reserve(unit.pieces.size());
  for (const Piece& piece : unit.pieces) {
    PieceSink records(piece, state_->job.on_error, sink, between);
    pieces.push_back(state_->read(piece, records));
    state_->stream.check_unchanged();
  }
  return pieces;
}

void fetch_ahead(const Unit& unit) {
  if (unit.pieces.empty()) return;
  const Piece& piece = unit.pieces.front();
  read_ahead_of_opening(piece.path, {piece.begin, piece.end, piece.file_bytes});
}

std::vector<PieceRead> read_unit(const Unit& unit, const Job& job, const std::function<void(const Record&)>& sink) {
  return UnitReader(job).read(unit, sink);
}

}  // namespace quern
