#include "engine/second_map.hpp"

#include "engine/done_rows.hpp"
#include "engine/extras.hpp"
#include "engine/final_text.hpp"
#include "engine/flags.hpp"
#include "engine/keep_order.hpp"
#include "engine/pause_point.hpp"
#include "engine/spooled_text.hpp"
#include "engine/stop.hpp"
#include "engine/untrusted.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/base/wide.hpp"
#include "quern/corpus/repeats.hpp"
#include "quern/exact/equal.hpp"

#include <algorithm>
#include <unordered_map>

namespace quern {

namespace {

constexpr const char* kPhase = "final";

/// The texts at home here that are still alive, block by block.
class HomeTexts final : public RepeatTexts {
 public:
  HomeTexts(const Records& records, const std::vector<std::uint64_t>& places, const Setup& setup)
      : records_(records), places_(places), text_(setup, records) {}

  bool next(std::uint64_t& record, std::uint64_t& place, std::string& text) override {
    while (true) {
      for (; row_ < block_.rows.size(); ++row_) {
        const std::size_t i = first_of_block_ + row_;
        if (!records_.is_alive(i)) continue;
        text = text_.decode(block_.rows[row_], block_.payload_of(block_.rows[row_]));
        record = records_.first + i;
        place = places_[i];
        ++row_;
        return true;
      }
      if (!next_block()) return false;
    }
  }
  void rewind() override {
    unit_ = 0;
    at_ = first_of_block_ = row_ = 0;
    block_ = {};
  }
  int home_of(std::uint64_t record) const override { return records_.home_of(record); }

 private:
  bool next_block() {
    while (unit_ < records_.units.size()) {
      const UnitPlace& unit = records_.units[unit_];
      const std::uint64_t at = std::max(at_, unit.begin);
      if (at >= unit.end) {
        ++unit_;
        at_ = 0;
        continue;
      }
      first_of_block_ += block_.rows.size();
      block_ = text_.spool().block(unit, at, {.payload = true}, at_);
      row_ = 0;
      return true;
    }
    return false;
  }

  const Records& records_;
  const std::vector<std::uint64_t>& places_;
  SpooledText text_;
  SpoolBlock block_;
  std::size_t unit_ = 0, first_of_block_ = 0, row_ = 0;
  std::uint64_t at_ = 0;  ///< in the segment, of the unit's next block
};

/// What one kind of unit of text loses.
struct Removal {
  TextUnit unit;
  RepeatSpec spec;
  std::vector<Repeat> repeats;  ///< ascending
  std::size_t next = 0;

  /// Hashes that the record repeats; records are asked for in ascending order.
  std::vector<std::uint64_t> take(std::uint64_t record) {
    std::vector<std::uint64_t> hashes;
    while (next < repeats.size() && repeats[next].record < record) ++next;
    for (; next < repeats.size() && repeats[next].record == record; ++next) hashes.push_back(repeats[next].hash);
    return hashes;
  }
};

/// For each record at home its place in keep order, or that of the first one with the same text.
std::vector<std::uint64_t> first_of_equal(const Records& records, std::vector<std::uint64_t> places, std::size_t budget, World& world) {
  std::vector<Hash128> keys;
  std::vector<std::uint64_t> alive;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records.is_alive(i)) continue;
    keys.push_back(records.text_hash[i]);
    alive.push_back(places[i]);
  }
  const std::vector<std::uint64_t> first = least_of_equal(keys, alive, budget, world);
  for (std::size_t i = 0, at = 0; i < records.size(); ++i) {
    if (records.is_alive(i)) places[i] = first[at++];
  }
  return places;
}

