#include "engine/map.hpp"

#include "engine/payload.hpp"
#include "quern/base/error.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/comm/unit_queue.hpp"
#include "quern/filter/chain.hpp"
#include "quern/read/reader.hpp"
#include "quern/sign/signer.hpp"
#include "quern/tokenize/encoder.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace quern {

namespace {

/// Where a piece of a cut file was found to begin and end.
struct PieceEnds {
  std::uint64_t file;
  std::uint64_t begin;  ///< as planned, bytes on disk
  std::uint64_t first, end;
};

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
      spool.add(row, record.own_id, {}, record.message);
      return;
    }
    raw_text_bytes_ += record.text.size();
    text_.assign(record.text);
    cleaner_.clean(text_);
    row.text_bytes = static_cast<std::uint32_t>(text_.size());
    row.reason = filters_.judge(text_);
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

void remember_ends(const Unit& unit, const std::vector<PieceRead>& reads, std::vector<PieceEnds>& ends) {
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const Piece& piece = unit.pieces[i];
    if (!piece.whole() && !reads[i].unreadable) ends.push_back({piece.file, piece.begin, reads[i].first, reads[i].end});
  }
}

/// Neighbouring pieces of a file must meet, or records were lost or read twice: a fault of the decoder or a file that changed.
void check_pieces_meet(std::vector<PieceEnds> ends, const Setup& setup, World& world) {
  ends = world.all_gather<PieceEnds>(ends);
  if (!world.is_root()) return;
  std::sort(ends.begin(), ends.end(), [](const PieceEnds& a, const PieceEnds& b) { return std::tie(a.file, a.begin) < std::tie(b.file, b.begin); });
  for (std::size_t i = 1; i < ends.size(); ++i) {
    if (ends[i].file != ends[i - 1].file || ends[i].first == ends[i - 1].end) continue;
    fail(ErrorKind::check,
         "{}: two pieces of this file do not meet: one ends at byte {}, the next begins at {} (decompressed). Was it changed during the run?",
         setup.files[ends[i].file].path, ends[i - 1].end, ends[i].first);
  }
}

}  // namespace

bool spools_tokens(const Setup& setup) { return !setup.job.tokenizer.train && setup.tokenizer->lossless(); }

Mapped map_units(const Setup& setup, StepClock& clock, World& world) {
  DocumentLine line(setup);
  const std::uint32_t signature_bytes = setup.job.dedup.near ? packed_signature_bytes(*setup.job.dedup.near) : 0;
  SpoolWriter spool(setup.spool_folder(), "map", static_cast<std::uint64_t>(world.rank()), signature_bytes, setup.spool_block_bytes());
  UnitQueue queue(setup.units, world);
  UnitReader reader(setup.job);
  std::vector<UnitPlace> mine;
  std::vector<PieceEnds> ends;
  while (const auto unit = queue.next()) {
    // Where a unit goes on in the file at hand, the reader itself looks ahead.
    if (const Unit* const next = queue.expected(); next && !next->continues) fetch_ahead(*next);
    spool.begin(unit->number);
    const auto reads = reader.read(*unit, [&](const Record& record) { line.take(record, spool); }, [&] { queue.poll(); });
    mine.push_back(spool.end());
    remember_ends(*unit, reads, ends);
  }
  spool.close();
  clock.end(queue.waited_s());
  check_pieces_meet(std::move(ends), setup, world);
  Mapped mapped{world.all_gather<UnitPlace>(mine), world.sum(line.raw_text_bytes())};
  std::sort(mapped.places.begin(), mapped.places.end(), [](const UnitPlace& a, const UnitPlace& b) { return a.unit < b.unit; });
  return mapped;
}

}  // namespace quern
