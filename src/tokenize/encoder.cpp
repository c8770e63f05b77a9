#include "quern/tokenize/encoder.hpp"

#include "quern/base/hash.hpp"
#include "quern/text/nfc.hpp"
#include "quern/tokenize/pre_tokenizer.hpp"
#include "tokenize/cache.hpp"
#include "tokenize/merger.hpp"
#include "tokenize/tokenizer_data.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace quern {

namespace {

/// So many pre-tokens before it is needed, the cache line of one is asked for.
constexpr std::size_t kAhead = 128;
/// Pre-tokens cut at once: the pre-tokenizer works on blocks, and begins one anew for each call.
constexpr std::size_t kCut = 1024;

}  // namespace

struct Encoder::State {
  /// A pre-token on its way.
  struct Ahead {
    ShortKey key;
    const ShortCache::Line* home;
    std::uint64_t hash;  ///< of one for the long cache
  };

  State(const Tokenizer& of, std::size_t cache_bytes)
      : tokenizer(of), data(tokenizer.data()), pre_tokenizer(data.pattern), merger(data.merges, data.vocabulary),
        short_cache(cache_bytes / 8 * 5), long_cache(cache_bytes / 8 * 3) {
    seed();
  }

  /// Puts in the first tokens that a text can spell out as they are, the most frequent ones of a trained vocabulary.
  void seed();
  void encode(std::string_view text);
  void encode_normal(std::string_view text);
  void encode_piece(std::string_view text);
  void encode_cuts(std::string_view text, std::size_t begin, std::span<const std::size_t> ends);
  void prepare_other(std::string_view text, std::size_t begin, std::size_t end, Ahead& ahead);
  void append_unknown(std::string_view pre_token, const Ahead& ahead);
  void append_short(std::string_view pre_token, const ShortKey& key, const ShortCache::Line* home);
  void append_long(std::string_view pre_token, std::uint64_t hash);
  void append(std::span<const std::uint32_t> ids) { output->insert(output->end(), ids.begin(), ids.end()); }
  std::span<const std::uint32_t> merge(std::string_view pre_token);

  Tokenizer tokenizer;  // keeps `data` alive
  const TokenizerData& data;
  PreTokenizer pre_tokenizer;
  Merger merger;
  ShortCache short_cache;
  LongCache long_cache;
  std::uint32_t whole_id = 0;
  std::array<std::size_t, kCut> cuts;
  std::array<Ahead, kAhead> aheads;
  std::array<std::uint32_t, kCut * ShortCache::kMaxIds> hits;
  std::vector<std::uint32_t>* output = nullptr;
  std::vector<AddedTokens::Piece> raw_pieces;
  std::vector<AddedTokens::Piece> normal_pieces;
  std::string normal_text;
  std::string prefixed_text;
  Counts counts;
};

void Encoder::State::seed() {
  std::size_t room = short_cache.size() / 4;
  for (std::uint32_t id = 0; id < data.whole.size() && room > 0; ++id) {
    if (!data.whole[id]) continue;
    const std::string_view bytes = data.vocabulary.bytes(id);
    if (bytes.empty() || bytes.size() > ShortKey::kMaxBytes) continue;
    ShortKey key;
    key.set(bytes.data(), bytes.size());
    short_cache.put(short_cache.home(key), key, {&id, 1});
    --room;
  }
}

void Encoder::State::encode(std::string_view text) {
  if (data.raw_added.empty()) return encode_normal(text);
  raw_pieces.clear();
  data.raw_added.split(text, raw_pieces);
  for (const auto& piece : raw_pieces) {
    if (piece.id != kNoToken) {
      output->push_back(piece.id);
    } else {
      encode_normal(piece.text);
    }
  }
}

void Encoder::State::encode_normal(std::string_view text) {
  if (data.nfc && !passes_nfc_quick_check(text)) {
    normal_text.assign(text);
    normalize_nfc(normal_text);
    text = normal_text;
  }
  if (data.normal_added.empty()) return encode_piece(text);
  normal_pieces.clear();
  data.normal_added.split(text, normal_pieces);
  for (const auto& piece : normal_pieces) {
    if (piece.id != kNoToken) {
      output->push_back(piece.id);
    } else {
      encode_piece(piece.text);
    }
  }
}

void Encoder::State::encode_piece(std::string_view text) {
  if (data.add_prefix_space && !text.empty() && !text.starts_with(' ')) {
    prefixed_text.assign(1, ' ');
    prefixed_text += text;
    text = prefixed_text;
  }
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = pre_tokenizer.cut(text, at, cuts);
    encode_cuts(text, begin, {cuts.data(), n});
    begin = at;
  }
}

