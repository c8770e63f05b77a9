#include "read/text_file.hpp"

#include "quern/text/utf8.hpp"

#include <fmt/format.h>

#include <string>

namespace quern {

namespace {

void give_text(std::string_view text, const Piece& piece, InvalidUtf8 policy, PieceSink& sink) {
  const std::size_t invalid = first_invalid_utf8(text);
  if (invalid == text.size()) return sink.document(0, text, piece.name);
  if (policy == InvalidUtf8::quarantine) {
    return sink.bad(0, Reason::utf8, fmt::format("byte {}: invalid UTF-8", invalid), piece.name);
  }
  std::string repaired(text);
  repair_utf8(repaired);
  sink.document(0, repaired, piece.name);
}

}  // namespace

PieceRead read_text_file(CompressedReader& stream, ByteBuffer& buffer, const Piece& piece, const Job& job, PieceSink& sink) {
  buffer.clear();
  StreamStep step;
  do {
    sink.between();
    char* const room = buffer.room();
    step = stream.next(room, ByteBuffer::kStride);
    buffer.written(step.bytes);
  } while (step.kind == StreamStep::Kind::data && buffer.size() <= job.max_document_bytes);
  PieceRead result;
  switch (step.kind) {
    case StreamStep::Kind::data:
      sink.bad(0, Reason::size, fmt::format("more than {} bytes, which is max_document_bytes", job.max_document_bytes), piece.name);
      break;
    case StreamStep::Kind::damage: sink.bad(0, Reason::damage, step.message, piece.name); break;
    case StreamStep::Kind::unreadable:
      sink.bad(0, Reason::io, step.message, piece.name);
      result.unreadable = true;
      break;
    case StreamStep::Kind::end: give_text(buffer.view(), piece, job.clean.invalid_utf8, sink); break;
  }
  // Of a file that is too long, how much was read depends on strides: what counts is the bound.
  result.end = step.kind == StreamStep::Kind::data ? job.max_document_bytes : stream.position();
  result.records = sink.given();
  result.bytes = result.end;
  return result;
}

}  // namespace quern
