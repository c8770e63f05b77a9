#include "engine/map.hpp"

#include "engine/done_rows.hpp"
#include "engine/input_check.hpp"
#include "engine/pause_point.hpp"
#include "engine/payload.hpp"
#include "engine/stop.hpp"
#include "engine/untrusted.hpp"
#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/comm/unit_queue.hpp"
#include "quern/filter/chain.hpp"
#include "quern/read/reader.hpp"
#include "quern/sign/signer.hpp"
#include "quern/tokenize/encoder.hpp"
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
  explicit DocumentLine(const Setup& setup)
      : setup_(setup), cleaner_(setup.job.clean), filters_(setup.job.filter) {
    if (setup.job.dedup.near) signer_.emplace(*setup.job.dedup.near);
    if (spools_tokens(setup)) encoder_.emplace(*setup.tokenizer, setup.cache_bytes());
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
      spool.add(row, record.own_id, {}, record.message);
      return;
    }
    raw_text_bytes_ += record.text.size();
    text_.assign(record.text);
    row.reason = cleaner_.clean(text_);
    row.text_bytes = static_cast<std::uint32_t>(text_.size());
    if (row.reason == Reason::none) row.reason = filters_.judge(text_, {.url = record.url});
    if (row.reason != Reason::none) {
      row.verdict = Verdict::removed;
      spool.add(row, record.own_id, {}, {});
      return;
    }
    row.text_hash = hash128(text_);
    const bool has_signature = signer_ && signer_->sign(text_, signature_);
    if (has_signature) pack_signature(signature_, packed_signature_);
    spool.add(row, record.own_id, has_signature ? std::string_view(packed_signature_) : std::string_view(), payload(row));
  }

  std::uint64_t raw_text_bytes() const { return raw_text_bytes_; }

 private:
  std::string_view payload(SpoolRow& row) {
    if (!encoder_) return text_;
    tokens_.clear();
    encoder_->encode(text_, tokens_);
    row.tokens = static_cast<std::uint32_t>(tokens_.size());
    return pack_tokens(tokens_, setup_.token_bytes(), packed_tokens_);
  }

  const Setup& setup_;
  Cleaner cleaner_;
  FilterChain filters_;
  std::optional<Signer> signer_;
  std::optional<Encoder> encoder_;
  std::string text_, packed_signature_, packed_tokens_;
  Signature signature_;
  std::vector<std::uint32_t> tokens_;
  std::uint64_t raw_text_bytes_ = 0;
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

Mapped map_units(const Setup& setup, WorkFolder& work, StepClock& clock, World& world) {
  DocumentLine line(setup);
  const std::uint32_t signature_bytes = setup.job.dedup.near ? packed_signature_bytes(*setup.job.dedup.near) : 0;
  SpoolWriter spool(work.spool(), "map", work.segment(), signature_bytes, setup.spool_block_bytes());
  UnitReader reader(setup.job);
  DoneRows<MappedUnit> done(Mark::mapped, work, setup.job.checkpoint_seconds, world, [&] { spool.sync(); });
  UnitQueue queue(units_to_do(setup.units, work.progress().mapped), world, [&] { done.poll(); });
  std::vector<MappedUnit> mapped;
  while (const auto unit = queue.next()) {
    // Where a unit goes on in the file at hand, the reader itself looks ahead.
    if (const Unit* const next = queue.expected(); next && !next->continues) fetch_ahead(*next);
    spool.begin(unit->number);
    const std::uint64_t text_before = line.raw_text_bytes();
    const auto take = [&](const Record& record) {
      if (stop_requested()) throw UnitGivenUp{};
      line.take(record, spool);
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
      result.input_digest = digest_of_input(*unit);
      remember_ends(*unit, reads, result);
      mapped.push_back(result);
      done.add(result, result.raw_text_bytes);
      work.watchdog().count_text(result.raw_text_bytes);
    } catch (const UnitGivenUp&) {
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
  for (const MappedUnit& unit : mapped) {
    result.places.push_back(unit.place);
    result.raw_text_bytes += unit.raw_text_bytes;
    result.input_digest = ContentDigest::combine(result.input_digest, unit.input_digest);
  }
  return result;
}

}  // namespace quern
