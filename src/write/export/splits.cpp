#include "write/export/context.hpp"

namespace quern {

std::vector<Split> splits_of(const DatasetReader& data) {
  const std::uint64_t documents = data.shape().n_docs;
  const auto& order = data.provenance().order;
  if (!order || order->splits.empty()) return {{"", {0, documents}, {0, data.shape().n_tokens}}};
  const std::vector<std::uint64_t>& first = order->first_documents;
  const auto token_at = [&](std::uint64_t document) { return data.document_starts(document, 0)[0]; };
  std::vector<Split> splits;
  for (std::size_t s = 0; s < order->splits.size(); ++s) {
    splits.push_back({order->splits[s], {first[s], first[s + 1]}, {token_at(first[s]), token_at(first[s + 1])}});
  }
  return splits;
}

}  // namespace quern
