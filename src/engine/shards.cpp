#include "engine/shards.hpp"

#include "engine/done_rows.hpp"
#include "engine/pause_point.hpp"
#include "engine/stop.hpp"
#include "engine/token_units.hpp"
#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/store/spool.hpp"
#include "quern/write/shard_writer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace quern {

namespace {

/// Some shards, filled in the order of their tokens; tokens of others are passed over.
class ShardFiller {
 public:
  ShardFiller(ShardWriter& writer, const ShardCut& cut, std::span<const std::uint64_t> shards, std::function<void(const Shard&)> finished)
      : writer_(writer), cut_(cut), shards_(shards), finished_(std::move(finished)) {}

  /// Whether tokens before `end` are still to come.
  bool wants_before(std::uint64_t end) const { return !is_full() && cut_.first(shards_.front()) < end; }
  bool is_full() const { return shards_.empty(); }

  /// `at`: of the first of them in /data; never below that of tokens given before.
  template <class Token>
  void add(std::uint64_t at, std::span<const Token> tokens) {
    for (const std::uint64_t end = at + tokens.size(); wants_before(end);) {
      const std::uint64_t from = std::max(at, cut_.first(shards_.front())), to = std::min(end, cut_.end(shards_.front()));
      if (from == cut_.first(shards_.front())) writer_.begin(shards_.front());
      writer_.add(tokens.subspan(from - at, to - from));
      if (writer_.missing() > 0) return;
      finished_(writer_.end());
      shards_ = shards_.subspan(1);
    }
  }

 private:
  ShardWriter& writer_;
  ShardCut cut_;
  std::span<const std::uint64_t> shards_;  ///< not yet full
  std::function<void(const Shard&)> finished_;
};

/// Appends a document: what the spool has of it, and its end-of-text.
template <class Token>
void append(std::string_view payload, Token end_of_text, std::vector<Token>& tokens) {
  const std::size_t before = tokens.size();
  tokens.resize(before + payload.size() / sizeof(Token) + 1);
  if (!payload.empty()) std::memcpy(tokens.data() + before, payload.data(), payload.size());
  tokens.back() = end_of_text;
}

/// From units in the spool, block by block, until the filler is full or the run is told to end.
template <class Token>
void fill_from_units(ShardFiller& filler, const TokenUnits& from, SpoolReader& spool, Token end_of_text, const std::function<void()>& poll) {
  std::vector<Token> tokens;
  std::span<const Verdict> verdicts = from.verdicts;
  for (const TokenUnit& unit : from.units) {
    if (stop_requested() || filler.is_full()) return;
    std::span<const Verdict> left = verdicts.first(unit.place.records);
    verdicts = verdicts.subspan(unit.place.records);
    if (!filler.wants_before(unit.first_token + unit.tokens)) continue;
    std::uint64_t at = unit.first_token;
    spool.for_each_block(unit.place, {.payload = true}, [&](const SpoolBlock& block) {
      tokens.clear();
      for (std::size_t i = 0; i < block.rows.size(); ++i) {
        if (left[i] == Verdict::kept) append(block.payload_of(block.rows[i]), end_of_text, tokens);
      }
      left = left.subspan(block.rows.size());
      filler.add(at, std::span<const Token>(tokens));
      at += tokens.size();
      poll();
    });
  }
}

/// From documents in an order of their own; shards that follow each other are read in one go.
template <class Token>
void fill_in_order(ShardFiller& filler, const OrderedDocuments& documents, const ShardCut& cut, std::span<const std::uint64_t> shards, Token end_of_text,
                   const std::function<void()>& poll) {
  std::vector<Token> tokens;
  while (!shards.empty()) {
    std::size_t n = 1;
    while (n < shards.size() && shards[n] == shards[0] + n) ++n;
    const auto stream = documents.tokens(cut.first(shards[0]), cut.end(shards[n - 1]));
    for (OrderedDocument document; stream->next(document);) {
      if (stop_requested()) return;
      tokens.clear();
      append(document.tokens, end_of_text, tokens);
      filler.add(document.at.tokens, std::span<const Token>(tokens));
      if (document.at.documents % 256 == 0) poll();
    }
    shards = shards.subspan(n);
  }
}

/// This rank's part of the work, on either road.
template <class Token>
void fill(ShardFiller& filler, const ShardPlan& plan, const TokenSource& source, const Setup& setup, const WorkFolder& work,
          const std::function<void()>& poll, World& world) {
  const auto end_of_text = static_cast<Token>(setup.end_of_text());
  if (source.ordered != nullptr) {
    fill_in_order(filler, *source.ordered, plan.cut(), plan.of(static_cast<std::size_t>(world.rank())), end_of_text, poll);
  } else {
    const TokenUnits units = token_units(source.records, source.units, source.first_token, plan, world);
    SpoolReader spool(work.spool(), source.phase);
    fill_from_units(filler, units, spool, end_of_text, poll);
  }
  if (!filler.is_full() && !stop_requested()) fail(ErrorKind::internal, "the spool has not the tokens that the shards are to hold");
}

/// Collective. Those that an earlier attempt has recorded and that lie in the folder as they were written; each rank looks at some of them.
std::vector<Shard> found_whole(const std::string& folder, std::span<const Shard> recorded, World& world) {
  std::vector<Shard> whole;
  for (auto i = static_cast<std::size_t>(world.rank()); i < recorded.size(); i += static_cast<std::size_t>(world.size())) {
    if (shard_is_whole(folder, recorded[i])) whole.push_back(recorded[i]);
    else spdlog::warn("{}/{}: is damaged or gone: it is written again", folder, shard_name(recorded[i].number));
  }
  return world.all_gather<Shard>(whole);
}

std::vector<std::uint64_t> missing_numbers(std::uint64_t shards, std::span<const Shard> whole) {
  std::vector<bool> there(shards, false);
  for (const Shard& shard : whole) there.at(shard.number) = true;
  std::vector<std::uint64_t> missing;
  for (std::uint64_t s = 0; s < shards; ++s) {
    if (!there[s]) missing.push_back(s);
  }
  return missing;
}

}  // namespace

std::vector<Shard> write_shards(const std::string& folder, const ShardCut& cut, const Provenance& provenance, const TokenSource& source,
                                const Setup& setup, WorkFolder& work, World& world) {
  std::vector<Shard> shards = found_whole(folder, work.progress().shards, world);
  const ShardPlan plan(cut, missing_numbers(cut.shards(), shards), static_cast<std::size_t>(world.size()));
  std::vector<Shard> written;
  ShardWriter writer(folder, cut, provenance);
  DoneRows<Shard> done(Mark::sharded, work, setup.job.checkpoint_seconds, world, [] {});  // a shard is durable when it is finished
  ShardFiller filler(writer, cut, plan.of(static_cast<std::size_t>(world.rank())), [&](const Shard& shard) {
    written.push_back(shard);
    done.add(shard, shard.tokens * setup.token_bytes());
    pause_point("shard written", world);
  });
  const auto poll = [&] {
    beat();
    done.poll();
  };
  const auto fill_all = setup.token_bytes() == 2 ? fill<std::uint16_t> : fill<std::uint32_t>;
  fill_all(filler, plan, source, setup, work, poll, world);
  done.finish();
  if (stop_asked_of_any(world)) return {};
  std::ranges::copy(world.all_gather<Shard>(written), std::back_inserter(shards));
  return shards;
}

}  // namespace quern
