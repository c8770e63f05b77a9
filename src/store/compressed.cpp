#include "quern/store/compressed.hpp"

#include "quern/base/error.hpp"
#include "store/gzip_decoder.hpp"
#include "store/stream_decoder.hpp"
#include "store/zstd_decoder.hpp"

#include <array>
#include <cstring>
#include <optional>

namespace quern {

namespace {

class PlainDecoder final : public StreamDecoder {
 public:
  explicit PlainDecoder(InputWindow& window) : window_(window) {}

  void start(const DiskRange& range) override {
    range_ = range;
    offset_ = first_offset(range);
    ahead_.clear();
  }

  /// A plain file is opened again at any place: nothing is given twice.
  void go_on(const DiskRange& range, std::size_t) override { start(range); }
  StreamStep give_again(std::size_t) override { return end_step(); }

  StreamStep next(char* to, std::size_t room) override {
    const bool before = offset_ < range_.begin;
    const bool after = offset_ >= range_.end;
    const std::uint64_t stop = before ? range_.begin : after ? range_.file_bytes : range_.end;
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(room, stop - offset_));
    if (bytes == 0) return end_step();
    ahead_.at(window_.file(), offset_);
    window_.file().read_at(offset_, to, bytes);
    offset_ += bytes;
    return data_step(bytes, before ? Side::before : after ? Side::after : Side::inside);
  }

  void seek(std::uint64_t offset) {
    offset_ = offset;
    ahead_.clear();
  }

  static std::uint64_t first_offset(const DiskRange& range) { return range.begin > 0 ? range.begin - 1 : 0; }

 private:
  InputWindow& window_;
  DiskRange range_;
  std::uint64_t offset_ = 0;
  ReadAhead ahead_;
};

}  // namespace

Compression detect_compression(std::string_view head) noexcept {
  if (begins_gzip_member(head)) return Compression::gzip;
  if (begins_zstd_frame(head)) return Compression::zstd;
  return Compression::none;
}

struct CompressedReader::State {
  explicit State(std::uint64_t max_window_bytes) : plain(window), gzip(window), zstd(window, max_window_bytes) {}

  StreamDecoder& decoder() {
    switch (compression) {
      case Compression::gzip: return gzip;
      case Compression::zstd: return zstd;
      case Compression::none: break;
    }
    return plain;
  }

  void open(const std::string& path, const DiskRange& range) {
    unread.clear();
    unread_at = 0;
    line_begin = member_line = 0;
    member_begins = false;
    modified_ns = range.modified_ns;
    window.open(path, range.file_bytes);
    check_unchanged();
    compression = detect_compression(read_part(window, 0, kMagicBytes));
    decoder().start(range);
    if (compression == Compression::none) position = PlainDecoder::first_offset(range);
  }

  void go_on(const DiskRange& range, std::string_view bytes) {
    unread = std::string(bytes).append(unread, unread_at);
    unread_at = 0;
    decoder().go_on(range, bytes.size());
  }

  StreamStep next(char* to, std::size_t room) {
    if (unread_at < unread.size()) {
      const StreamStep again = decoder().give_again(std::min(room, unread.size() - unread_at));
      std::memcpy(to, unread.data() + unread_at, again.bytes);
      unread_at += again.bytes;
      return again;
    }
    const std::uint64_t begun = decoder().begun();
    StreamStep step = decoder().next(to, room);
    if (decoder().begun() != begun) {
      member_line = line_begin;
      member_begins = true;
    }
    // A member may be entered in one step and give its first byte in a later one.
    if (step.bytes > 0) step.begins_member = std::exchange(member_begins, false);
    follow_lines({to, step.bytes});
    if (step.wrong_checksum) step.untrusted_from = member_line;
    if (step.kind == StreamStep::Kind::damage) line_begin = position;
    if (step.kind == StreamStep::Kind::end) check_unchanged();
    return step;
  }

  /// Of a plain file nobody asks where lines begin.
  void follow_lines(std::string_view bytes) {
    if (compression == Compression::none || bytes.empty()) return;
    const void* const line_feed = ::memrchr(bytes.data(), '\n', bytes.size());
    if (line_feed) line_begin = position + static_cast<std::uint64_t>(static_cast<const char*>(line_feed) - bytes.data()) + 1;
  }

