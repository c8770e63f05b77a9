#include "write/record_walk.hpp"

#include "quern/base/error.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 64u << 10;
constexpr std::uint64_t kTokensAtOnce = 1u << 20;

}  // namespace

RecordWalk::RecordWalk(const DatasetReader& reader, std::uint64_t first, std::uint64_t end) : reader_(reader), end_(end) {
  ledger_.first = first;
  next_document_ = reader.first_document_of(first);
  documents_.first = next_document_;
}

void RecordWalk::load_ledger(std::uint64_t first) {
  ledger_ = reader_.ledger(first, std::min(kRowsAtOnce, end_ - first));
  at_ = 0;
}

void RecordWalk::load_documents(std::uint64_t first) {
  documents_ = reader_.documents(first, std::min(kRowsAtOnce, reader_.shape().n_docs - first));
}

bool RecordWalk::next() {
  const std::uint64_t coming = begun_ ? number() + 1 : ledger_.first;
  if (coming >= end_) return false;
  if (begun_ && at_ + 1 < ledger_.rows.size()) {
    ++at_;
  } else {
    load_ledger(coming);
  }
  begun_ = true;
  reader_.verdict_name(row(), number());  // a code without a name is the error to report, not what follows from it
  match_document();
  return true;
}

/// Documents lie in the order of their records: the next document is this record's, or of a later one.
void RecordWalk::match_document() {
  has_document_ = row().verdict == Verdict::kept;
  const bool any_left = next_document_ < reader_.shape().n_docs;
  if (any_left && next_document_ >= documents_.first + documents_.record.size()) load_documents(next_document_);
  const std::uint64_t record = any_left ? documents_.record[next_document_ - documents_.first] : kNoRecord;
  if (has_document_ && record != number()) {
    fail(ErrorKind::check, "{}: record {} is kept, but the next document ({}) is that of record {}", reader_.path(), number(),
         next_document_, any_left ? fmt::format("{}", record) : "none");
  }
  if (!has_document_ && any_left && record <= number()) {
    fail(ErrorKind::check, "{}: /documents/record: row {} is {}, which is not a kept record or comes too late", reader_.path(),
         next_document_, record);
  }
  if (!has_document_) return;
  doc_at_ = next_document_ - documents_.first;
  token_at_ = documents_.start[doc_at_];
  ++next_document_;
}

void RecordWalk::load_tokens() {
  tokens_.resize(std::min(kTokensAtOnce, reader_.shape().n_tokens - token_at_));
  tokens_from_ = token_at_;
  reader_.tokens(tokens_from_, tokens_);
}

std::span<const std::uint32_t> RecordWalk::next_tokens() {
  const std::uint64_t end = documents_.start[doc_at_ + 1];
  if (!has_document_ || token_at_ >= end) return {};
  if (token_at_ < tokens_from_ || token_at_ >= tokens_from_ + tokens_.size()) load_tokens();
  const std::uint64_t n = std::min(end, tokens_from_ + tokens_.size()) - token_at_;
  const auto piece = std::span<const std::uint32_t>(tokens_).subspan(token_at_ - tokens_from_, n);
  token_at_ += n;
  return piece;
}

}  // namespace quern
