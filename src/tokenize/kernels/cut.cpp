#include "cut.hpp"

#include "tokenize/scan.hpp"

namespace quern {

Cut find_cut_scalar(Pattern pattern) noexcept {
  switch (pattern) {
    case Pattern::gpt2:
      return scan::cut<scan::Gpt2>;
    case Pattern::llama3:
      return scan::cut<scan::Llama3>;
    case Pattern::cl100k:
      return scan::cut<scan::Cl100k>;
    case Pattern::o200k:
      return scan::cut<scan::O200k>;
    case Pattern::qwen2:
      return scan::cut<scan::Qwen2>;
  }
  return nullptr;
}

Cut find_cut(Pattern pattern, [[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return find_cut_avx512(pattern);
  if (kernel == Kernel::avx2) return find_cut_avx2(pattern);
#endif
  return find_cut_scalar(pattern);
}

}  // namespace quern
