#include "engine/ordered_documents.hpp"

#include "engine/extras.hpp"
#include "engine/ordered_head.hpp"
#include "quern/base/error.hpp"

#include <algorithm>

namespace quern {

namespace {

/// One sorted run of a part, block by block.
class Run {
 public:
  Run(SpoolReader& spool, const UnitPlace& place) : spool_(spool), place_(place), at_(place.begin) {}

  /// The next document; false: there is none.
  bool next() {
    if (++row_ >= block_.rows.size()) {
      if (at_ >= place_.end) return false;
      block_ = spool_.block(place_, at_, {.payload = true}, at_);
      row_ = 0;
    }
    key_ = read_head(packed()).key;
    return true;
  }
  const OrderKey& key() const { return key_; }
  std::string_view packed() const { return block_.payload_of(block_.rows[row_]); }

 private:
  SpoolReader& spool_;
  UnitPlace place_;
  std::uint64_t at_;
  SpoolBlock block_;
  std::size_t row_ = 0;
  OrderKey key_;
};

/// All runs of a part as one.
class Merge {
 public:
  Merge(SpoolReader& spool, const OrderedDocuments::Part& part) {
    for (const UnitPlace& place : part.runs) runs_.push_back(std::make_unique<Run>(spool, place));
    for (const auto& run : runs_) {
      if (run->next()) push(run.get());
    }
  }

  /// The document with the least key; nothing after the last. Good until the next call.
  std::optional<std::string_view> next() {
    if (given_ != nullptr && given_->next()) push(given_);
    given_ = nullptr;
    if (heap_.empty()) return std::nullopt;
    std::ranges::pop_heap(heap_, kLater);
    given_ = heap_.back();
    heap_.pop_back();
    return given_->packed();
  }

 private:
  static constexpr auto kLater = [](const Run* a, const Run* b) { return a->key() > b->key(); };

  void push(Run* run) {
    heap_.push_back(run);
    std::ranges::push_heap(heap_, kLater);
  }

  std::vector<std::unique_ptr<Run>> runs_;
  std::vector<Run*> heap_;
  Run* given_ = nullptr;
};

/// Documents that lie, by one of their offsets, between two bounds.
class RangeStream final : public DocumentStream {
 public:
  using Parts = std::vector<OrderedDocuments::Part>;

  RangeStream(const SpoolHome& home, std::uint32_t token_bytes, const Parts& parts, std::uint64_t DocumentOffsets::*by, std::uint64_t first,
              std::uint64_t end)
      : spool_(home, kOrderedPhase), token_bytes_(token_bytes), parts_(parts), by_(by), first_(first), end_(end) {
    part_ = static_cast<std::size_t>(std::ranges::partition_point(parts, [&](const auto& part) { return part.end.*by <= first; }) - parts.begin());
    if (part_ < parts.size()) at_ = parts[part_].begin;
  }

  bool next(OrderedDocument& document) override {
    while (at_.*by_ < end_) {
      const auto packed = next_packed();
      if (!packed) return false;
      document = unpack_document(*packed);
      document.at = at_;
      ++at_.documents;
      at_.tokens += document.n_tokens(token_bytes_);
      at_.id_bytes += document.id.size();
      at_.metadata_bytes += PackedExtras(document.extras).metadata().size();
      if (at_.*by_ > first_) return true;
    }
    return false;
  }

 private:
  std::optional<std::string_view> next_packed() {
    while (true) {
      if (merge_) {
        if (const auto packed = merge_->next()) return packed;
        merge_.reset();
        if (at_ != parts_[part_].end) {
          fail(ErrorKind::store, "the spool holds other documents than are recorded of part {}: give --restart to begin anew", parts_[part_].number);
        }
        ++part_;
      }
      if (part_ >= parts_.size()) return std::nullopt;
      merge_.emplace(spool_, parts_[part_]);
    }
  }

