#include "quern/store/content.hpp"

#include "quern/base/error.hpp"
#include "store/gzip_member.hpp"
#include "store/zstd_frame.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kMostPerCall = 1u << 30;  // zlib counts in 32 bits
constexpr std::size_t kFirstBlock = 16u << 10;
constexpr int kMostContentWindowLog = 23;  // RFC 9659

/// Grows the output by blocks, each as large as what is there, and at most one byte beyond the bound.
class Output {
 public:
  Output(std::string& out, std::size_t most) : out_(out), most_(most) { out_.clear(); }
  char* room() {
    if (used_ == out_.size()) out_.resize(std::min(most_ + 1, std::max(2 * used_, kFirstBlock)));
    return out_.data() + used_;
  }
  std::size_t room_bytes() const { return out_.size() - used_; }
  void written(std::size_t bytes) { used_ += bytes; }
  bool too_large() const { return used_ > most_; }
  ~Output() { out_.resize(std::min(used_, most_)); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

 private:
  std::string& out_;
  std::size_t most_;
  std::size_t used_ = 0;
};

struct Inflater {
  explicit Inflater(int window_bits) {
    if (inflateInit2(&stream, window_bits) != Z_OK) fail(ErrorKind::internal, "zlib cannot be started");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream{};
};

Unfolded damaged(std::string& why, std::string_view what) {
  why = what;
  return Unfolded::damaged;
}

/// One stream; `content` is shortened to what stands behind it.
Unfolded inflate_one(Inflater& inflater, std::string_view& content, Output& out, std::string& why) {
  z_stream& stream = inflater.stream;
  while (true) {
    const auto given = static_cast<uInt>(std::min(content.size(), kMostPerCall));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = given;
    stream.next_out = reinterpret_cast<Bytef*>(out.room());
    const auto room = static_cast<uInt>(std::min(out.room_bytes(), kMostPerCall));
    stream.avail_out = room;
    const int result = inflate(&stream, Z_NO_FLUSH);
    content.remove_prefix(given - stream.avail_in);
    out.written(room - stream.avail_out);
    if (out.too_large()) return Unfolded::too_large;
    if (result == Z_STREAM_END) return Unfolded::whole;
    if (result == Z_MEM_ERROR) fail(ErrorKind::internal, "zlib: out of memory");
    if (result != Z_OK && result != Z_BUF_ERROR) return damaged(why, stream.msg ? stream.msg : "the deflate stream is damaged");
    if (content.empty() && stream.avail_out > 0) {
      why = "the content ends inside the deflate stream";
      return Unfolded::cut;
    }
  }
}

Unfolded unfold_gzip(std::string_view content, Output& out, std::string& why) {
  Inflater inflater(MAX_WBITS + 16);
  do {
    if (inflateReset(&inflater.stream) != Z_OK) fail(ErrorKind::internal, "zlib cannot be started again");
    const Unfolded result = inflate_one(inflater, content, out, why);
    if (result != Unfolded::whole) return result;
  } while (begins_gzip_member(content));
  return Unfolded::whole;
}

bool has_zlib_header(std::string_view content) {
  if (content.size() < 2) return false;
  const auto cmf = static_cast<unsigned char>(content[0]);
  const auto flags = static_cast<unsigned char>(content[1]);
  return (cmf & 0x0F) == 8 && (cmf >> 4) <= 7 && (flags & 0x20) == 0 && (cmf * 256u + flags) % 31 == 0;
}

Unfolded unfold_deflate(std::string_view content, Output& out, std::string& why) {
  Inflater inflater(has_zlib_header(content) ? MAX_WBITS : -MAX_WBITS);
  return inflate_one(inflater, content, out, why);
}

struct ZstdContext {
  ZstdContext() : stream(ZSTD_createDCtx()) {
    if (!stream || ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, kMostContentWindowLog))) {
      fail(ErrorKind::internal, "zstd cannot be started");
    }
  }
  ~ZstdContext() { ZSTD_freeDCtx(stream); }
  ZstdContext(const ZstdContext&) = delete;
  ZstdContext& operator=(const ZstdContext&) = delete;
  ZSTD_DCtx* stream;
};

Unfolded unfold_zstd(std::string_view content, Output& out, std::string& why) {
  const ZstdContext context;
  ZSTD_inBuffer in{content.data(), content.size(), 0};
  while (true) {
    char* const room = out.room();
    ZSTD_outBuffer to{room, out.room_bytes(), 0};
    const std::size_t left = ZSTD_decompressStream(context.stream, &to, &in);
    out.written(to.pos);
    if (out.too_large()) return Unfolded::too_large;
    if (ZSTD_isError(left)) return damaged(why, ZSTD_getErrorName(left));
    if (left == 0 && !begins_zstd_frame(content.substr(in.pos))) return Unfolded::whole;
    if (left != 0 && in.pos == in.size && to.pos < to.size) {
      why = "the content ends inside the zstd frame";
      return Unfolded::cut;
    }
  }
}

}  // namespace

Unfolded unfold_content(ContentForm form, std::string_view content, std::size_t most, std::string& out, std::string& why) {
  Output output(out, most);
  Unfolded result = Unfolded::whole;
  if (content.empty()) return result;
  switch (form) {
    case ContentForm::gzip: result = unfold_gzip(content, output, why); break;
    case ContentForm::deflate: result = unfold_deflate(content, output, why); break;
    case ContentForm::zstd: result = unfold_zstd(content, output, why); break;
  }
  if (result == Unfolded::too_large) why = "it unfolds to more than " + std::to_string(most) + " bytes";
  return result;
}

bool looks_like(ContentForm form, std::string_view content) noexcept {
  switch (form) {
    case ContentForm::gzip: return begins_gzip_member(content);
    case ContentForm::zstd: return begins_zstd_frame(content);
    case ContentForm::deflate: break;  // a bare stream may begin with any bits
  }
  return true;
}

}  // namespace quern
