#include "quern/base/error.hpp"
#include "quern/privacy/pii.hpp"
#include "quern/text/utf8.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace quern {
namespace {

PiiKey key_of(std::uint8_t first) {
  std::array<std::uint8_t, kPiiKeyBytes> bytes = {};
  bytes[0] = first;
  return {bytes, "fingerprint"};
}

PiiSpec with_action(PiiAction action) {
  PiiSpec spec;
  spec.action = action;
  spec.key = key_of(7);
  return spec;
}

std::string after(const PiiSpec& spec, std::string text) {
  PiiCounts counts;
  EXPECT_EQ(PiiStep(spec).apply(text, counts), Reason::none);
  return text;
}

const std::string kAll =
    "Mail bob@gmail.com, call +1 415 456 2671, from 85.214.132.117 or 2a00:1450:4001:81b::200e, card 4539 1488 0343 6467, IBAN DE89 3704 0044 0532 0130 00, SSN 536-22-8726, "
    "key ghp_16C7e42F292c6912E7710c838347Ae178B4a, at 52.5200, 13.4050.";

TEST(PiiStep, MasksEachKindByItsName) {
  EXPECT_EQ(after({}, kAll), "Mail <EMAIL>, call <PHONE>, from <IP> or <IP>, card <CARD>, IBAN <IBAN>, SSN <SSN>, key <SECRET>, at <COORDINATES>.");
}

TEST(PiiStep, CountsEachKind) {
  std::string text = kAll;
  PiiCounts counts;
  EXPECT_EQ(PiiStep(with_action(PiiAction::count)).apply(text, counts), Reason::none);
  EXPECT_EQ(text, kAll) << "counting changes nothing";
  for (const std::uint64_t n : counts.of) EXPECT_EQ(n, 1u);
  EXPECT_EQ(counts.total(), kPiiKinds);
  text += " al@web.de";
  PiiStep({}).apply(text, counts);
  EXPECT_EQ(counts[PiiKind::email], 3u) << "counts are added";
}

TEST(PiiStep, AKindMayHaveAnActionAndAMaskOfItsOwn) {
  PiiSpec spec;
  spec.email = {PiiAction::as_all, "[mail]"};
  spec.ipv4.action = PiiAction::ignore;
  spec.phone.action = PiiAction::count;
  std::string text = "bob@gmail.com 85.214.132.117 +1 415 456 2671";
  PiiCounts counts;
  PiiStep(spec).apply(text, counts);
  EXPECT_EQ(text, "[mail] 85.214.132.117 +1 415 456 2671");
  EXPECT_EQ(counts[PiiKind::ipv4], 0u);
  EXPECT_EQ(counts[PiiKind::phone], 1u);
  spec.email.mask = "";
  EXPECT_EQ(after(spec, "<bob@gmail.com>"), "<>");
  EXPECT_EQ(after(spec, "bob@gmail.com"), "");
}

TEST(PiiStep, MakesTheSamePseudonymForAllWritingsInAllDocuments) {
  const PiiSpec spec = with_action(PiiAction::pseudonymize);
  const auto same = [&](const std::vector<std::string>& writings) {
    std::set<std::string> pseudonyms;
    for (const std::string& writing : writings) {
      const std::string text = after(spec, "Tel: " + writing + "\n");  // a step of its own each time, as on another rank
      EXPECT_FALSE(text.find(writing) != std::string::npos) << writing;
      pseudonyms.insert(text);
    }
    EXPECT_EQ(pseudonyms.size(), 1u) << *pseudonyms.begin();
  };
  same({"Bob.Smith@Gmail.com", "bob.smith@gmail.com", "BOB.SMITH@GMAIL.COM"});
  same({"+1 415 456 2671", "(415) 456-2671", "1-415-456-2671", "415.456.2671", "001 415 456 2671"});
  same({"+49 (0)30 901820", "+49 30 901820", "0049 30 901820"});
  same({"4539 1488 0343 6467", "4539148803436467"});
  same({"DE89370400440532013000", "DE89 3704 0044 0532 0130 00"});
  same({"2a00:1450:4001:081b:0000:0000:0000:200e", "2A00:1450:4001:81B::200E"});
  same({"52.5200, 13.4050", "52.52001,13.40509", "52.5200 N, 13.4050 E"});
}

TEST(PiiStep, PseudonymsDifferByPersonKindAndKey) {
  std::set<std::string> all;
  for (const char* const text : {"bob@gmail.com", "bob@gmail.co", "rob@gmail.com"}) {
    for (const std::uint8_t key : {std::uint8_t{1}, std::uint8_t{2}}) all.insert(pii_pseudonym(PiiKind::email, text, key_of(key)));
  }
  EXPECT_EQ(all.size(), 6u);
  EXPECT_NE(pii_pseudonym(PiiKind::secret, "x", key_of(1)).substr(7), pii_pseudonym(PiiKind::email, "x", key_of(1)).substr(5, 16));
}

TEST(PiiStep, PseudonymsAreThoseOfHmacSha256) {
  // printf 'quern pii email:bob@gmail.com' | openssl dgst -sha256 -mac HMAC -macopt hexkey:07000…00
  EXPECT_EQ(pii_pseudonym(PiiKind::email, "Bob@gmail.com", key_of(7)), "user-ce5ebbee2320c523@example.invalid");
}

TEST(PiiStep, FindsNothingInWhatItMade) {
  for (const PiiAction action : {PiiAction::mask, PiiAction::pseudonymize}) {
    const std::string once = after(with_action(action), kAll);
    std::string twice = once;
    PiiCounts counts;
    PiiStep(with_action(action)).apply(twice, counts);
    EXPECT_EQ(twice, once);
    EXPECT_EQ(counts.total(), 0u) << once;
  }
}

TEST(PiiStep, NeedsAKeyForPseudonyms) {
  PiiSpec spec;
  spec.ssn.action = PiiAction::pseudonymize;
  EXPECT_THROW(PiiStep{spec}, Error);
}

TEST(PiiStep, RemovesADocumentWithMoreThanTheLimitForItsWords) {
  PiiSpec spec;
  spec.max_per_1000_words_ppm = 100'000'000;  // one of ten
  PiiCounts counts;
  std::string text = "a b c d e f g h i bob@gmail.com";
  EXPECT_EQ(PiiStep(spec).apply(text, counts), Reason::none) << "1 of 10 is not more";
  text = "a b c d\u00A0e f\n\n g h bob@gmail.com";
  const std::string before = text;
  EXPECT_EQ(PiiStep(spec).apply(text, counts), Reason::pii_density);
  EXPECT_EQ(text, before);
  EXPECT_EQ(counts[PiiKind::email], 2u);
}

TEST(PiiStep, RemovesADocumentWithMoreThanTheLimitForItsCharacters) {
  PiiSpec spec = with_action(PiiAction::count);
  spec.max_per_1000_chars_ppm = 10'000'000;  // one of a hundred
  PiiCounts counts;
  std::string text = "bob@gmail.com " + std::string(86, '.');
  EXPECT_EQ(PiiStep(spec).apply(text, counts), Reason::none);
  text.pop_back();
  EXPECT_EQ(PiiStep(spec).apply(text, counts), Reason::pii_density);
  std::string wide = "bob@gmail.com ";
  for (int i = 0; i < 50; ++i) wide += "中";
  EXPECT_EQ(PiiStep(spec).apply(wide, counts), Reason::pii_density) << "characters, not bytes";
  spec.max_per_1000_chars_ppm = 0;
  EXPECT_EQ(PiiStep(spec).apply(wide, counts), Reason::pii_density);
  std::string none = "nothing here";
  EXPECT_EQ(PiiStep(spec).apply(none, counts), Reason::none);
}

TEST(PiiFinder, FindsTheSameWithEveryKernelAtEveryPlace) {
  std::size_t compared = 0;
  for (std::size_t shift = 0; shift < 130; ++shift) {
    const std::string text = std::string(shift, ' ') + kAll + "\n-----BEGIN PRIVATE KEY-----\n" + std::string(70, 'A') + "\n-----END PRIVATE KEY-----" + std::string(shift % 3, 'x');
    std::vector<PiiMatch> first;
    PiiFinder(kAllPii, Kernel::scalar).find(text, first);
    ASSERT_EQ(first.size(), kPiiKinds + 1) << shift;
    for (const Kernel kernel : available_kernels()) {
      std::vector<PiiMatch> matches;
      PiiFinder(kAllPii, kernel).find(text, matches);
      EXPECT_EQ(matches, first) << shift << " " << name(kernel);
      ++compared;
    }
  }
  EXPECT_GE(compared, 130u);
}

TEST(PiiFinder, IsLinearOnHostileTexts) {
  const std::vector<std::string> units = {"1", "@", "a.", "a@", "a@b.", "1 ", "12 ", "1.", ":", "a:", "2001:", "-", "-----BEGIN PRIVATE KEY-----", "eyJhbGciOiJIUzI1NiIsInR5c.", "sk-proj-", "12.3456,", "40°",
                                          "phone 4561234 ", "a@b.com ", "+1 ", "DE89 3704 0044 ", "0a", "\xF0\x9F\x98\x80"};
  for (const std::string& unit : units) {
    std::string text;
    while (text.size() < (1u << 20)) text += unit;  // quadratic work would take hours
    std::vector<PiiMatch> matches;
    PiiFinder().find(text, matches);
    std::size_t end = 0;
    for (const PiiMatch& match : matches) {
      ASSERT_LE(end, match.begin);
      ASSERT_LT(match.begin, match.end);
      end = match.end;
    }
    EXPECT_LE(end, text.size());
  }
}

TEST(PiiFinder, LeavesTextValidWhereverMatchesEnd) {
  for (const std::string& text : {std::string("é中😀bob@gmail.com😀é"), std::string("\u221233.8678, 151.2073°"), std::string("почта@пример.рф中"), std::string("𐐀ab@xy.de𐐀")}) {
    EXPECT_TRUE(is_valid_utf8(after({}, text))) << text;
  }
}

}  // namespace
}  // namespace quern
