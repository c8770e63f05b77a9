#pragma once
// zstd: one frame after the other, fed block by block, so that what is given before a damage ends with a block.

#include "store/stream_decoder.hpp"
#include "store/zstd_frame.hpp"

#include <memory>
#include <optional>

namespace quern {

class ZstdDecoder final : public StreamDecoder {
 public:
  ZstdDecoder(InputWindow& window, std::uint64_t max_window_bytes);
  ~ZstdDecoder() override;
  void start(const DiskRange& range) override;
  /// Bytes given in one step are of one block, and have its place.
  void go_on(const DiskRange& range, std::size_t) override { side_.change_range(range); }
  StreamStep give_again(std::size_t bytes) override { return data_step(bytes, side_.side()); }
  StreamStep next(char* to, std::size_t room) override;

 private:
  struct Context;
  enum class State { boundary, block, flush, checksum, end };

  bool needs_more_than_allowed(const ZstdFrameHeader& header) const;
  std::optional<StreamStep> enter_frame();
  std::optional<StreamStep> read_block(char* to, std::size_t room);
  std::optional<StreamStep> flush(char* to, std::size_t room);
  std::optional<StreamStep> check_checksum();
  std::optional<StreamStep> skip_frame(std::uint64_t bytes);
  /// Gives the decoder the first `bytes` of the window. Returns what the library says if it refuses them.
  const char* feed(std::size_t bytes, char* to, std::size_t room, std::size_t& written);
  std::optional<StreamStep> fed(std::size_t written, std::size_t room);
  StreamStep damaged(std::uint64_t search_from, const std::string& why);
  StreamStep damaged_frame(std::uint64_t found, const char* why);

  InputWindow& window_;
  std::uint64_t max_window_bytes_;
  std::unique_ptr<Context> context_;
  State state_ = State::end;
  SideOfPlace side_;
  std::uint64_t frame_ = 0;  ///< offset of its header
  bool has_checksum_ = false;
  bool last_block_ = false;
  std::size_t unfed_ = 0;  ///< bytes of the block that the decoder has not taken yet
};

}  // namespace quern
