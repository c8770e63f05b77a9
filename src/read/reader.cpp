#include "quern/read/reader.hpp"

#include "quern/base/error.hpp"
#include "quern/store/compressed.hpp"
#include "read/blocks_piece.hpp"
#include "read/byte_buffer.hpp"
#include "read/dataset_piece.hpp"
#include "read/json_line_format.hpp"
#include "read/lines_piece.hpp"
#include "read/piece_sink.hpp"
#include "read/text_file.hpp"
#include "read/tsv_header.hpp"
#include "read/tsv_line_format.hpp"
#include "read/warc_document.hpp"
#include "read/warc_piece.hpp"
#include "read/window_bound.hpp"

#include <optional>
#include <string>
#include <utility>

namespace quern {

struct UnitReader::State {
  State(const Job& of, OpenDecoder open_decoder)
      : job(of), stream(window_bound(job)), archive(job.max_document_bytes, job.clean.invalid_utf8), datasets(std::move(open_decoder)) {}

  PieceRead read(const Piece& piece, PieceSink& sink) {
    if (piece.entry >= job.input.size()) {
      fail(ErrorKind::internal, "{}: input entry {} of {}", piece.path, piece.entry, job.input.size());
    }
    const InputSpec& entry = job.input[piece.entry];
    if (entry.format == InputFormat::dataset) return datasets.read(piece, job, sink);
    const PieceRead read = entry.format == InputFormat::warc ? read_archive(piece, sink) : read_records(piece, entry, sink);
    stream.check_unchanged();
    return read;
  }

  PieceRead read_records(const Piece& piece, const InputSpec& entry, PieceSink& sink) {
    const std::optional<PieceRest> before = rest_before(piece, rest);
    rest.reset();
    archive_rest.reset();
    if (before) {
      stream.go_on(range_of(piece), buffer.view().substr(buffer.size() - before->unread_bytes));
    } else {
      stream.open(piece.path, range_of(piece));
    }
    return read_stream(piece, entry, before, sink);
  }

  PieceRead read_stream(const Piece& piece, const InputSpec& entry, const std::optional<PieceRest>& before, PieceSink& sink) {
    switch (entry.format) {
      case InputFormat::text:
      case InputFormat::html: return read_text_file(stream, buffer, piece, job, sink);
      case InputFormat::text_blocks: {
        BlocksPiece blocks(stream, buffer, piece, job, sink);
        return read_and_remember(blocks, before ? blocks.go_on(*before) : blocks.read(), piece);
      }
      case InputFormat::jsonl:
      case InputFormat::tsv: {
        LinesPiece lines(stream, buffer, format_of(piece, entry), job.max_document_bytes, sink);
        return read_and_remember(lines, before ? lines.go_on(*before) : lines.read(piece), piece);
      }
      case InputFormat::warc:
      case InputFormat::dataset: break;
    }
    fail(ErrorKind::internal, "{}: a format that is not read as a stream", piece.path);
  }

  template <class Reader>
  PieceRead read_and_remember(const Reader& reader, const PieceRead& read, const Piece& piece) {
    rest = reader.rest();
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

  LineFormat& format_of(const Piece& piece, const InputSpec& entry) {
    const bool tsv = entry.format == InputFormat::tsv;
    if (format_entry != piece.entry) {
      json.reset();
      table.reset();
      if (tsv) {
        table.emplace(entry, job.clean.invalid_utf8);
      } else {
        json.emplace(entry, job.clean.invalid_utf8);
      }
      format_entry = piece.entry;
      header_path.clear();
    }
    if (!tsv) return *json;
    if (table->parser().needs_header() && header_path != piece.path) {
      read_tsv_header(piece, job, table->parser());
      header_path = piece.path;
    }
    return *table;
  }

  /// What the piece that was read last has left for this one. A plain file is as well opened again.
  std::optional<PieceRest> rest_before(const Piece& piece, const std::optional<PieceRest>& left) const {
    return left && goes_on(piece) && stream.compression() != Compression::none ? left : std::nullopt;
  }

  static DiskRange range_of(const Piece& piece) { return {piece.begin, piece.end, piece.file_bytes, piece.modified_ns}; }

  const Job& job;
  CompressedReader stream;
  ByteBuffer buffer;
  WarcDocument archive;
  DatasetPieces datasets;
  std::optional<JsonLineFormat> json;
  std::optional<TsvLineFormat> table;
  std::optional<std::uint16_t> format_entry;  ///< of `json` or `table`
  std::string header_path;                    ///< the file whose header `table` knows
  // Of the piece that was read last:
  std::optional<PieceRest> rest;
  std::optional<WarcRest> archive_rest;
  std::uint32_t file = 0;
  std::uint64_t end = 0;
};

UnitReader::UnitReader(const Job& job, OpenDecoder open_decoder) : state_(std::make_unique<State>(job, std::move(open_decoder))) {}
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
