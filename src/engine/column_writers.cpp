#include "engine/column_writers.hpp"

#include "engine/extras.hpp"
#include "quern/base/heartbeat.hpp"

#include <cstring>

namespace quern {

namespace {

// A call costs tens of microseconds per column: thousands of rows at once.
constexpr std::size_t kTokensAtOnce = 2u << 20;
constexpr std::size_t kRowsAtOnce = 64u << 10;

}  // namespace

std::size_t LedgerWriter::add(const SpoolRow& row, std::string_view id) {
  const std::size_t i = next_++;
  LedgerRow ledger;
  ledger.verdict = records_.verdict[i];
  ledger.reason = records_.reason[i];
  ledger.source = records_.source[i];
  ledger.file = row.file;
  ledger.offset = row.offset;
  ledger.kept = records_.kept[i];
  ledger.similarity = records_.similarity[i];
  rows_.push_back(ledger);
  id_starts_.push_back(id_bytes_);
  id_bytes_ += id.size();
  if (ledger.verdict != Verdict::kept) digest_.add(content_of(records_.first + i, ledger, records_.sources[ledger.source], id));
  return i;
}

void LedgerWriter::flush(std::string_view ids) {
  out_.write_ledger(records_.first + next_ - rows_.size(), rows_, {id_starts_, ids});
  rows_.clear();
  id_starts_.clear();
}

void LedgerWriter::pass(std::uint64_t records) {
  for (std::uint64_t n = 0; n < records; ++n) id_bytes_ += records_.id_bytes[next_++];
}

template <class Token>
void DocumentWriter<Token>::add(const OrderedDocument& document) {
  if (numbers_.empty()) first_ = document.at;
  starts_.push_back(document.at.tokens);
  numbers_.push_back(document.record);
  places_.push_back({document.file, document.offset});
  sources_of_.push_back(document.source);
  id_starts_.push_back(document.at.id_bytes);
  ids_ += document.id;
  copies_.push_back(static_cast<std::uint16_t>(document.copy));
  cluster_sizes_.push_back(document.cluster_size);
  languages_.push_back(document.language);
  flags_.push_back(static_cast<std::uint8_t>(document.flags));
  add_extras(document);
  const std::span<const Token> tokens = add_tokens(document);
  if (document.copy == 0) {
    LedgerRow kept;
    kept.source = document.source;
    digest_.add(content_of(document.record, kept, sources_[document.source], document.id), tokens);
  }
  if (reordered_) digest_.add_document(document.at.documents, document.record, document.copy, document.copy > 0 ? tokens : std::span<const Token>());
  if (tokens_.size() >= kTokensAtOnce || numbers_.size() >= kRowsAtOnce) flush();
}

template <class Token>
void DocumentWriter<Token>::add_extras(const OrderedDocument& document) {
  const PackedExtras extras(document.extras);
  language_scores_.push_back(extras.language_score());
  metadata_starts_.push_back(document.at.metadata_bytes);
  metadata_ += extras.metadata();
  for (std::size_t s = 0; s < signals_.size(); ++s) signals_[s].push_back(extras.signal(s));
}

/// Returns the document's tokens, the end-of-text included.
template <class Token>
std::span<const Token> DocumentWriter<Token>::add_tokens(const OrderedDocument& document) {
  const std::size_t before = tokens_.size(), n = document.tokens.size() / sizeof(Token);
  tokens_.resize(before + n + 1);
  if (n > 0) std::memcpy(tokens_.data() + before, document.tokens.data(), document.tokens.size());
  tokens_.back() = end_of_text_;
  return std::span<const Token>(tokens_).subspan(before);
}

template <class Token>
void DocumentWriter<Token>::flush() {
  if (numbers_.empty()) return;
  if (!out_.is_sharded()) out_.write_tokens(first_.tokens, tokens_);
  out_.write_documents(first_.documents, {starts_, numbers_, places_, sources_of_, {id_starts_, ids_}, languages_, language_scores_,
                                          {metadata_starts_, metadata_}, signals_, flags_, cluster_sizes_, copies_});
  tokens_.clear();
  for (auto* column : {&starts_, &numbers_, &id_starts_, &metadata_starts_}) column->clear();
  for (auto* column : {&sources_of_, &languages_, &language_scores_, &copies_}) column->clear();
  places_.clear();
  cluster_sizes_.clear();
  flags_.clear();
  for (std::vector<double>& signal : signals_) signal.clear();
  ids_.clear();
  metadata_.clear();
  beat();
}

template class DocumentWriter<std::uint16_t>;
template class DocumentWriter<std::uint32_t>;

}  // namespace quern
