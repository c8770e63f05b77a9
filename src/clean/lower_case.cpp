#include "quern/text/lower_case.hpp"

#include "quern/clean/steps.hpp"

namespace quern {

Reason apply(const LowerCaseSpec&, std::string& text) {
  lower_case(text);
  return Reason::none;
}

}  // namespace quern