  void check_unchanged() const {
    constexpr const char* kRemedy = "let nothing write to inputs while a run reads them, and start it again";
    const File& file = window.file();
    if (!file.is_open()) return;
    if (file.size() != window.file_bytes()) {
      fail(ErrorKind::input, "{}: was changed after the run was planned: it has {} bytes, it had {}; {}", file.path(), file.size(),
           window.file_bytes(), kRemedy);
    }
    if (modified_ns != kNoTime && file.modified_ns() != modified_ns) {
      fail(ErrorKind::input, "{}: was changed after the run was planned (by the time of its last change); {}", file.path(), kRemedy);
    }
  }

  /// A file that was cut off cannot be read to its end: that it was changed is what is to be said.
  StreamStep unreadable(const Error& error) {
    if (error.kind() != ErrorKind::store) throw error;
    check_unchanged();
    ended = true;
    return {StreamStep::Kind::unreadable, 0, Side::inside, error.what()};
  }

  InputWindow window;
  PlainDecoder plain;
  GzipDecoder gzip;
  ZstdDecoder zstd;
  Compression compression = Compression::none;
  std::string unread;  ///< from `unread_at` on: given before, to be given again
  std::size_t unread_at = 0;
  std::uint64_t position = 0;
  std::int64_t modified_ns = kNoTime;
  std::uint64_t line_begin = 0;   ///< decompressed offset at which the line at `position` begins
  std::uint64_t member_line = 0;  ///< the same where the member or frame at hand begins
  bool member_begins = false;     ///< its first byte is still to be given
  bool ended = true;
  std::optional<StreamStep> could_not_open;
};

CompressedReader::CompressedReader(std::uint64_t max_window_bytes) : state_(std::make_unique<State>(max_window_bytes)) {}
CompressedReader::~CompressedReader() = default;
CompressedReader::CompressedReader(CompressedReader&&) noexcept = default;
CompressedReader& CompressedReader::operator=(CompressedReader&&) noexcept = default;

Compression CompressedReader::compression() const { return state_->compression; }
bool CompressedReader::seek(std::uint64_t offset) {
  if (state_->compression != Compression::none || !state_->window.file().is_open() || state_->could_not_open) return false;
  state_->plain.seek(std::min(offset, state_->window.file_bytes()));
  state_->position = std::min(offset, state_->window.file_bytes());
  state_->ended = false;
  return true;
}

const std::string& CompressedReader::path() const { return state_->window.file().path(); }
std::uint64_t CompressedReader::position() const { return state_->position; }
std::uint64_t CompressedReader::begun() const { return state_->decoder().begun(); }
void CompressedReader::check_unchanged() const { state_->check_unchanged(); }

void CompressedReader::go_on(const DiskRange& range, std::string_view unread) {
  state_->position -= unread.size();
  state_->go_on(range, unread);
}

void CompressedReader::open(const std::string& path, const DiskRange& range) {
  state_->position = 0;
  state_->compression = Compression::none;
  state_->ended = false;
  state_->could_not_open.reset();
  try {
    state_->open(path, range);
  } catch (const Error& error) {
    state_->could_not_open = state_->unreadable(error);
  }
}

StreamStep CompressedReader::next(char* to, std::size_t room) {
  if (state_->could_not_open) return *std::exchange(state_->could_not_open, std::nullopt);
  if (state_->ended) return end_step();
  try {
    StreamStep step = state_->next(to, room);
    state_->position += step.bytes;
    state_->ended = step.kind == StreamStep::Kind::end;
    return step;
  } catch (const Error& error) {
    return state_->unreadable(error);
  }
}

void read_ahead_of_opening(const std::string& path, const DiskRange& range) {
  try {
    const File file(path, File::Mode::read);
    char head[kMagicBytes];
    const std::size_t bytes = file.read_some_at(0, head, sizeof head);
    ReadAhead().at(file, detect_compression({head, bytes}) == Compression::none ? PlainDecoder::first_offset(range) : 0);
  } catch (const Error&) {
    return;  // whoever reads the file will say what is wrong with it
  }
}

}  // namespace quern