std::vector<Removal> find_all(const Records& records, const Setup& setup, World& world) {
  const std::size_t budget = setup.job.memory_per_rank / 4;
  // Equal texts are one text here, in the place of the first of them: so they lose the same, and stay equal.
  const std::vector<std::uint64_t> places = first_of_equal(records, keep_order(records, setup, setup.job.memory_per_rank / 32, world), budget, world);
  HomeTexts texts(records, places, setup);
  std::vector<Removal> removals;
  // Both are counted in the texts as they came; a paragraph is taken out before lines are.
  for (const auto& [unit, spec] : {std::pair(TextUnit::paragraph, setup.job.repeats.paragraphs), std::pair(TextUnit::line, setup.job.repeats.lines)}) {
    if (spec) removals.push_back({unit, *spec, find_repeats(texts, unit, *spec, budget, world)});
  }
  return removals;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\n") == std::string_view::npos; }

/// Changes the text, and the row where that removes or marks the document. Returns whether the text is another one.
bool apply(std::vector<Removal>& removals, std::uint64_t record, std::string& text, SpoolRow& row) {
  const std::size_t before = text.size();
  bool changed = false;
  for (Removal& removal : removals) {
    const std::vector<std::uint64_t> hashes = removal.take(record);
    if (hashes.empty()) continue;
    if (removal.spec.action == RepeatAction::mark) {
      row.flags |= flag_of(Flag::repeats);
      continue;
    }
    changed = remove_units(text, removal.unit, hashes, removal.spec.min_chars) || changed;
    row.flags |= flag_of(Flag::repeats);
    const bool too_little = static_cast<Uint128>(text.size()) * 1'000'000 < static_cast<Uint128>(before) * removal.spec.min_left_ppm;
    if (too_little || is_blank(text)) {
      row.verdict = Verdict::removed;
      row.reason = Reason::repeated;
      row.text_bytes = static_cast<std::uint32_t>(text.size());
    }
  }
  return changed;
}

/// The filters and signals of a text that is no longer the one they saw.
class SecondJudgement {
 public:
  SecondJudgement(const Setup& setup, DocumentRules& rules) : setup_(setup), rules_(rules), values_(rules.signals.size()) {}

  /// Changes the row where a filter now removes the document; else the extras, which are as long-lived as this object.
  std::string_view judge(std::string_view text, SpoolRow& row, std::string_view packed) {
    const PackedExtras before(packed);
    row.reason = rules_.filters.judge(text, {.language = before.language()}, rules_.signals, values_);
    if (row.reason != Reason::none) {
      row.verdict = Verdict::removed;
      row.text_bytes = static_cast<std::uint32_t>(text.size());
      return packed;
    }
    if (rules_.quality) row.keep_key = keep_key(setup_.job, {}, {}, values_[*rules_.quality]);
    pack_extras({before.source(), before.language(), before.language_score(), before.metadata(), before.matches(), values_}, packed_);
    return packed_;
  }

 private:
  const Setup& setup_;
  DocumentRules& rules_;
  std::vector<double> values_;
  std::string packed_;
};

/// What was decided of a record since the first map.
void decide(SpoolRow& row, const Records& records, std::size_t i) {
  row.verdict = records.verdict[i];
  row.reason = records.reason[i];
  if (row.verdict == Verdict::quarantined) row.text_hash = {};  // its checksum was wrong: the payload is a text
}

/// Of a quarantined row. What was given before its checksum was found wrong has a text, which is no message.
std::string_view message_of(const SpoolRow& row, const SpoolBlock& block) {
  return row.text_bytes > 0 ? kDistrusted : block.payload_of(row);
}

}  // namespace

bool maps_twice(const Job& job) { return job.repeats.lines || job.repeats.paragraphs; }

std::vector<UnitPlace> map_again(const Records& records, const Setup& setup, DocumentRules& rules, WorkFolder& work, World& world) {
  std::unordered_map<std::uint64_t, UnitPlace> before;
  for (const UnitPlace& place : work.progress().mapped_again) before.emplace(place.unit, place);
  const bool all_there = std::ranges::all_of(records.units, [&](const UnitPlace& unit) { return before.contains(unit.unit); });
  std::vector<Removal> removals;
  if (world.min(all_there ? 1 : 0) == 0) removals = find_all(records, setup, world);
  pause_point("repeats found", world);
  SpooledText texts(setup, records);
  SecondJudgement judgement(setup, rules);
  FinalText last(setup);
  SpoolWriter spool(work.spool(), kPhase, work.segment(), FinalText::signature_bytes(setup), setup.spool_block_bytes());
  DoneRows<UnitPlace> done(Mark::mapped_again, work, setup.job.checkpoint_seconds, world, [&] { spool.sync(); });
  std::vector<UnitPlace> places;
  std::uint64_t record = records.first;
  tally.begin(Stage::map_again, records.size());
  for (const UnitPlace& unit : records.units) {
    if (stop_requested()) break;
    if (const auto found = before.find(unit.unit); found != before.end()) {
      places.push_back(found->second);
      record += unit.records;
      tally.add_documents(unit.records, 0);
      continue;
    }
    spool.begin(unit.unit);
    texts.spool().for_each_block(unit, {.ids = true, .extras = true, .payload = true}, [&](const SpoolBlock& block) {
      SpoolTexts ids(block.ids, &SpoolRow::id_bytes), extras(block.extras, &SpoolRow::extra_bytes);
      for (SpoolRow row : block.rows) {
        const std::string_view id = ids.next(row);
        std::string_view extra = extras.next(row);
        const std::size_t i = record++ - records.first;
        if (row.verdict != records.verdict[i]) decide(row, records, i);
        std::string text;
        if (row.verdict == Verdict::kept) {
          text = texts.decode(row, block.payload_of(row));
          const bool changed = apply(removals, records.first + i, text, row);
          if (changed && row.verdict == Verdict::kept) extra = judgement.judge(text, row, extra);
        }
        if (row.verdict == Verdict::kept) last.put(row, text, id, extra, spool);
        else spool.add(row, id, {}, row.verdict == Verdict::quarantined ? message_of(row, block) : std::string_view(), extra);
      }
      beat();
      tally.add_documents(block.rows.size(), block.payload.size());
      done.poll();
    });
    places.push_back(spool.end());
    done.add(places.back(), places.back().text_bytes);
    pause_point("unit mapped again", world);
  }
  done.finish();
  spool.close();
  std::vector<UnitPlace> all = world.all_gather<UnitPlace>(places);
  std::sort(all.begin(), all.end(), [](const UnitPlace& a, const UnitPlace& b) { return a.unit < b.unit; });
  return all;
}

}  // namespace quern
