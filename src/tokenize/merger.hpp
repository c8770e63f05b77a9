#pragma once
// Byte-pair merging of one pre-token: the lowest rank first, the leftmost of equals, until no neighbours merge.

#include "tokenize/merges.hpp"
#include "tokenize/min_tree.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Holds the scratch memory; one per thread. Any number of bytes: time near-linear, scratch memory a few times kWindow besides the
/// result, unless the vocabulary is made to defeat it (see merge_long).
class Merger {
 public:
  Merger(const Merges& merges, const Vocabulary& vocabulary) : merges_(&merges), vocabulary_(&vocabulary) {}

  /// The tokens of `bytes`, valid until the next call. Bytes without a token are dropped.
  std::span<const std::uint32_t> merge(std::string_view bytes);

 private:
  static constexpr std::size_t kShort = 47;
  static constexpr std::size_t kWindow = 2048;

  std::span<const std::uint32_t> merge_short(std::string_view bytes);
  std::span<const std::uint32_t> merge_long(std::string_view bytes);
  void merge_window(std::string_view bytes, std::vector<std::uint32_t>& ids);
  bool stays_apart(std::uint32_t left, std::uint32_t right);
  std::string_view without_unknown_bytes(std::string_view bytes);
  std::size_t length(std::uint32_t id) const { return vocabulary_->bytes(id).size(); }

  const Merges* merges_;
  const Vocabulary* vocabulary_;
  std::uint32_t short_ids_[kShort + 1];
  std::vector<std::uint32_t> ids_;
  std::vector<std::uint32_t> window_ids_;
  std::vector<std::uint32_t> seam_ids_;
  std::string seam_;
  std::string known_bytes_;
  // merge_window: symbols by the position of their first byte
  MinTree ranks_;  ///< of a symbol with its right neighbour
  std::vector<std::uint32_t> symbol_;
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> previous_;
};

}  // namespace quern