  SpoolReader spool_;
  std::uint32_t token_bytes_;
  const Parts& parts_;
  std::uint64_t DocumentOffsets::*by_;
  std::uint64_t first_, end_;
  DocumentOffsets at_;
  std::size_t part_ = 0;
  std::optional<Merge> merge_;
};

/// In input order, each copy after the other.
class HomeStream final : public DocumentStream {
 public:
  HomeStream(const Records& records, const std::string& phase, const std::vector<UnitPlace>& units, const DocumentOffsets& before,
             const SpoolHome& home, std::uint32_t token_bytes)
      : records_(records), units_(units), spool_(home, phase), token_bytes_(token_bytes), at_(before) {}

  bool next(OrderedDocument& document) override {
    if (copies_left_ == 0 && !next_kept()) return false;
    --copies_left_;
    document = current_;
    document.copy = current_.copy++;
    document.at = at_;
    ++at_.documents;
    at_.tokens += document.n_tokens(token_bytes_);
    at_.id_bytes += document.id.size();
    at_.metadata_bytes += records_.metadata_bytes[document.record - records_.first];
    return true;
  }

 private:
  bool next_kept() {
    while (true) {
      for (; row_ < block_.rows.size(); ++row_, ++record_) {
        const SpoolRow& row = block_.rows[row_];
        const std::string_view id = ids_.next(row), extras = extras_.next(row);
        copies_left_ = records_.copies_of(record_);
        if (copies_left_ == 0) continue;
        current_ = document_at_home(records_, record_, row, id, extras, block_.payload_of(row));
        ++row_, ++record_;
        return true;
      }
      if (!next_block()) return false;
    }
  }

  bool next_block() {
    while (unit_ < units_.size()) {
      const UnitPlace& unit = units_[unit_];
      const std::uint64_t at = std::max(next_, unit.begin);
      if (at < unit.end) {
        block_ = spool_.block(unit, at, {.ids = true, .extras = true, .payload = true}, next_);
        ids_ = SpoolTexts(block_.ids, &SpoolRow::id_bytes);
        extras_ = SpoolTexts(block_.extras, &SpoolRow::extra_bytes);
        row_ = 0;
        return true;
      }
      spool_.done_with(unit);
      ++unit_;
      next_ = 0;
    }
    return false;
  }

  const Records& records_;
  const std::vector<UnitPlace>& units_;
  SpoolReader spool_;
  std::uint32_t token_bytes_;
  DocumentOffsets at_;
  SpoolBlock block_;
  SpoolTexts ids_{{}, &SpoolRow::id_bytes}, extras_{{}, &SpoolRow::extra_bytes};
  OrderedDocument current_;
  std::uint32_t copies_left_ = 0;
  std::size_t unit_ = 0, row_ = 0, record_ = 0;
  std::uint64_t next_ = 0;  ///< in the segment, of the unit's next block
};

}  // namespace

OrderedDocument document_at_home(const Records& records, std::size_t i, const SpoolRow& row, std::string_view id, std::string_view extras,
                                 std::string_view tokens) {
  OrderedDocument document;
  document.record = records.first + i;
  document.cluster_size = records.cluster_size.empty() ? 1 : records.cluster_size[i];
  document.file = row.file;
  document.offset = row.offset;
  document.flags = records.flags[i];
  document.source = records.source[i];
  document.language = records.language[i];
  document.id = id;
  document.extras = extras;
  document.tokens = tokens;
  return document;
}

std::unique_ptr<DocumentStream> OrderedDocuments::rows(std::uint64_t first, std::uint64_t end) const {
  return std::make_unique<RangeStream>(home_, token_bytes_, parts_, &DocumentOffsets::documents, first, end);
}

std::unique_ptr<DocumentStream> OrderedDocuments::tokens(std::uint64_t first, std::uint64_t end) const {
  return std::make_unique<RangeStream>(home_, token_bytes_, parts_, &DocumentOffsets::tokens, first, end);
}

std::unique_ptr<DocumentStream> documents_at_home(const Records& records, const std::string& phase, const std::vector<UnitPlace>& units,
                                                  const DocumentOffsets& before, const SpoolHome& home, std::uint32_t token_bytes) {
  return std::make_unique<HomeStream>(records, phase, units, before, home, token_bytes);
}

}  // namespace quern
