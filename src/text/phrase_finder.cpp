#include "quern/text/phrase_finder.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"

#include <algorithm>

namespace quern {

PhraseFinder::PhraseFinder(const std::vector<std::string>& phrases) : nodes_(1), edges_(64) {
  for (const std::string& phrase : phrases) add(phrase);
  link();
}

void PhraseFinder::add(std::string_view phrase) {
  if (phrase.empty()) return;
  const auto first = static_cast<std::uint8_t>(phrase[0]);
  for (std::size_t next = 0; next < 256; ++next) {
    if (phrase.size() == 1 || static_cast<std::uint8_t>(phrase[1]) == next) begins_[first * 4u + next / 64] |= std::uint64_t{1} << next % 64;
  }
  std::uint32_t node = 0;
  for (const char c : phrase) {
    const auto byte = static_cast<std::uint8_t>(c);
    std::uint32_t next = child(node, byte);
    if (next == 0) {
      if (nodes_.size() >= std::size_t{1} << 31) fail(ErrorKind::plan, "a list of phrases holds more than 2 GiB: shorten it");
      next = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
      add_child(node, byte, next);
    }
    node = next;
  }
  nodes_[node].ends_phrase = true;
}

std::size_t PhraseFinder::slot_of(std::uint64_t key) const noexcept {
  const std::size_t mask = edges_.size() - 1;
  std::size_t i = mix64(key) & mask;
  while (edges_[i].key != 0 && edges_[i].key != key) i = (i + 1) & mask;
  return i;
}

std::uint32_t PhraseFinder::child(std::uint32_t node, std::uint8_t byte) const noexcept {
  return edges_[slot_of(std::uint64_t{node} * 256 + byte + 1)].to;
}

void PhraseFinder::add_child(std::uint32_t node, std::uint8_t byte, std::uint32_t to) {
  if (++edge_count_ * 3 > edges_.size() * 2) {
    std::vector<Edge> old(edges_.size() * 2);
    old.swap(edges_);
    for (const Edge& edge : old) {
      if (edge.key != 0) edges_[slot_of(edge.key)] = edge;
    }
  }
  const std::uint64_t key = std::uint64_t{node} * 256 + byte + 1;
  edges_[slot_of(key)] = {key, to};
}

/// Nodes in the order of their depth, so that what a node falls back to is linked before it.
void PhraseFinder::link() {
  std::vector<Edge> edges;
  std::vector<std::uint32_t> depth(nodes_.size(), 0);
  edges.reserve(edge_count_);
  for (const Edge& edge : edges_) {
    if (edge.key != 0) edges.push_back(edge);
  }
  // A child has a larger number than its parent: one pass in the order of the children gives all depths.
  std::ranges::sort(edges, {}, &Edge::to);
  for (const Edge& edge : edges) depth[edge.to] = depth[(edge.key - 1) / 256] + 1;
  std::ranges::stable_sort(edges, {}, [&](const Edge& edge) { return depth[edge.to]; });
  for (const Edge& edge : edges) {
    const auto parent = static_cast<std::uint32_t>((edge.key - 1) / 256);
    const auto byte = static_cast<std::uint8_t>((edge.key - 1) % 256);
    if (parent == 0) continue;
    std::uint32_t back = nodes_[parent].fallback;
    while (back != 0 && child(back, byte) == 0) back = nodes_[back].fallback;
    nodes_[edge.to].fallback = child(back, byte);
    nodes_[edge.to].ends_phrase |= nodes_[nodes_[edge.to].fallback].ends_phrase;
  }
}

bool PhraseFinder::stands_in(std::string_view text) const noexcept {
  if (empty()) return false;
  std::uint32_t node = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    const auto next = at + 1 < text.size() ? static_cast<std::uint8_t>(text[at + 1]) : std::uint8_t{0};
    if (node == 0 && !may_begin(byte, next)) continue;
    std::uint32_t to = child(node, byte);
    while (to == 0 && node != 0) {
      node = nodes_[node].fallback;
      to = child(node, byte);
    }
    node = to;
    if (nodes_[node].ends_phrase) return true;
  }
  return false;
}

}  // namespace quern
