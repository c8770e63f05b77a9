#include "quern/write/verify.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/write/content_digest.hpp"
#include "write/even_share.hpp"
#include "write/record_walk.hpp"
#include "write/together.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace quern {

namespace {

constexpr std::size_t kLinksAtOnce = 1u << 20;
constexpr std::uint64_t kFilesAtOnce = 64u << 10;

RecordContent content_at(const DatasetReader& reader, const RecordWalk& walk) {
  const LedgerRow& row = walk.row();
  const std::uint64_t number = walk.number();
  return {number,   row.verdict,   reader.reason_name(row, number), reader.source_name(row.source, number), walk.own_id(),
          row.kept, row.similarity};
}

/// Adds the walk's current record; each(tokens) sees every piece of its document.
template <class Each>
void add_record(ContentDigest& digest, const DatasetReader& reader, RecordWalk& walk, Each each) {
  const RecordContent content = content_at(reader, walk);
  if (!walk.has_document()) return digest.add(content);
  digest.begin(content, walk.n_tokens());
  for (auto piece = walk.next_tokens(); !piece.empty(); piece = walk.next_tokens()) {
    digest.add_tokens(piece);
    each(piece);
  }
  digest.end();
}

/// What a rank finds in its share of the records.
class RecordCheck {
 public:
  RecordCheck(const DatasetReader& reader, Range records) : reader_(reader), walk_(reader, records.first, records.end) {
    by_reason_.resize(reader.reasons().size());
    if (records.first > 0 && records.first < records.end) last_place_ = reader.places(records.first - 1, 1)[0];
  }

  void run() {
    while (walk_.next()) {
      check_row();
      if (walk_.has_document()) check_document();
      add_record(digest_, reader_, walk_, [&](std::span<const std::uint32_t> tokens) { check_tokens(tokens); });
      if (walk_.has_document()) check_end();
    }
    check_links();
  }

  const ContentDigest& digest() const { return digest_; }
  const Hash128& seal() const { return seal_; }
  std::vector<std::uint64_t>& by_reason() { return by_reason_; }
  std::vector<std::uint64_t>& by_verdict() { return by_verdict_; }

 private:
  template <class... Args>
  [[noreturn]] void wrong(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::check, "{}: record {}: {}", reader_.path(), walk_.number(), fmt::format(format, std::forward<Args>(args)...));
  }

  void check_row() {
    const LedgerRow& row = walk_.row();
    const std::string_view verdict = reader_.verdict_name(row, walk_.number());
    const std::string_view reason = reader_.reason_name(row, walk_.number());
    if (!fits(row.verdict, row.reason)) wrong("the verdict is {}, the reason '{}'", verdict, reason);
    const bool duplicate = row.reason == Reason::exact || row.reason == Reason::near;
    if (duplicate != (row.kept != kNoRecord)) wrong("the reason is '{}', the kept record {}", reason, row.kept);
    if (row.similarity.numerator > row.similarity.denominator) wrong("the similarity is above 1");
    if (!duplicate && row.similarity != Similarity{}) wrong("a similarity, but no kept record");
    check_place(row);
    if (duplicate) note_link(row.kept);
    ++by_verdict_[static_cast<std::size_t>(row.verdict)];
    ++by_reason_[static_cast<std::size_t>(row.reason)];
  }

  /// Which verdict a reason comes with. Reasons that this program does not know (of a later version) fit any but `kept`.
  static bool fits(Verdict verdict, Reason reason) {
    if (verdict == Verdict::kept || reason == Reason::none) return verdict == Verdict::kept && reason == Reason::none;
    if (reason >= Reason::count_) return true;
    return is_quarantine(reason) == (verdict == Verdict::quarantined);
  }

  void check_place(const LedgerRow& row) {
    if (row.file >= reader_.shape().n_files) wrong("it is of file {}, there are {}", row.file, reader_.shape().n_files);
    const bool falls = row.file < last_place_.file || (row.file == last_place_.file && row.offset < last_place_.offset);
    if (falls) wrong("file {} offset {} comes after file {} offset {}", row.file, row.offset, last_place_.file, last_place_.offset);
    last_place_ = {row.file, row.offset};
    seal_ = ContentDigest::combine(seal_, seal_of_place(walk_.number(), row.file, row.offset));
  }

  void check_document() {
    const LedgerRow& row = walk_.row();
    const std::uint64_t d = walk_.document();
    if (walk_.document_place() != RecordPlace{row.file, row.offset}) wrong("/documents/id: row {} differs from the ledger", d);
    if (walk_.document_source() != row.source) wrong("/documents/source: row {} differs from the ledger", d);
    if (walk_.document_id() != walk_.own_id()) wrong("/documents/own_id_bytes: row {} differs from the ledger", d);
    add_extras();
    if (walk_.n_tokens() == 0) wrong("document {} has no token, not even an end-of-text", d);
  }

  void add_extras() {
    const Provenance& p = reader_.provenance();
    const bool language = !p.languages.empty();
    if (!language && p.signals.empty() && p.flags.empty() && !reader_.has_metadata()) return;
    const DocumentPart& part = walk_.documents();
    const std::size_t i = walk_.document_in_part();
    std::vector<double> signals;
    for (const std::vector<double>& signal : part.signals) signals.push_back(signal[i]);
    const std::string_view label = language ? reader_.language_name(part.language[i], walk_.number()) : std::string_view();
    seal_ = ContentDigest::combine(seal_, seal_of_extras(walk_.number(), label, language ? part.language_score[i] : 0,
                                                         reader_.has_metadata() ? part.metadata[i] : std::string_view(), signals,
                                                         p.flags.empty() ? 0 : part.flags[i]));
  }

