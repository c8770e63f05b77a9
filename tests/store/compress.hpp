#pragma once
// Compressed files for tests, made by zlib and zstd themselves.

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace quern::test {

struct GzipForm {
  int level = 6;
  std::size_t flush_every = 0;  ///< bytes after which a deflate block ends; 0: as zlib likes
  std::string name = {};        ///< FNAME in the header
  std::string comment = {};
  bool header_crc = false;
  std::string extra = {};
};

inline std::string gzip_member(std::string_view text, GzipForm form = {}) {
  z_stream stream{};
  if (deflateInit2(&stream, form.level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  gz_header header{};
  header.name = form.name.empty() ? nullptr : reinterpret_cast<Bytef*>(form.name.data());
  header.comment = form.comment.empty() ? nullptr : reinterpret_cast<Bytef*>(form.comment.data());
  header.extra = form.extra.empty() ? nullptr : reinterpret_cast<Bytef*>(form.extra.data());
  header.extra_len = static_cast<uInt>(form.extra.size());
  header.hcrc = form.header_crc ? 1 : 0;
  header.os = 3;
  if (deflateSetHeader(&stream, &header) != Z_OK) throw std::runtime_error("deflateSetHeader");
  std::string member;
  do {
    const std::size_t part = form.flush_every == 0 ? text.size() : std::min(form.flush_every, text.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(part);
    text.remove_prefix(part);
    const int flush = text.empty() ? Z_FINISH : Z_FULL_FLUSH;
    char block[4096];
    do {
      stream.next_out = reinterpret_cast<Bytef*>(block);
      stream.avail_out = sizeof block;
      if (deflate(&stream, flush) == Z_STREAM_ERROR) throw std::runtime_error("deflate");
      member.append(block, sizeof block - stream.avail_out);
    } while (stream.avail_out == 0);
  } while (!text.empty());
  deflateEnd(&stream);
  return member;
}

struct ZstdForm {
  int level = 3;
  bool checksum = true;
  bool content_size = true;
  std::size_t flush_every = 0;  ///< bytes after which a block ends
  int window_log = 0;
};

inline std::string zstd_frame(std::string_view text, ZstdForm form = {}) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, form.level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, form.checksum ? 1 : 0);
  if (form.window_log > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, form.window_log);
  if (form.content_size) ZSTD_CCtx_setPledgedSrcSize(context, text.size());
  std::string frame;
  do {
    const std::size_t part = form.flush_every == 0 ? text.size() : std::min(form.flush_every, text.size());
    ZSTD_inBuffer in{text.data(), part, 0};
    text.remove_prefix(part);
    char block[4096];
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{block, sizeof block, 0};
      left = ZSTD_compressStream2(context, &out, &in, text.empty() ? ZSTD_e_end : ZSTD_e_flush);
      if (ZSTD_isError(left)) throw std::runtime_error(ZSTD_getErrorName(left));
      frame.append(block, out.pos);
    } while (left > 0 || in.pos < in.size);
  } while (!text.empty());
  ZSTD_freeCCtx(context);
  return frame;
}

/// For tests that write thousands of small files: without a sync, and over the old content, for some file systems sync a file that was
/// emptied first.
inline void write_quickly(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app).flush();
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
  std::filesystem::resize_file(path, bytes.size());
}

/// A skippable frame (RFC 8878, 3.1.2).
inline std::string skippable_frame(std::string_view content, char number = 0) {
  std::string frame = {static_cast<char>(0x50 + number), 0x2A, 0x4D, 0x18};
  for (int shift = 0; shift < 32; shift += 8) frame += static_cast<char>(content.size() >> shift & 0xFF);
  return frame.append(content);
}

}  // namespace quern::test
