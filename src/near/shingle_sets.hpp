#pragma once
// Shingle sets of texts, made once for each text that is compared again soon.

#include "quern/near/near.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace quern {

using ShingleSet = std::vector<std::uint64_t>;

/// The sets made last, within a bound. A set that was handed out stays as long as it is held.
class ShingleSets {
 public:
  ShingleSets(NearTexts& texts, std::size_t most_bytes) : texts_(texts), most_bytes_(most_bytes) {}

  std::shared_ptr<const ShingleSet> of(const SpoolRef& ref);

 private:
  struct Name {
    std::uint64_t block;
    std::uint32_t segment, row;
    bool operator==(const Name&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Name& name) const noexcept;
  };

  NearTexts& texts_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::unordered_map<Name, std::shared_ptr<const ShingleSet>, Hash> sets_;
  std::deque<Name> oldest_first_;
  ShingleSet made_;
};

}  // namespace quern