  void check_tokens(std::span<const std::uint32_t> tokens) {
    last_token_ = tokens.back();
    if (*std::max_element(tokens.begin(), tokens.end()) < reader_.provenance().vocab_size) return;
    const auto above = std::find_if(tokens.begin(), tokens.end(), [&](std::uint32_t t) { return t >= reader_.provenance().vocab_size; });
    wrong("document {} has token {}, the vocabulary {} entries", walk_.document(), *above, reader_.provenance().vocab_size);
  }

  void check_end() const {
    if (last_token_ == reader_.provenance().end_of_text) return;
    wrong("document {} ends with token {}, not with the end-of-text {}", walk_.document(), last_token_, reader_.provenance().end_of_text);
  }

  /// The document that others were removed for was kept then. Its source may have had too much of it since; or the data set is a refiltered one,
  /// and the filters have removed it.
  bool may_keep(Reason reason) const {
    if (reason == Reason::none || reason == Reason::sampled || reason == Reason::source_weight || reason == Reason::source_cap) return true;
    const bool refiltered = reader_.provenance().job.starts_with(kRefilterJob);
    return refiltered && reason != Reason::exact && reason != Reason::near && !is_quarantine(reason);
  }

  void note_link(std::uint64_t kept) {
    if (kept >= reader_.shape().n_records) wrong("the kept record is {}, there are {}", kept, reader_.shape().n_records);
    links_.emplace_back(kept, walk_.number());
    if (links_.size() >= kLinksAtOnce) check_links();
  }

  /// Looks the kept records up in rising order, neighbours in one read.
  void check_links() {
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
      if (may_keep(reasons[kept - first])) continue;
      fail(ErrorKind::check, "{}: record {} was removed for record {}, which was not kept", reader_.path(), removed, kept);
    }
    links_.clear();
  }

  const DatasetReader& reader_;
  RecordWalk walk_;
  ContentDigest digest_;
  Hash128 seal_;
  std::vector<std::uint64_t> by_reason_;
  std::vector<std::uint64_t> by_verdict_ = {0, 0, 0};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> links_;  // kept record, removed record
  RecordPlace last_place_;
  std::uint32_t last_token_ = 0;
};

Hash128 check_files(const DatasetReader& reader, Range files) {
  Hash128 seal;
  for (std::uint64_t first = files.first; first < files.end;) {
    const FilePart part = reader.files(first, std::min(kFilesAtOnce, files.end - first));
    for (std::size_t i = 0; i < part.entry.size(); ++i) {
      seal = ContentDigest::combine(seal, seal_of_file(first + i, part.entry[i], part.names[i]));
    }
    first += part.entry.size();
  }
  return seal;
}

void must_equal(const DatasetReader& reader, std::string_view what, std::uint64_t found, std::uint64_t stated) {
  if (found == stated) return;
  fail(ErrorKind::check, "{}: {} {}, but /provenance states {}", reader.path(), found, what, stated);
}

/// Every kept record has met its own document on the walk, so with equal counts no document is left without one.
void check_counts(const DatasetReader& reader, RecordCheck& check, World& world) {
  const Provenance& p = reader.provenance();
  world.all_reduce_sum(check.by_reason());
  world.all_reduce_sum(check.by_verdict());
  must_equal(reader, "records", reader.shape().n_records, p.records);
  must_equal(reader, "documents", reader.shape().n_docs, p.kept);
  must_equal(reader, "tokens", reader.shape().n_tokens, p.tokens);
  must_equal(reader, "records kept", check.by_verdict()[0], p.kept);
  must_equal(reader, "records removed", check.by_verdict()[1], p.removed);
  must_equal(reader, "records quarantined", check.by_verdict()[2], p.quarantined);
  for (std::size_t i = 0; i < p.by_reason.size(); ++i) {
    must_equal(reader, fmt::format("records of reason '{}'", reader.reasons()[i]), check.by_reason()[i], p.by_reason[i]);
  }
}

void check_digests(const DatasetReader& reader, const ContentDigest& mine, const Hash128& my_seal, World& world) {
  const Hash128 content = sum_of_hashes(mine.partial(), world);
  if (content != reader.content_digest()) {
    fail(ErrorKind::check, "{}: the content has digest {}, but /provenance states {}: ids, verdicts or tokens were changed", reader.path(),
         content.hex(), reader.content_digest().hex());
  }
  const Hash128 provenance = seal_of_provenance(reader.provenance(), reader.reasons(), reader.content_digest());
  const Hash128 seal = ContentDigest::combine(sum_of_hashes(my_seal, world), provenance);
  if (seal != reader.seal()) {
    fail(ErrorKind::check, "{}: the seal is {}, but /provenance states {}: places, files or provenance were changed", reader.path(),
         seal.hex(), reader.seal().hex());
  }
}

}  // namespace

Hash128 dataset_digest(const std::string& path, World& world) {
  ContentDigest digest;
  together(world, [&] {
    const DatasetReader reader(path);
    const Range records = share_of(reader.shape().n_records, world);
    RecordWalk walk(reader, records.first, records.end);
    while (walk.next()) add_record(digest, reader, walk, [](std::span<const std::uint32_t>) {});
  });
  return sum_of_hashes(digest.partial(), world);
}

void verify_dataset(const std::string& path, World& world) {
  std::optional<DatasetReader> reader;
  std::optional<RecordCheck> check;
  Hash128 seal;
  together(world, [&] {
    reader.emplace(path);
    check.emplace(*reader, share_of(reader->shape().n_records, world));
    check->run();
    seal = ContentDigest::combine(check->seal(), check_files(*reader, share_of(reader->shape().n_files, world)));
  });
  // From here on every rank holds the same numbers, so all of them throw, or none does.
  check_counts(*reader, *check, world);
  check_digests(*reader, check->digest(), seal, world);
}

}  // namespace quern
