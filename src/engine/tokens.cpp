#include "engine/tokens.hpp"

#include "engine/done_rows.hpp"
#include "engine/pause_point.hpp"
#include "engine/payload.hpp"
#include "engine/spooled_text.hpp"
#include "engine/stop.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/tokenize/corpus_words.hpp"
#include "quern/tokenize/encoder.hpp"
#include "quern/tokenize/train.hpp"

#include <array>
#include <cstring>
#include <unordered_map>

namespace quern {

namespace {

/// Calls visit(text) for the kept records of units [next, …) until `enough` says so; `next` moves on by whole units.
template <class Visit, class Enough>
void visit_texts(const Records& records, SpooledText& text, std::size_t& next, std::size_t& record, Visit visit, Enough enough) {
  for (; next < records.units.size() && !enough(); ++next) {
    text.spool().for_each_block(records.units[next], {.payload = true}, [&](const SpoolBlock& block) {
      for (const SpoolRow& row : block.rows) {
        if (records.verdict[record++] == Verdict::kept) visit(text.decode(row, block.payload_of(row)));
      }
      beat();
      tally.add_documents(block.rows.size(), block.payload.size());
    });
  }
}

TokenizerFiles trained_files(std::string json) {
  TokenizerFiles files;
  files.path = "tokenizer.json";
  files.bytes = std::move(json);
  return files;
}

/// As Mark::vocabulary lies in the journal.
std::string to_batch(const Trained& trained) {
  const std::array<std::uint64_t, 2> counts = {trained.distinct_words, trained.words_left_out};
  return std::string(as_bytes(std::span<const std::uint64_t>(counts))) + trained.tokenizer_json;
}

Trained from_batch(const std::string& batch) {
  std::array<std::uint64_t, 2> counts = {};
  if (batch.size() < sizeof counts) fail(ErrorKind::store, "the vocabulary in the journal is cut off: give --restart to begin anew");
  std::memcpy(counts.data(), batch.data(), sizeof counts);
  return {batch.substr(sizeof counts), counts[0], counts[1]};
}

Trained train(const Records& records, const Setup& setup, World& world) {
  const TrainSpec& spec = *setup.job.tokenizer.train;
  const std::size_t bound = setup.job.memory_per_rank / 8;
  SpooledText text(setup, records);
  std::size_t next_unit = 0, next_record = 0;
  tally.begin(Stage::count_words, records.size());
  const CorpusWords corpus = count_corpus_words(
      pattern_of(spec.pattern),
      [&](WordCounter& counter) {
        visit_texts(records, text, next_unit, next_record, [&](const std::string& t) { counter.add(t); },
                    [&] { return counter.memory_bytes() > bound; });
        return next_unit < records.units.size();
      },
      spec.max_words, world);
  Trained trained;
  trained.distinct_words = corpus.distinct;
  trained.words_left_out = corpus.left_out;
  tally.begin(Stage::train);
  if (world.is_root()) {
    const TrainParams params{.vocab_size = spec.vocab_size, .min_frequency = spec.min_frequency, .special = spec.special};
    trained.tokenizer_json = to_tokenizer_json(train_merges(corpus.words, params), pattern_of(spec.pattern));
  }
  world.broadcast_bytes(trained.tokenizer_json);
  return trained;
}

/// Of a unit at home here that was tokenized before: its counts.
void read_token_counts(const UnitPlace& place, SpoolReader& spool, Records& records, std::size_t& record) {
  spool.for_each_block(place, {}, [&](const SpoolBlock& block) {
    for (const SpoolRow& row : block.rows) records.tokens[record++] = row.tokens;
  });
}

}  // namespace

Trained train_vocabulary(const Records& records, Setup& setup, WorkFolder& work, World& world) {
  const auto& recorded = work.progress().vocabulary;
  Trained trained = recorded ? from_batch(*recorded) : train(records, setup, world);
  if (!recorded && world.is_root()) work.record(Mark::vocabulary, to_batch(trained));
  setup.tokenizer = Tokenizer::from_files(trained_files(trained.tokenizer_json), setup.job.tokenizer.train->pattern);
  return trained;
}

std::vector<UnitPlace> tokenize_spool(Records& records, const Setup& setup, WorkFolder& work, World& world) {
  std::unordered_map<std::uint64_t, UnitPlace> before;
  for (const UnitPlace& place : work.progress().tokenized) before.emplace(place.unit, place);
  SpooledText text(setup, records);
  SpoolReader tokens_before(work.spool(), "tokens");
  Encoder encoder(*setup.tokenizer, setup.cache_bytes());
  SpoolWriter tokens_spool(work.spool(), "tokens", work.segment(), 0, setup.spool_block_bytes());
  DoneRows<UnitPlace> done(Mark::tokenized, work, setup.job.checkpoint_seconds, world, [&] { tokens_spool.sync(); });
  std::vector<UnitPlace> places;
  std::vector<std::uint32_t> tokens;
  std::string packed;
  std::size_t i = 0;
  tally.begin(Stage::tokenize, records.size());
  for (const UnitPlace& unit : records.units) {
    if (stop_requested()) break;
    if (const auto found = before.find(unit.unit); found != before.end()) {
      places.push_back(found->second);
      read_token_counts(found->second, tokens_before, records, i);
      tally.add_documents(found->second.records, 0);
      continue;
    }
    tokens_spool.begin(unit.unit);
    text.spool().for_each_block(unit, {.ids = true, .extras = true, .payload = true}, [&](const SpoolBlock& block) {
      SpoolTexts ids(block.ids, &SpoolRow::id_bytes), extras(block.extras, &SpoolRow::extra_bytes);
      for (SpoolRow row : block.rows) {
        tokens.clear();
        if (records.verdict[i] == Verdict::kept) encoder.encode(text.decode(row, block.payload_of(row)), tokens);
        records.tokens[i] = row.tokens = static_cast<std::uint32_t>(tokens.size());
        tokens_spool.add(row, ids.next(row), {}, pack_tokens(tokens, setup.token_bytes(), packed), extras.next(row));
        ++i;
      }
      beat();
      tally.add_documents(block.rows.size(), block.payload.size());
      done.poll();
    });
    places.push_back(tokens_spool.end());
    done.add(places.back(), places.back().text_bytes);
    pause_point("unit tokenized", world);
  }
  done.finish();
  tokens_spool.close();
  return places;
}

}  // namespace quern
