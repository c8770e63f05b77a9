#include "quern/read/raw_lines.hpp"

#include "quern/base/error.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/window_bound.hpp"

namespace quern {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class LineCopier {
 public:
  LineCopier(std::span<const std::uint64_t> offsets, const std::function<void(std::string_view)>& out) : offsets_(offsets), out_(out) {}

  bool done() const { return !open_ && next_ == offsets_.size(); }
  std::uint64_t next() const { return offsets_[next_]; }

  /// `bytes` stand at `offset` of the file.
  void take(std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty() && !done()) {
      const std::size_t taken = open_ ? copy(bytes) : pass(offset, bytes);
      bytes.remove_prefix(taken);
      offset += taken;
    }
  }

  void end_line() {
    if (open_) out_("\n");
    open_ = false;
  }

 private:
  std::size_t pass(std::uint64_t offset, std::string_view bytes) {
    if (next() >= offset + bytes.size()) return bytes.size();
    open_ = true;
    const auto before = static_cast<std::size_t>(next() - offset);
    // The decoder gives the first bytes of a file in one step, but for files of a few bytes: those have no line behind a mark.
    const bool marked = next() == 0 && bytes.starts_with(kByteOrderMark);
    ++next_;
    return before + (marked ? kByteOrderMark.size() : 0);
  }

  std::size_t copy(std::string_view bytes) {
    const std::size_t line_feed = bytes.find('\n');
    open_ = line_feed == std::string_view::npos;
    const std::size_t size = open_ ? bytes.size() : line_feed + 1;
    out_(bytes.substr(0, size));
    return size;
  }

  std::span<const std::uint64_t> offsets_;
  const std::function<void(std::string_view)>& out_;
  std::size_t next_ = 0;
  bool open_ = false;  ///< in a line that is copied
};

}  // namespace

void copy_raw_lines(const Piece& piece, std::span<const std::uint64_t> offsets, const Job& job, const std::function<void(std::string_view)>& out) {
  LineCopier copier(offsets, out);
  CompressedReader stream(window_bound(job));
  stream.open(piece.path, {0, piece.file_bytes, piece.file_bytes, piece.modified_ns});
  ByteBuffer buffer;
  while (!copier.done()) {
    buffer.clear();
    const std::uint64_t offset = stream.position();
    char* const room = buffer.room();
    const StreamStep step = stream.next(room, ByteBuffer::kStride);
    if (step.kind == StreamStep::Kind::unreadable) fail(ErrorKind::store, "{}", step.message);
    if (step.kind != StreamStep::Kind::data) copier.end_line();
    if (step.kind == StreamStep::Kind::end) break;
    copier.take(offset, {room, step.bytes});
  }
  if (!copier.done()) {
    fail(ErrorKind::check, "{}: ends before the line at offset {}: the file was changed after the run", piece.path, copier.next());
  }
}

}  // namespace quern
