#include "quern/tokenize/pre_tokenizer.hpp"

#include "tokenize/scan.hpp"

namespace quern {

namespace {

template <class Scanner>
std::size_t cut_by(std::string_view text, std::size_t& at, std::span<std::size_t> ends) {
  const auto* const begin = reinterpret_cast<const scan::Byte*>(text.data());
  const scan::Text all(begin + text.size());
  const scan::Byte* p = begin + at;
  std::size_t n = 0;
  while (n < ends.size() && p < all.end()) {
    p = Scanner::next(all, p);
    ends[n++] = static_cast<std::size_t>(p - begin);
  }
  at = static_cast<std::size_t>(p - begin);
  return n;
}

}  // namespace

PreTokenizer::PreTokenizer(Pattern pattern) : cut_(nullptr) {
  switch (pattern) {
    case Pattern::gpt2:
      cut_ = cut_by<scan::Gpt2>;
      break;
    case Pattern::llama3:
      cut_ = cut_by<scan::Cl100k<3, false>>;
      break;
    case Pattern::cl100k:
      cut_ = cut_by<scan::Cl100k<3, true>>;
      break;
    case Pattern::o200k:
      cut_ = cut_by<scan::O200k>;
      break;
    case Pattern::qwen2:
      cut_ = cut_by<scan::Cl100k<1, false>>;
      break;
  }
}

std::size_t PreTokenizer::next(std::string_view text, std::size_t at) const {
  std::size_t end = at;
  cut_(text, at, {&end, 1});
  return end;
}

}  // namespace quern
