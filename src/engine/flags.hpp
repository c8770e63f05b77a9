#pragma once
// What a document is marked with, where a job says that it is to stay: bits of SpoolRow::flags and of /documents/flags.

#include <array>
#include <cstdint>
#include <string_view>

namespace quern {

enum class Flag : unsigned {
  repeats,        ///< it has lines or paragraphs that stand in many documents
  contamination,  ///< it has n-grams of an evaluation set
};
/// By bit. Names are written to data sets: append, never renumber.
inline constexpr std::array<std::string_view, 2> kFlagNames = {"repeats", "contamination"};

constexpr std::uint32_t flag_of(Flag flag) { return std::uint32_t{1} << static_cast<unsigned>(flag); }

}  // namespace quern
