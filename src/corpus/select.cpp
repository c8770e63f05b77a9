#include "quern/corpus/select.hpp"

#include "quern/comm/world.hpp"

#include <vector>

namespace quern {

namespace {

constexpr unsigned kDigitBits = 16, kKeyBits = 64;

}  // namespace

std::optional<std::uint64_t> select_key(const ForEachKey& keys, std::uint64_t target, World& world) {
  std::uint64_t prefix = 0;  // the digits of the answer that are known
  std::uint64_t below = 0;   // weight of the keys with a lesser prefix
  std::vector<std::uint64_t> weights;
  for (unsigned known = 0; known < kKeyBits; known += kDigitBits) {
    const unsigned shift = kKeyBits - kDigitBits - known;
    weights.assign(std::size_t{1} << kDigitBits, 0);
    keys([&](const WeightedKey& key) {
      const bool candidate = known == 0 || key.key >> (kKeyBits - known) == prefix;
      if (candidate) weights[key.key >> shift & ((std::size_t{1} << kDigitBits) - 1)] += key.weight;
    });
    world.all_reduce_sum(weights);
    std::size_t digit = 0;
    while (digit < weights.size() && below + weights[digit] < target) below += weights[digit++];
    if (digit == weights.size()) return std::nullopt;
    prefix = prefix << kDigitBits | digit;
  }
  return prefix;
}

}  // namespace quern
