#include "read/tsv_header.hpp"

#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/window_bound.hpp"

#include <fmt/format.h>

namespace quern {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void read_tsv_header(const Piece& piece, const Job& job, TsvLineParser& parser) {
  CompressedReader stream(window_bound(job));
  stream.open(piece.path, {0, piece.file_bytes, piece.file_bytes, piece.modified_ns});
  ByteBuffer buffer;
  StreamStep step;
  std::size_t end = std::string_view::npos;
  while (end == std::string_view::npos && buffer.size() <= job.max_document_bytes) {
    step = stream.next(buffer.room(), ByteBuffer::kStride);
    if (step.kind != StreamStep::Kind::data) break;
    const std::size_t from = buffer.size();
    buffer.written(step.bytes);
    end = buffer.view().find('\n', from);
  }
  if (end == std::string_view::npos && (step.kind == StreamStep::Kind::damage || step.kind == StreamStep::Kind::unreadable)) {
    return parser.no_header(fmt::format("the header cannot be read: {}", step.message));
  }
  std::string_view line = buffer.view().substr(0, end);
  if (line.size() > job.max_document_bytes) return parser.no_header("the header is longer than max_document_bytes");
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  parser.header(line);
}

}  // namespace quern
