// Cutting by blocks. See blocks.hpp.

/// Writes `base` plus the place of each bit; up to 8 more places are written.
inline std::size_t* put_places(Bits bits, std::size_t base, std::size_t* to) {
  std::size_t* const end = to + __builtin_popcountll(bits);
  do {
    for (unsigned i = 0; i < 8; ++i) {
      to[i] = base + static_cast<unsigned>(__builtin_ctzll(bits | Bits{1} << 63));
      bits &= bits - 1;
    }
    to += 8;
  } while (to < end);
  return end;
}

/// Most places that put_places() writes.
constexpr std::size_t kMostPlaces = kBlock + 8;

/// Blocks from `p`, where a pre-token starts, until one is left to the scanner, the text has no byte after one, or `to` reaches `full`.
/// Returns the end of the pre-tokens written.
template <class V, class Starts>
std::size_t* cut_blocks(const Byte* begin, const Byte* p, const Text& text, std::size_t* to, const std::size_t* full) {
  const ClassTable& table = scan::class_table();
  Starts starts;
  for (Bits skip = 1; to < full && text.end() - p > kBlock; skip = 0) {
    Block block;
    if (!read_block<V, Starts::kCases>(p, table, block)) break;
    const Bits bits = starts.find(block, text) & ~skip;
    if (starts.gives_up()) break;
    to = put_places(bits, static_cast<std::size_t>(p - begin), to);
    p += block.size;
  }
  return to;
}

/// Pre-tokens cut by the scanner before blocks are tried again.
constexpr std::size_t kScanned = 32;

// A pre-token's end depends on what comes after its start alone, so blocks can begin at any start as at that of a text.
template <class V, class Starts>
std::size_t cut_by_blocks(std::string_view text, std::size_t& at, std::span<std::size_t> ends) {
  const auto* const begin = reinterpret_cast<const Byte*>(text.data());
  const Text all(begin + text.size());
  std::size_t n = 0;
  while (n < ends.size() && at < text.size()) {
    if (ends.size() - n > kMostPlaces && text.size() - at > kBlock) {
      std::size_t* const full = ends.data() + ends.size() - kMostPlaces;
      n = static_cast<std::size_t>(cut_blocks<V, Starts>(begin, begin + at, all, ends.data() + n, full) - ends.data());
      if (n > 0) at = ends[n - 1];
      if (ends.data() + n >= full) break;
    }
    n += scan::cut<typename Starts::Scanner>(text, at, ends.subspan(n, std::min(kScanned, ends.size() - n)));
  }
  return n;
}

template <class V>
Cut find_cut_by_blocks(Pattern pattern) noexcept {
  switch (pattern) {
    case Pattern::gpt2:
      return cut_by_blocks<V, Gpt2Starts>;
    case Pattern::cl100k:
      return cut_by_blocks<V, Cl100kStarts<scan::Cl100k, PlainWords, 3, true>>;
    case Pattern::llama3:
      return cut_by_blocks<V, Cl100kStarts<scan::Llama3, PlainWords, 3, false>>;
    case Pattern::qwen2:
      return cut_by_blocks<V, Cl100kStarts<scan::Qwen2, PlainWords, 1, false>>;
    case Pattern::o200k:
      return cut_by_blocks<V, Cl100kStarts<scan::O200k, CasedWords, 3, false>>;
  }
  return nullptr;
}
