#include "quern/clean/cleaner.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

TEST(CleanerPii, IsDoneInItsPlaceAmongTheSteps) {
  PiiSpec mask;
  mask.email.mask = "x ";
  std::string text = "bob@gmail.com\n";
  PiiCounts found;
  EXPECT_EQ(Cleaner({InvalidUtf8::quarantine, UnicodeForm::nfc, {mask, TrimLinesSpec{}}}).clean(text, &found), Reason::none);
  EXPECT_EQ(text.substr(0, 2), "x\n");
  EXPECT_EQ(found[PiiKind::email], 1u);
  text = "bob@gmail.com\n";
  EXPECT_EQ(Cleaner({InvalidUtf8::quarantine, UnicodeForm::nfc, {TrimLinesSpec{}, mask}}).clean(text), Reason::none);
  EXPECT_EQ(text.substr(0, 2), "x ");
}

TEST(CleanerPii, GivesItsReason) {
  PiiSpec spec;
  spec.max_per_1000_words_ppm = 0;
  std::string text = "bob@gmail.com";
  EXPECT_EQ(Cleaner({InvalidUtf8::quarantine, UnicodeForm::nfc, {spec}}).clean(text), Reason::pii_density);
}

}  // namespace
}  // namespace quern
