#include "write/ledger_check.hpp"

#include "quern/dataset/dataset_schema.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kLinksAtOnce = 1u << 20;

/// Which verdict a reason comes with. Reasons that this program does not know (of a later version) fit any but `kept`.
bool fits(Verdict verdict, Reason reason) {
  if (verdict == Verdict::kept || reason == Reason::none) return verdict == Verdict::kept && reason == Reason::none;
  if (reason >= Reason::count_) return true;
  return is_quarantine(reason) == (verdict == Verdict::quarantined);
}

}  // namespace

LedgerCheck::LedgerCheck(const DatasetReader& reader, std::uint64_t first, std::uint64_t end) : reader_(reader) {
  by_reason_.resize(reader.reasons().size());
  if (first > 0 && first < end) last_place_ = reader.places(first - 1, 1)[0];
}

void LedgerCheck::add(std::uint64_t record, const LedgerRow& row) {
  const std::string_view verdict = reader_.verdict_name(row, record);
  const std::string_view reason = reader_.reason_name(row, record);
  if (!fits(row.verdict, row.reason)) wrong(record, "the verdict is {}, the reason '{}'", verdict, reason);
  const bool duplicate = row.reason == Reason::exact || row.reason == Reason::near;
  if (duplicate != (row.kept != kNoRecord)) wrong(record, "the reason is '{}', the kept record {}", reason, row.kept);
  if (row.similarity.numerator > row.similarity.denominator) wrong(record, "the similarity is above 1");
  if (!duplicate && row.similarity != Similarity{}) wrong(record, "a similarity, but no kept record");
  check_place(record, row);
  ++by_verdict_[static_cast<std::size_t>(row.verdict)];
  ++by_reason_[static_cast<std::size_t>(row.reason)];
  if (!duplicate) return;
  if (row.kept >= reader_.shape().n_records) wrong(record, "the kept record is {}, there are {}", row.kept, reader_.shape().n_records);
  links_.emplace_back(row.kept, record);
  if (links_.size() >= kLinksAtOnce) check_links();
}

void LedgerCheck::check_place(std::uint64_t record, const LedgerRow& row) {
  if (row.file >= reader_.shape().n_files) wrong(record, "it is of file {}, there are {}", row.file, reader_.shape().n_files);
  const bool falls = row.file < last_place_.file || (row.file == last_place_.file && row.offset < last_place_.offset);
  if (falls) wrong(record, "file {} offset {} comes after file {} offset {}", row.file, row.offset, last_place_.file, last_place_.offset);
  last_place_ = {row.file, row.offset};
  seal_ = ContentDigest::combine(seal_, seal_of_place(record, row.file, row.offset));
}

/// The document that others were removed for was kept then. Its source may have had too much of it since; or the data set is a refiltered one,
/// and the filters have removed it.
bool LedgerCheck::may_keep(Reason reason) const {
  if (reason == Reason::none || reason == Reason::sampled || reason == Reason::source_weight || reason == Reason::source_cap) return true;
  const bool refiltered = reader_.provenance().job.starts_with(kRefilterJob);
  return refiltered && reason != Reason::exact && reason != Reason::near && !is_quarantine(reason);
}

/// Looks the kept records up in rising order, neighbours in one read.
void LedgerCheck::check_links() {
  constexpr std::uint64_t kReach = 64u << 10;
  std::sort(links_.begin(), links_.end());
  std::vector<Reason> reasons;
  std::uint64_t first = 0;
  for (const auto& [kept, removed] : links_) {
    if (kept - first >= reasons.size()) {
      // One byte where links are rare, a block where they are dense.
      const auto near_by = std::upper_bound(links_.begin(), links_.end(), std::pair(kept + kReach, UINT64_MAX));
      first = kept;
      reasons = reader_.reason_codes(first, std::min(std::prev(near_by)->first, first + kReach - 1) - first + 1);
    }
    const Reason reason = reasons[kept - first];
    if (!may_keep(reason)) fail(ErrorKind::check, "{}: record {} was removed for record {}, which was not kept", reader_.path(), removed, kept);
    if (reason == Reason::none) duplicates_.add(hash_of_record(kept));
  }
  links_.clear();
}

}  // namespace quern
