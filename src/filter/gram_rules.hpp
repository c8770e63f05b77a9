#pragma once
// The nine thresholds on n-grams that the repetition rules of Gopher and those of NeMo Curator share.

#include "quern/base/job.hpp"

#include <array>
#include <cstdint>

namespace quern {

inline constexpr std::array kGopherGrams = {
    &GopherRepetitionSpec::max_top_2_gram_ppm,        &GopherRepetitionSpec::max_top_3_gram_ppm,
    &GopherRepetitionSpec::max_top_4_gram_ppm,        &GopherRepetitionSpec::max_duplicate_5_grams_ppm,
    &GopherRepetitionSpec::max_duplicate_6_grams_ppm, &GopherRepetitionSpec::max_duplicate_7_grams_ppm,
    &GopherRepetitionSpec::max_duplicate_8_grams_ppm, &GopherRepetitionSpec::max_duplicate_9_grams_ppm,
    &GopherRepetitionSpec::max_duplicate_10_grams_ppm};
inline constexpr std::array kNemoGrams = {
    &NemoSpec::max_top_2_gram_ppm,        &NemoSpec::max_top_3_gram_ppm,        &NemoSpec::max_top_4_gram_ppm,
    &NemoSpec::max_duplicate_5_grams_ppm, &NemoSpec::max_duplicate_6_grams_ppm, &NemoSpec::max_duplicate_7_grams_ppm,
    &NemoSpec::max_duplicate_8_grams_ppm, &NemoSpec::max_duplicate_9_grams_ppm, &NemoSpec::max_duplicate_10_grams_ppm};
static_assert(kGopherGrams.size() == kNemoGrams.size());

}  // namespace quern
