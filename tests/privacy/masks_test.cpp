#include "privacy/kernels/pii_masks.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace quern {
namespace {

TEST(PiiMasks, AreTheSameInEveryKernel) {
  std::mt19937 random(1);
  std::size_t compared = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(64, '\0');
    for (char& c : bytes) c = round % 2 ? static_cast<char>(random() & 255) : "09azAZ@:-_/`[{ .\xC3"[random() % 17];
    PiiMasks wanted;
    find_pii_masks_plain(bytes.data(), wanted);
    for (const Kernel kernel : available_kernels()) {
      PiiMasks masks;
      find_pii_masks(kernel)(bytes.data(), masks);
      EXPECT_EQ(masks, wanted) << name(kernel);
      ++compared;
    }
  }
  EXPECT_GE(compared, 2000u);
}

TEST(PiiMasks, AreOfTheCharactersTheyAreNamedAfter) {
  PiiMasks masks;
  find_pii_masks_plain("0/9:@AZ[`az{_-                                                  ", masks);
  EXPECT_EQ(masks.digit, 0b101u);
  EXPECT_EQ(masks.colon, 0b1000u);
  EXPECT_EQ(masks.at, 0b10000u);
  EXPECT_EQ(masks.dash, 1u << 13);
  EXPECT_EQ(masks.token, 0b101u | 3u << 5 | 3u << 9 | 3u << 12);
}

}  // namespace
}  // namespace quern
