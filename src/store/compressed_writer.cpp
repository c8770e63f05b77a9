#include "quern/store/compressed_writer.hpp"

#include "quern/base/error.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <utility>

namespace quern {

namespace {

/// The coders are handed pieces of just this size, but for the last: what they give may depend on where their input is cut.
constexpr std::size_t kPieceBytes = 1u << 20;
constexpr std::size_t kOutBytes = 256u << 10;
constexpr int kGzipLevel = 6;
constexpr int kZstdLevel = 3;
constexpr int kGzipWindowBits = 15 + 16;  // the largest window; a gzip header without name and time

}  // namespace

struct CompressedWriter::Coder {
  virtual ~Coder() = default;
  virtual void add(std::string_view piece, bool last, File& to) = 0;
};

struct CompressedWriter::Gzip : Coder {
  Gzip() {
    if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      fail(ErrorKind::internal, "zlib: deflateInit2 failed: {}", stream.msg ? stream.msg : "no reason is given");
    }
  }
  ~Gzip() override { deflateEnd(&stream); }

  void add(std::string_view piece, bool last, File& to) override {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    std::string out(kOutBytes, '\0');
    for (int result = Z_OK;;) {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      result = deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
      if (result == Z_STREAM_ERROR) fail(ErrorKind::internal, "{}: zlib: deflate failed", to.path());
      to.append({out.data(), out.size() - stream.avail_out});
      if (last ? result == Z_STREAM_END : stream.avail_out != 0) return;
    }
  }
  z_stream stream = {};
};

struct CompressedWriter::Zstd : Coder {
  Zstd() : context(ZSTD_createCCtx()) {
    if (!context) fail(ErrorKind::internal, "zstd: no memory for a context");
    must(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kZstdLevel));
    must(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1));
  }
  ~Zstd() override { ZSTD_freeCCtx(context); }

  static std::size_t must(std::size_t result) {
    if (ZSTD_isError(result)) fail(ErrorKind::internal, "zstd: {}", ZSTD_getErrorName(result));
    return result;
  }

  void add(std::string_view piece, bool last, File& to) override {
    std::string out(kOutBytes, '\0');
    ZSTD_inBuffer from{piece.data(), piece.size(), 0};
    for (;;) {
      ZSTD_outBuffer room{out.data(), out.size(), 0};
      const std::size_t left = must(ZSTD_compressStream2(context, &room, &from, last ? ZSTD_e_end : ZSTD_e_continue));
      to.append({out.data(), room.pos});
      if (last ? left == 0 : from.pos == from.size) return;
    }
  }
  ZSTD_CCtx* context;
};

CompressedWriter::CompressedWriter(const std::string& path, FileCompression compression) : file_(path, File::Mode::create) {
  if (compression == FileCompression::gzip) coder_ = std::make_unique<Gzip>();
  if (compression == FileCompression::zstd) coder_ = std::make_unique<Zstd>();
}
CompressedWriter::~CompressedWriter() = default;
CompressedWriter::CompressedWriter(CompressedWriter&&) noexcept = default;
CompressedWriter& CompressedWriter::operator=(CompressedWriter&&) noexcept = default;

void CompressedWriter::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t now = std::min(bytes.size(), kPieceBytes - pending_.size());
    pending_ += bytes.substr(0, now);
    bytes.remove_prefix(now);
    if (pending_.size() == kPieceBytes) flush(false);
  }
}

void CompressedWriter::flush(bool last) {
  if (coder_) coder_->add(pending_, last, file_);
  else file_.append(pending_);
  pending_.clear();
}

void CompressedWriter::close() {
  flush(true);
  coder_.reset();
  file_.sync();
  file_.close();
}

}  // namespace quern
