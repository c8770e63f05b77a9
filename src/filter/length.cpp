#include "quern/filter/rules.hpp"

namespace quern {

Reason judge(const LengthSpec& spec, const FilterSubject& subject) {
  const std::uint64_t chars = subject.statistics().chars;
  if (chars < spec.min_chars) return Reason::length_min;
  if (chars > spec.max_chars) return Reason::length_max;
  return Reason::none;
}

}  // namespace quern
