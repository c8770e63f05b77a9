#include "engine/map.hpp"

#include "engine/dataset_text.hpp"
#include "engine/document_text.hpp"
#include "engine/done_rows.hpp"
#include "engine/extras.hpp"
#include "engine/final_text.hpp"
#include "engine/flags.hpp"
#include "engine/input_check.hpp"
#include "engine/keep_order.hpp"
#include "engine/pause_point.hpp"
#include "engine/second_map.hpp"
#include "engine/stop.hpp"
#include "engine/untrusted.hpp"
#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/comm/unit_queue.hpp"
#include "quern/format/json_text.hpp"
#include "quern/read/reader.hpp"
#include "quern/write/content_digest.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace quern {

namespace {

/// Of a unit that is no piece of a cut file, or of one that could not be read.
constexpr std::uint64_t kNoEnd = UINT64_MAX;
/// Of a piece in which no record begins: it meets the next one wherever that begins.
constexpr std::uint64_t kInsideLine = UINT64_MAX - 1;

/// Thrown between two documents when the run is told to end: the unit at hand is given up.
struct UnitGivenUp {};

/// What a document goes through on one rank. No rank, no clock, no file in here.
class DocumentLine {
 public:
  DocumentLine(const Setup& setup, DocumentRules& rules) : setup_(setup), rules_(rules), signal_values_(rules.signals.size()) {
    if (rules.evaluation_sets) contamination_.emplace(*rules.evaluation_sets);
    if (!maps_twice(setup.job)) final_.emplace(setup);
  }

  void take(const Record& record, SpoolWriter& spool) {
    SpoolRow row;
    row.offset = record.offset;
    row.file = record.file;
    row.entry = record.entry;
    if (record.bad != Reason::none) {
      row.verdict = Verdict::quarantined;
      row.reason = record.bad;
      row.text_hash = untrusted_range(record.untrusted_from, record.untrusted_to);
      tally.count(row.reason);
      spool.add(row, record.own_id, {}, record.message);
      return;
    }
    raw_text_bytes_ += record.text.size();
    row.reason = rules_.text.make(record, text_, &pii_);
    row.text_bytes = static_cast<std::uint32_t>(text_.size());
    LanguageGuess language;
    if (rules_.language && row.reason == Reason::none) {
      language = rules_.language->guess(text_);
      row.reason = rules_.language->judge(text_, language);
    }
    Extras extras;
    extras.source = source_of(record);
    extras.language = rules_.language ? language.label : std::string_view();
    extras.language_score = language.permille;
    extras.signals = signal_values_;
    if (row.reason == Reason::none) {
      row.reason = rules_.filters.judge(text_, {.url = record.url, .language = extras.language}, rules_.signals, signal_values_);
    }
    if (contamination_ && row.reason == Reason::none) {
      row.reason = contamination_->apply(text_);
      // Signals are those of the text that is kept.
      if (text_.size() != row.text_bytes && rules_.signals.size() != 0) rules_.signals.compute(text_, signal_values_);
      row.text_bytes = static_cast<std::uint32_t>(text_.size());
      extras.matches = as_bytes(contamination_->matches());
      if (!extras.matches.empty()) row.flags |= flag_of(Flag::contamination);
    }
    tally.count(row.reason);
    if (row.reason != Reason::none) {
      row.verdict = Verdict::removed;
      extras.signals = {};
      pack_extras(extras, packed_extras_);
      spool.add(row, record.own_id, {}, {}, packed_extras_);
      return;
    }
    extras.metadata = metadata_of(record);
    row.keep_key = keep_key(setup_.job, extras.source.empty() ? setup_.job.input[record.entry].source : extras.source, record.date, quality());
    pack_extras(extras, packed_extras_);
    if (!final_) {
      row.text_hash = hash128(text_);
      return spool.add(row, record.own_id, {}, text_, packed_extras_);
    }
    final_->put(row, text_, record.own_id, packed_extras_, spool);
  }

  std::uint64_t raw_text_bytes() const { return raw_text_bytes_; }
  /// Of the documents since the last call.
  PiiCounts take_pii() { return std::exchange(pii_, {}); }

 private:
  /// Of the signal by which the best of several documents is told.
  double quality() const { return rules_.quality ? signal_values_[*rules_.quality] : 0; }

