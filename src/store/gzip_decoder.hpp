#pragma once
// gzip: one member after the other.

#include "store/gzip_member.hpp"
#include "store/inflate.hpp"
#include "store/stream_decoder.hpp"

#include <optional>

namespace quern {

class GzipDecoder final : public StreamDecoder {
 public:
  explicit GzipDecoder(InputWindow& window) : window_(window) {}
  void start(const DiskRange& range) override;
  void go_on(const DiskRange& range, std::size_t unread) override;
  StreamStep give_again(std::size_t bytes) override;
  StreamStep next(char* to, std::size_t room) override;

 private:
  enum class State { boundary, body, body_again, trailer, end };

  StreamStep step_over(std::size_t bytes);
  void advance_to_given();
  StreamStep give(std::size_t bytes, const char* from);
  std::optional<StreamStep> enter_member();
  std::optional<StreamStep> read_body(char* to, std::size_t room);
  std::optional<StreamStep> read_body_again(char* to, std::size_t room);
  std::optional<StreamStep> check_trailer();
  GzipHeader read_header();
  void decode_again();
  std::size_t room_on_this_side(std::size_t room) const;
  StreamStep damaged(std::uint64_t search_from, const std::string& why);
  StreamStep wrong_end(const std::string& why);
  StreamStep damaged_member(const std::string& why);

  InputWindow& window_;
  FastInflate fast_;
  ExactInflate exact_;
  State state_ = State::end;
  SideOfPlace side_;
  SideOfPlace side_before_;         ///< side_ before the last step
  GzipRatio ratio_;
  bool first_ = true;
  std::uint64_t member_ = 0;        ///< offset of the member's header
  std::uint64_t body_ = 0;          ///< offset of its deflate stream
  std::uint64_t given_ = 0;         ///< decompressed bytes of it that were given
  std::uint64_t decoded_again_ = 0;
  std::uint32_t crc_ = 0;
};

}  // namespace quern
