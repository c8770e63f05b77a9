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
    window.open(path, range.file_bytes);
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
    StreamStep step = decoder().next(to, room);
    if (step.kind == StreamStep::Kind::end && window.file().size() != window.file_bytes()) {
      fail(ErrorKind::store, "{}: has grown from {} to {} bytes while it was read", window.file().path(), window.file_bytes(),
           window.file().size());
    }
    return step;
  }

  StreamStep unreadable(const Error& error) {
    if (error.kind() != ErrorKind::store) throw error;
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
  bool ended = true;
  std::optional<StreamStep> could_not_open;
};

CompressedReader::CompressedReader(std::uint64_t max_window_bytes) : state_(std::make_unique<State>(max_window_bytes)) {}
CompressedReader::~CompressedReader() = default;
CompressedReader::CompressedReader(CompressedReader&&) noexcept = default;
CompressedReader& CompressedReader::operator=(CompressedReader&&) noexcept = default;

Compression CompressedReader::compression() const { return state_->compression; }
const std::string& CompressedReader::path() const { return state_->window.file().path(); }
std::uint64_t CompressedReader::position() const { return state_->position; }

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