  /// Names of sources are texts of the data set: without control characters.
  std::string_view source_of(const Record& record) {
    source_.assign(record.source);
    remove_controls(source_);
    return source_;
  }

  std::string_view metadata_of(const Record& record) {
    metadata_.clear();
    const auto add = [this](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      metadata_ += metadata_.empty() ? "{\"" : ",\"";
      metadata_ += name;
      metadata_ += "\":";
      metadata_ += value;
    };
    if (!record.url.empty()) add("url", json_string(record.url));
    if (!record.date.empty()) add("date", json_string(record.date));
    add("metadata", record.metadata);
    if (!metadata_.empty()) metadata_ += '}';
    return metadata_;
  }

  const Setup& setup_;
  DocumentRules& rules_;
  std::vector<double> signal_values_;
  std::optional<ContaminationChecker> contamination_;
  std::optional<FinalText> final_;  ///< none when texts are still to change
  std::string text_, source_, metadata_, packed_extras_;
  std::uint64_t raw_text_bytes_ = 0;
  PiiCounts pii_;
};

template <std::size_t kKinds>
void add_to(std::array<std::uint64_t, kKinds>& sums, const std::array<std::uint64_t, kKinds>& counts) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) sums[kind] += counts[kind];
}

/// What this rank's part of the map is for whoever watches: of a unit at hand as much as it has text so far, at most what was guessed.
class MapTally {
 public:
  /// `units` matter on rank 0 alone, which so counts for all.
  explicit MapTally(const std::vector<Unit>& units) {
    std::uint64_t all = 0;
    for (const Unit& unit : units) all += unit.estimated_bytes;
    tally.begin(Stage::map, all);
  }
  void add(const Record& record, const Unit& unit) {
    tally.documents.fetch_add(1, std::memory_order_relaxed);
    tally.bytes.fetch_add(record.text.size(), std::memory_order_relaxed);
    of_unit_ += record.text.size();
    tally.done.store(before_ + std::min(of_unit_, unit.estimated_bytes), std::memory_order_relaxed);
  }
  void end(const Unit& unit) {
    before_ += unit.estimated_bytes;
    of_unit_ = 0;
    tally.done.store(before_, std::memory_order_relaxed);
  }

 private:
  std::uint64_t before_ = 0, of_unit_ = 0;
};

/// A piece of a cut file is a unit of its own.
void remember_ends(const Unit& unit, const std::vector<PieceRead>& reads, MappedUnit& mapped) {
  const bool cut = unit.pieces.size() == 1 && !unit.pieces[0].whole() && !reads[0].unreadable;
  mapped.piece_first = cut ? reads[0].first : kNoEnd;
  mapped.piece_end = cut ? reads[0].end : kNoEnd;
  if (cut && reads[0].inside_line) mapped.piece_first = mapped.piece_end = kInsideLine;
}

/// Neighbouring pieces of a file must meet, or records were lost or read twice: a fault of the decoder or a file that changed.
void check_pieces_meet(const std::vector<MappedUnit>& mapped, const Setup& setup) {
  const MappedUnit* before = nullptr;  // the last one that is no piece inside a line
  std::uint64_t next = 0;
  for (const MappedUnit& unit : mapped) {
    if (unit.place.unit != next) before = nullptr;  // a run that was told to end has not mapped all
    next = unit.place.unit + 1;
    if (unit.piece_first == kInsideLine) continue;
    const MappedUnit* const last = std::exchange(before, &unit);
    if (!last || last->piece_end == kNoEnd || unit.piece_first == kNoEnd || unit.piece_first == last->piece_end) continue;
    const Piece& piece = setup.units[unit.place.unit].pieces[0];
    if (piece.file != setup.units[last->place.unit].pieces[0].file) continue;
    fail(ErrorKind::check,
         "{}: two pieces of this file do not meet: one ends at byte {}, the next begins at {} (decompressed). Was it changed during the run?",
         piece.path, last->piece_end, unit.piece_first);
  }
}

/// Rank 0's units without those that are done. A unit behind a gap does not go on in what was read before it.
std::vector<Unit> units_to_do(const std::vector<Unit>& units, const std::vector<MappedUnit>& done) {
  std::vector<bool> is_done(units.size(), false);
  for (const MappedUnit& unit : done) {
    if (unit.place.unit < units.size()) is_done[unit.place.unit] = true;
  }
  std::vector<Unit> rest;
  for (std::size_t u = 0; u < units.size(); ++u) {
    if (is_done[u]) continue;
    rest.push_back(units[u]);
    rest.back().continues = units[u].continues && u > 0 && !is_done[u - 1];
  }
  return rest;
}

}  // namespace

