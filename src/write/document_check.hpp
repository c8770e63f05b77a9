#pragma once
// What `quern verify` asks of a document, wherever it lies.

#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "write/fingerprint.hpp"

#include <cstdint>
#include <span>

namespace quern {

/// Use, for each document: add; add_tokens for each piece of it; end. Throws Error{check}.
class DocumentCheck {
 public:
  explicit DocumentCheck(const DatasetReader& reader) : reader_(reader) {}

  void add(const DocumentPart& part, std::size_t i);
  void add_tokens(std::span<const std::uint32_t> tokens);
  void end() const;

  const Hash128& seal() const { return seal_; }
  /// Of the first copies: what they say of their records.
  const Fingerprint& kept() const { return kept_; }
  /// Of each record, as often as its document says that there are others that were removed for it.
  const Fingerprint& duplicates() const { return duplicates_; }
  /// Whether a cluster has more records than its column can tell.
  bool sizes_are_bounds() const { return sizes_are_bounds_; }

 private:
  void add_extras(const DocumentPart& part, std::size_t i);

  const DatasetReader& reader_;
  Hash128 seal_;
  Fingerprint kept_, duplicates_;
  bool sizes_are_bounds_ = false;
  std::uint64_t row_ = 0, record_ = 0;
  std::uint32_t last_token_ = 0;
};

}  // namespace quern
