#pragma once
// A document on its way to its place in the output: what stands before its id, extras and tokens, in messages and in the spool.

#include "engine/order_key.hpp"
#include "engine/ordered_documents.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace quern {

inline constexpr const char* kOrderedPhase = "ordered";

struct OrderedHead {
  OrderKey key;
  std::uint64_t offset = 0;
  std::uint32_t file = 0, cluster_size = 1, flags = 0, id_bytes = 0, extra_bytes = 0;
  std::uint16_t source = 0, language = 0;
};
static_assert(std::has_unique_object_representations_v<OrderedHead> && sizeof(OrderedHead) == 64);

inline OrderedHead read_head(std::string_view bytes) {
  OrderedHead head;
  std::memcpy(&head, bytes.data(), std::min(bytes.size(), sizeof head));
  return head;
}

/// Appends head, id, extras and tokens.
inline void pack_document(const OrderKey& key, const OrderedDocument& document, std::string& to) {
  OrderedHead head{key, document.offset, document.file, document.cluster_size, document.flags, 0, 0, document.source, document.language};
  head.id_bytes = static_cast<std::uint32_t>(document.id.size());
  head.extra_bytes = static_cast<std::uint32_t>(document.extras.size());
  to.append(reinterpret_cast<const char*>(&head), sizeof head);
  to += document.id;
  to += document.extras;
  to += document.tokens;
}

/// A packed document, but for its place. The views are of `bytes`.
inline OrderedDocument unpack_document(std::string_view bytes) {
  const OrderedHead head = read_head(bytes);
  OrderedDocument document;
  document.record = head.key.record;
  document.copy = static_cast<std::uint32_t>(head.key.copy);
  document.cluster_size = head.cluster_size;
  document.file = head.file;
  document.offset = head.offset;
  document.flags = head.flags;
  document.source = head.source;
  document.language = head.language;
  document.id = bytes.substr(sizeof head, head.id_bytes);
  document.extras = bytes.substr(sizeof head + head.id_bytes, head.extra_bytes);
  document.tokens = bytes.substr(sizeof head + head.id_bytes + head.extra_bytes);
  return document;
}

}  // namespace quern