bool spools_tokens(const Setup& setup) { return !setup.job.tokenizer.train && setup.tokenizer->lossless(); }

Mapped map_units(const Setup& setup, DocumentRules& rules, WorkFolder& work, StepClock& clock, World& world) {
  DocumentLine line(setup, rules);
  SpoolWriter spool(work.spool(), "map", work.segment(), FinalText::signature_bytes(setup), setup.spool_block_bytes());
  UnitReader reader(setup.job, decoder_of_datasets());
  DoneRows<MappedUnit> done(Mark::mapped, work, setup.job.checkpoint_seconds, world, [&] { spool.sync(); }, Mark::digests);
  std::vector<Unit> to_do = units_to_do(setup.units, work.progress().mapped);
  MapTally progress(to_do);
  UnitQueue queue(std::move(to_do), world, [&] { done.poll(); });
  std::vector<MappedUnit> mapped;
  std::vector<PieceDigest> digests;
  while (const auto unit = queue.next()) {
    // Where a unit goes on in the file at hand, the reader itself looks ahead.
    if (const Unit* const next = queue.expected(); next && !next->continues) fetch_ahead(*next);
    spool.begin(unit->number);
    const std::uint64_t text_before = line.raw_text_bytes();
    const auto take = [&](const Record& record) {
      if (stop_requested()) throw UnitGivenUp{};
      line.take(record, spool);
      progress.add(record, *unit);
    };
    try {
      MappedUnit result;
      const auto reads = reader.read(*unit, take, [&] {
        beat();
        queue.poll();
        done.poll();
      });
      result.place = spool.end();
      result.raw_text_bytes = line.raw_text_bytes() - text_before;
      const InputDigests input = digests_of_input(*unit);
      result.input_digest = input.sum;
      digests.insert(digests.end(), input.pieces.begin(), input.pieces.end());
      remember_ends(*unit, reads, result);
      for (const PieceRead& read : reads) add_to(result.passed_over, read.passed_over);
      result.pii = line.take_pii();
      mapped.push_back(result);
      done.add(result, result.raw_text_bytes, as_bytes(std::span<const PieceDigest>(input.pieces)));
      work.watchdog().count_text(result.raw_text_bytes);
      progress.end(*unit);
    } catch (const UnitGivenUp&) {
      line.take_pii();
      spool.abandon();
      queue.stop();
    }
    pause_point("unit mapped", world);
  }
  clock.end(queue.waited_s());
  done.finish();
  spool.close();
  mapped = world.all_gather<MappedUnit>(mapped);
  mapped.insert(mapped.end(), work.progress().mapped.begin(), work.progress().mapped.end());
  std::sort(mapped.begin(), mapped.end(), [](const MappedUnit& a, const MappedUnit& b) { return a.place.unit < b.place.unit; });
  if (world.is_root()) check_pieces_meet(mapped, setup);
  Mapped result;
  const std::vector<std::string> all_digests = world.gather_bytes(as_bytes(std::span<const PieceDigest>(digests)));
  if (world.is_root() && mapped.size() == setup.units.size()) {
    digests = work.progress().digests;
    for (const std::string& part : all_digests) std::ranges::copy(rows_of<PieceDigest>(part), std::back_inserter(digests));
    auto all = digests_of_files(std::move(digests), setup.files.size());
    if (!all) fail(ErrorKind::refused, "the work folder was begun by an earlier quern, which took no digests of files: give --restart to begin anew");
    result.file_digests = std::move(*all);
  }
  for (const MappedUnit& unit : work.progress().mapped) result.text_bytes_before += unit.raw_text_bytes;
  for (const MappedUnit& unit : mapped) {
    result.places.push_back(unit.place);
    result.raw_text_bytes += unit.raw_text_bytes;
    add_to(result.passed_over, unit.passed_over);
    add_to(result.pii.of, unit.pii.of);
    result.input_digest = ContentDigest::combine(result.input_digest, unit.input_digest);
  }
  return result;
}

}  // namespace quern
