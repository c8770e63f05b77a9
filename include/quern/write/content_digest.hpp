#pragma once
// The digest of what a data set holds: a sum over its records, so that any rank may add any records in any order.
// Bytes that are hashed: docs/formats/dataset.md; why a sum: docs/decisions/0002-content-digest.md.

#include "quern/base/hash.hpp"
#include "quern/base/ledger.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quern {

class World;

/// What the content digest takes of a record, apart from its tokens.
struct RecordContent {
  std::uint64_t number = 0;  ///< row of the ledger
  Verdict verdict = Verdict::kept;
  std::string_view reason;  ///< its name
  std::string_view source;  ///< its name
  std::string_view own_id;
  std::uint64_t kept = kNoRecord;
  Similarity similarity;
};

/// The content of a ledger row, by this program's reason names. The views live as long as their arguments.
RecordContent content_of(std::uint64_t number, const LedgerRow& row, std::string_view source, std::string_view own_id);

/// A sum modulo 2^128 of hashes. Each record is added once, on any one rank.
class ContentDigest {
 public:
  /// A record without tokens: removed or quarantined.
  void add(const RecordContent& record);
  /// A kept record with all its tokens, the end-of-text included.
  void add(const RecordContent& record, std::span<const std::uint16_t> tokens);
  void add(const RecordContent& record, std::span<const std::uint32_t> tokens);

  /// A kept record whose tokens come in pieces: begin, add_tokens until `tokens` of them are in, end.
  void begin(const RecordContent& record, std::uint64_t tokens);
  void add_tokens(std::span<const std::uint16_t> tokens);
  void add_tokens(std::span<const std::uint32_t> tokens);
  void end();

  /// Where a document lies, in a data set whose documents are not in the order of their records. `tokens`: of copies but the first.
  template <class Token>
  void add_document(std::uint64_t row, std::uint64_t record, std::uint64_t copy, std::span<const Token> tokens) {
    begin_document(row, record, copy, tokens.size());
    add_tokens(tokens);
    end();
  }
  /// The same for tokens that come in pieces: then add_tokens until `tokens` of them are in, and end.
  void begin_document(std::uint64_t row, std::uint64_t record, std::uint64_t copy, std::uint64_t tokens);

  /// Adds the partial sum of another range of records.
  void add_partial(const Hash128& sum) { sum_ = combine(sum_, sum); }
  const Hash128& partial() const { return sum_; }
  static Hash128 combine(const Hash128& a, const Hash128& b);

 private:
  void add_header(const RecordContent& record);
  std::optional<Hasher128> record_;
  std::string header_;
  std::uint64_t missing_tokens_ = 0;
  Hash128 sum_;
};

/// Sum modulo 2^128 over all ranks. Collective.
Hash128 sum_of_hashes(const Hash128& mine, World& world);

}  // namespace quern
