#include "write/export/pack.hpp"

#include "write/export/roomiest.hpp"

#include <algorithm>
#include <numeric>

namespace quern {

namespace {

/// What is packed as one: a document, or the rest of one that is longer than a window. Full windows are there already.
struct Pieces {
  std::vector<Part> whole;   ///< each a window of its own
  std::vector<Part> pieces;  ///< in the order of the documents
};

Pieces cut_long_ones(const PackInput& documents, const Bucket& bucket) {
  Pieces cut;
  for (std::size_t i = 0; i + 1 < documents.start.size(); ++i) {
    const std::uint64_t tokens = documents.start[i + 1] - documents.start[i];
    if (tokens <= bucket.above || (tokens > bucket.length && !bucket.is_longest)) continue;
    std::uint64_t at = 0;
    for (; tokens - at > bucket.length; at += bucket.length) {
      cut.whole.push_back({documents.first + i, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(bucket.length)});
    }
    cut.pieces.push_back({documents.first + i, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(tokens - at)});
  }
  return cut;
}

/// The window of each piece, by next fit: windows numbered from 0 on.
std::vector<std::uint32_t> next_fit(const std::vector<Part>& pieces, std::uint64_t length) {
  std::vector<std::uint32_t> window(pieces.size());
  std::uint64_t room = 0;
  std::uint32_t windows = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].tokens > room) {
      ++windows;
      room = length;
    }
    room -= pieces[i].tokens;
    window[i] = windows - 1;
  }
  return window;
}

std::vector<std::uint32_t> best_fit(const std::vector<Part>& pieces, std::uint64_t length) {
  std::vector<std::uint32_t> order(pieces.size()), window(pieces.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return pieces[a].tokens > pieces[b].tokens; });
  WindowsByRoom open(length);
  for (const std::uint32_t i : order) window[i] = open.place(pieces[i].tokens);
  return window;
}

}  // namespace

std::vector<Bucket> buckets_of(const WindowsSpec& spec) {
  std::vector<Bucket> buckets;
  std::uint64_t above = 0;
  for (const std::uint64_t length : spec.all_lengths()) {
    buckets.push_back({length, above, false});
    above = length;
  }
  buckets.back().is_longest = true;
  return buckets;
}

Windows pack_block(const PackInput& documents, const Bucket& bucket, Pack pack) {
  const Pieces cut = cut_long_ones(documents, bucket);
  const std::vector<std::uint32_t> window_of = pack == Pack::best_fit ? best_fit(cut.pieces, bucket.length) : next_fit(cut.pieces, bucket.length);
  const std::uint32_t packed = window_of.empty() ? 0 : *std::max_element(window_of.begin(), window_of.end()) + 1;
  std::vector<std::vector<Part>> windows(packed);
  for (std::size_t i = 0; i < cut.pieces.size(); ++i) windows[window_of[i]].push_back(cut.pieces[i]);
  for (const Part& whole : cut.whole) windows.push_back({whole});
  // Best-fit decreasing fills the windows of long documents first: in that order a trainer would see lengths fall within each block.
  std::sort(windows.begin(), windows.end(), [](const std::vector<Part>& a, const std::vector<Part>& b) {
    return std::pair(a[0].document, a[0].start) < std::pair(b[0].document, b[0].start);
  });
  Windows done;
  for (const std::vector<Part>& window : windows) {
    done.first.push_back(done.parts.size());
    done.parts.insert(done.parts.end(), window.begin(), window.end());
  }
  return done;
}

Windows cut_block(const PackInput& documents, std::uint64_t origin, std::uint64_t length) {
  Windows done;
  for (std::size_t i = 0; i + 1 < documents.start.size(); ++i) {
    const std::uint64_t begin = documents.start[i], end = documents.start[i + 1];
    for (std::uint64_t at = begin; at < end;) {
      const std::uint64_t in_window = (at - origin) % length;
      if (in_window == 0) done.first.push_back(done.parts.size());
      const std::uint64_t tokens = std::min(length - in_window, end - at);
      done.parts.push_back({documents.first + i, static_cast<std::uint32_t>(at - begin), static_cast<std::uint32_t>(tokens)});
      at += tokens;
    }
  }
  return done;
}

}  // namespace quern