void Encoder::State::encode_cuts(std::string_view text, std::size_t begin, std::span<const std::size_t> ends) {
  counts.pre_tokens += ends.size();
  if (short_cache.size() == 0) {
    for (const std::size_t end : ends) {
      append(merge(text.substr(begin, end - begin)));
      begin = end;
    }
    return;
  }
  const std::size_t wide = text.size() < ShortKey::kWide ? 0 : text.size() - ShortKey::kWide + 1;
  std::size_t from = begin;
  const auto look_ahead = [&](std::size_t end, Ahead& ahead) __attribute__((always_inline)) {
    if (end - from <= ShortKey::kMaxBytes && from < wide) [[likely]] {
      ahead.key.set_wide(text.data() + from, end - from);
      ahead.home = short_cache.home(ahead.key);
      __builtin_prefetch(ahead.home);
    } else {
      prepare_other(text, from, end, ahead);
    }
    from = end;
  };
  const std::size_t n = ends.size();
  for (std::size_t i = 0; i < std::min(n, kAhead); ++i) look_ahead(ends[i], aheads[i]);
  std::uint32_t* to = hits.data();
  for (std::size_t i = 0; i < n; ++i) {
    Ahead& ahead = aheads[i % kAhead];
    if (const ShortCache::Slot* const known = ShortCache::find(ahead.home, ahead.key)) {
      to = ShortCache::copy_ids(known, to);
    } else {
      append({hits.data(), to});
      to = hits.data();
      const std::size_t at = i == 0 ? begin : ends[i - 1];
      append_unknown({text.data() + at, ends[i] - at}, ahead);
    }
    if (i + kAhead < n) look_ahead(ends[i + kAhead], ahead);
  }
  append({hits.data(), to});
}

void Encoder::State::prepare_other(std::string_view text, std::size_t begin, std::size_t end, Ahead& ahead) {
  const std::string_view pre_token = text.substr(begin, end - begin);
  if (pre_token.size() <= ShortKey::kMaxBytes) {
    ahead.key.set(pre_token.data(), pre_token.size());
    ahead.home = short_cache.home(ahead.key);
    return;
  }
  ahead.key = ShortKey::none();
  ahead.home = short_cache.any();
  if (!long_cache.takes(pre_token.size())) return;
  ahead.hash = hash64(pre_token);
  long_cache.prefetch(ahead.hash);
}

void Encoder::State::append_unknown(std::string_view pre_token, const Ahead& ahead) {
  if (pre_token.size() > ShortKey::kMaxBytes) return append_long(pre_token, ahead.hash);
  if (const ShortCache::Slot* const known = short_cache.find_near(ahead.home, ahead.key)) {
    append({hits.data(), ShortCache::copy_ids(known, hits.data())});
  } else {
    append_short(pre_token, ahead.key, ahead.home);
  }
}

void Encoder::State::append_short(std::string_view pre_token, const ShortKey& key, const ShortCache::Line* home) {
  if (pre_token.size() > ShortCache::kMaxIds) {
    // It may have more ids than the short cache takes.
    const std::uint64_t hash = hash64(pre_token);
    const auto known = long_cache.takes(pre_token.size()) ? long_cache.find(pre_token, hash) : std::span<const std::uint32_t>{};
    const auto ids = known.empty() ? merge(pre_token) : known;
    append(ids);
    if (ids.size() <= ShortCache::kMaxIds) {
      short_cache.put(home, key, ids);
    } else if (known.empty() && long_cache.takes(pre_token.size())) {
      long_cache.put(pre_token, hash, ids);
    }
    return;
  }
  const auto ids = merge(pre_token);
  short_cache.put(home, key, ids);
  append(ids);
}

/// `hash` is of those that the long cache takes.
void Encoder::State::append_long(std::string_view pre_token, std::uint64_t hash) {
  if (!long_cache.takes(pre_token.size())) return append(merge(pre_token));
  if (const auto known = long_cache.find(pre_token, hash); !known.empty()) return append(known);
  const auto ids = merge(pre_token);
  long_cache.put(pre_token, hash, ids);
  append(ids);
}

std::span<const std::uint32_t> Encoder::State::merge(std::string_view pre_token) {
  ++counts.misses;
  // A short one that is a token was most likely put in at the start; merging finds it too.
  if (!data.whole_first && pre_token.size() <= ShortKey::kMaxBytes) return merger.merge(pre_token);
  whole_id = data.index.find(data.vocabulary, pre_token);
  if (whole_id != kNoToken && data.whole[whole_id]) return {&whole_id, 1};
  return merger.merge(pre_token);
}

Encoder::Encoder(const Tokenizer& tokenizer, std::size_t cache_bytes) : state_(std::make_unique<State>(tokenizer, cache_bytes)) {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

void Encoder::encode(std::string_view text, std::vector<std::uint32_t>& append_to) {
  state_->output = &append_to;
  state_->encode(text);
}

const Encoder::Counts& Encoder::counts() const noexcept { return state_->counts; }

}  // namespace quern
