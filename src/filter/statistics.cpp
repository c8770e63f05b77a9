#include "quern/filter/statistics.hpp"

#include "token_counter.hpp"

namespace quern {

TextStatistics count_statistics_plainly(std::string_view text) noexcept {
  TokenCounter counter;
  for (std::size_t at = 0; at < text.size();) at = counter.add_next(text, at);
  return counter.finish();
}

}  // namespace quern
