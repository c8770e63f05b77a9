#include "read/text_file.hpp"

#include "quern/text/charset.hpp"
#include "read/text_record.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace quern {

namespace {

void give_file(std::string_view bytes, const Piece& piece, const Job& job, PieceSink& sink) {
  LineFields fields;
  fields.text = bytes;
  fields.own_id = piece.name;
  if (job.input[piece.entry].format != InputFormat::html) return give_text(0, std::move(fields), job.clean.invalid_utf8, sink);
  std::string html;
  to_utf8(bytes, charset_of_html(bytes, {}), html);
  fields.text = html;
  sink.document(0, fields, true);
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
    case StreamStep::Kind::end: give_file(buffer.view(), piece, job, sink); break;
  }
  // Of a file that is too long, how much was read depends on strides: what counts is the bound.
  result.end = step.kind == StreamStep::Kind::data ? job.max_document_bytes : stream.position();
  result.records = sink.given();
  result.bytes = result.end;
  return result;
}

}  // namespace quern
