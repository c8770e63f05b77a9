#include "quern/tokenize/pre_tokenizer.hpp"

#include "tokenize/kernels/cut.hpp"

namespace quern {

PreTokenizer::PreTokenizer(Pattern pattern, Kernel kernel) : cut_(find_cut(pattern, kernel)) {}

std::size_t PreTokenizer::next(std::string_view text, std::size_t at) const {
  std::size_t end = at;
  cut_(text, at, {&end, 1});
  return end;
}

}  // namespace quern
