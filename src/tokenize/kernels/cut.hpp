#pragma once
// Cutting text into pre-tokens, by each instruction set. The scanners (scalar) are the reference; the others find the starts of
// pre-tokens by bit operations on class masks of 64 bytes and give the same ends for the same bytes, valid UTF-8 or not.

#include "quern/base/kernel.hpp"
#include "quern/tokenize/pattern.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace quern {

/// See PreTokenizer::cut.
using Cut = std::size_t (*)(std::string_view text, std::size_t& at, std::span<std::size_t> ends);

/// The implementation for a kernel that this machine can run.
Cut find_cut(Pattern pattern, Kernel kernel) noexcept;

Cut find_cut_scalar(Pattern pattern) noexcept;
#if defined(__x86_64__)
Cut find_cut_avx2(Pattern pattern) noexcept;
Cut find_cut_avx512(Pattern pattern) noexcept;
#endif

}  // namespace quern
