#pragma once
// Gives the records of one piece to the sink, and counts them.

#include "quern/base/unit.hpp"
#include "quern/read/reader.hpp"

#include <functional>

namespace quern {

class PieceSink {
 public:
  PieceSink(const Piece& piece, const std::function<void(const Record&)>& sink, const std::function<void()>& between)
      : piece_(piece), sink_(sink), between_(between) {}

  /// Before each stride of the stream.
  void between() const {
    if (between_) between_();
  }

  void document(std::uint64_t offset, std::string_view text, std::string_view own_id) {
    give({piece_.file, piece_.entry, offset, Reason::none, text, own_id, {}});
  }
  void bad(std::uint64_t offset, Reason reason, std::string_view message, std::string_view own_id = {}) {
    give({piece_.file, piece_.entry, offset, reason, {}, own_id, message});
  }
  std::uint64_t given() const { return given_; }

 private:
  void give(const Record& record) {
    ++given_;
    sink_(record);
  }

  const Piece& piece_;
  const std::function<void(const Record&)>& sink_;
  const std::function<void()>& between_;
  std::uint64_t given_ = 0;
};

}  // namespace quern
