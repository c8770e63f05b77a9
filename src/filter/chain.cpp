#include "quern/filter/chain.hpp"

#include "quern/filter/rules.hpp"

#include <variant>

namespace quern {

Reason FilterChain::judge(std::string_view cleaned_text) const {
  const FilterSubject subject(cleaned_text);
  for (const FilterSpec& filter : filters_) {
    const Reason reason = std::visit([&](const auto& spec) { return quern::judge(spec, subject); }, filter);
    if (reason != Reason::none) return reason;
  }
  return Reason::none;
}

}  // namespace quern
