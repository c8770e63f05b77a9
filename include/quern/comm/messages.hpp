#pragma once
// Texts of any length to the rank that owns them: exchange_rows for what is no row.

#include "quern/comm/exchange.hpp"

#include <array>
#include <optional>

namespace quern {

namespace inside {

/// A piece of the bytes that one rank sends to another. The bytes of all pages between two ranks, one after the other, are messages, each with its
/// length before it.
struct Page {
  static constexpr std::size_t kBytes = 8192 - 2 * sizeof(std::uint32_t);
  std::uint32_t from = 0, used = 0;
  std::array<char, kBytes> bytes;
};

/// Cuts what goes to one rank into pages.
class PageFiller {
 public:
  explicit PageFiller(int from) { page_.from = static_cast<std::uint32_t>(from); }

  /// Takes as much of `bytes` as goes into the page, and off their front.
  void take(std::string_view& bytes) {
    const std::size_t n = std::min(bytes.size(), Page::kBytes - page_.used);
    std::memcpy(page_.bytes.data() + page_.used, bytes.data(), n);
    page_.used += static_cast<std::uint32_t>(n);
    bytes.remove_prefix(n);
  }
  bool is_empty() const { return page_.used == 0; }
  bool is_full() const { return page_.used == Page::kBytes; }
  void send(int to, Outbox<Page>& outbox) {
    outbox.add(to, page_);
    page_.used = 0;
  }

 private:
  Page page_;
};

/// Puts messages of one rank together again.
class PageReader {
 public:
  template <class Take>
  void add(const Page& page, Take take) {
    const std::string_view came(page.bytes.data(), page.used);
    if (rest_.empty()) {
      rest_ = came.substr(take_whole(came, take));
    } else {
      rest_ += came;
      if (const std::size_t taken = take_whole(rest_, take); taken > 0) rest_.erase(0, taken);
    }
  }

 private:
  /// Returns the bytes of the messages that are whole.
  template <class Take>
  static std::size_t take_whole(std::string_view bytes, Take take) {
    std::size_t at = 0;
    while (bytes.size() - at >= sizeof(std::uint64_t)) {
      std::uint64_t length = 0;
      std::memcpy(&length, bytes.data() + at, sizeof length);
      if (bytes.size() - at - sizeof length < length) break;
      take(bytes.substr(at + sizeof length, length));
      at += sizeof length + length;
    }
    return at;
  }

  std::string rest_;  ///< of a message that is not whole yet
};

/// Fills outboxes with pages, and stops in the middle of a message when one is full.
class PageSender {
 public:
  explicit PageSender(const World& world) : fillers_(static_cast<std::size_t>(world.size()), PageFiller(world.rank())) {}

  /// `next(message)` gives the rank that the next message goes to; nothing: there is no more. Returns whether there is more to send.
  template <class Next>
  bool fill(Outbox<Page>& outbox, Next next) {
    while (!ended_) {
      if (outbox.full()) return true;
      if (rest_.empty() && !begin(next)) break;
      PageFiller& filler = fillers_[static_cast<std::size_t>(to_)];
      filler.take(rest_);
      if (filler.is_full()) filler.send(to_, outbox);
    }
    for (; flushed_ < fillers_.size(); ++flushed_) {
      if (fillers_[flushed_].is_empty()) continue;
      if (outbox.full()) return true;
      fillers_[flushed_].send(static_cast<int>(flushed_), outbox);
    }
    return false;
  }

 private:
  template <class Next>
  bool begin(Next next) {
    message_.assign(sizeof(std::uint64_t), '\0');
    const std::optional<int> to = next(message_);
    if (!to) {
      ended_ = true;
      return false;
    }
    const std::uint64_t length = message_.size() - sizeof length;
    std::memcpy(message_.data(), &length, sizeof length);
    to_ = *to;
    rest_ = message_;
    return true;
  }

  std::vector<PageFiller> fillers_;
  std::string message_;
  std::string_view rest_;  ///< of message_, not in a page yet
  int to_ = 0;
  bool ended_ = false;
  std::size_t flushed_ = 0;
};

}  // namespace inside

/// Collective. `next(message)` appends the bytes of this rank's next message to `message` and returns the rank that it goes to; nothing: there is no
/// more. `take(message)` is called on that rank, for the messages of each sender in their order, and must not be
/// collective. Memory: about 2 x buffer_bytes, one message that goes out, and one of each sender that has not come in wholly.
template <class Next, class Take>
void exchange_messages(std::size_t buffer_bytes, Next next, Take take, World& world) {
  inside::PageSender sender(world);
  std::vector<inside::PageReader> readers(static_cast<std::size_t>(world.size()));
  exchange_rows<inside::Page>(
      buffer_bytes, [&](Outbox<inside::Page>& outbox) { return sender.fill(outbox, next); },
      [&](std::span<const inside::Page> came) {
        for (const inside::Page& page : came) readers[page.from].add(page, take);
      },
      world);
}

}  // namespace quern
