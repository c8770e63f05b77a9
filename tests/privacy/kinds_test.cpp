#include "quern/privacy/pii.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

/// What is found, as "kind:text".
std::vector<std::string> found_in(std::string_view text) {
  std::vector<PiiMatch> matches;
  PiiFinder().find(text, matches);
  std::vector<std::string> found;
  for (const PiiMatch& match : matches) {
    found.push_back(std::string(name(match.kind)) + ":" + std::string(text.substr(match.begin, match.end - match.begin)));
  }
  return found;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Each of `texts` is found whole, alone and in sentences.
void expect_each(PiiKind kind, const std::vector<std::string>& texts, std::string_view before = "") {
  ASSERT_FALSE(texts.empty());
  for (const std::string& text : texts) {
    const auto wanted = ElementsAre(std::string(name(kind)) + ":" + text);
    EXPECT_THAT(found_in(std::string(before) + text), wanted) << text;
    EXPECT_THAT(found_in("See " + std::string(before) + text + ", please."), wanted) << text;
    EXPECT_THAT(found_in("中文（" + std::string(before) + text + "）。"), wanted) << text;
    EXPECT_THAT(found_in("one\n" + std::string(before) + text + "\ntwo"), wanted) << text;
  }
}

void expect_none(const std::vector<std::string>& texts) {
  ASSERT_FALSE(texts.empty());
  for (const std::string& text : texts) EXPECT_THAT(found_in("See " + text + " there."), IsEmpty()) << text;
}

TEST(Email, IsFoundInManyWritings) {
  expect_each(PiiKind::email, {"bob@gmail.com", "Bob.Smith+news@mail.uni-bonn.de", "o'brien_7@x.co.uk", "müller@bücher.de", "почта@пример.рф", "a@xn--bcher-kva.museum",
                               "x%y@a-b.io", "1985@qq.com", "JOHN@GMAIL.COM"});
}

TEST(Email, NeedsADomainThatCanBe) {
  expect_none({"bob@localhost", "bob@host", "icon@2x.png", "lodash@4.17.21", "a@b.notatld", "foo@-bar.com", "a@b.c", "@Override", "f@y.length", "a@.com", "a..@b", "x@sha256:ab.de1"});
}

TEST(Email, OfNobodyIsNone) {
  expect_none({"me@example.com", "me@sub.example.org", "me@a.invalid", "me@b.test", "git@github.com:x/y.git", "user@host.net:/srv", "postgres://u:pass@db.company.com/x",
               "https://token@company.com/"});
}

TEST(Email, StopsWhereTheAddressDoes) {
  EXPECT_THAT(found_in("(bob@gmail.com)."), ElementsAre("email:bob@gmail.com"));
  EXPECT_THAT(found_in("<bob@gmail.com>,al@web.de;x"), ElementsAre("email:bob@gmail.com", "email:al@web.de"));
  EXPECT_THAT(found_in("'bob@gmail.com'"), ElementsAre("email:bob@gmail.com"));
  EXPECT_THAT(found_in("bob@gmail.com. Then"), ElementsAre("email:bob@gmail.com"));
  EXPECT_THAT(found_in("bob@gmail.com.Then"), ElementsAre("email:bob@gmail.com")) << "a point too few spaces";
  EXPECT_THAT(found_in("..bob@gmail.com"), ElementsAre("email:bob@gmail.com"));
  EXPECT_THAT(found_in("bob@gmail.com으로"), ElementsAre("email:bob@gmail.com"));
  EXPECT_THAT(found_in("邮箱bob@gmail.com谢谢"), ElementsAre("email:bob@gmail.com"));
  EXPECT_THAT(found_in("bob@gmail.comé"), IsEmpty());
  EXPECT_THAT(found_in("b@gmail.com_x"), IsEmpty());
}

TEST(Email, HasTheLengthsOfTheStandard) {
  const std::string local(64, 'a');
  EXPECT_THAT(found_in(local + "@gmail.com"), ElementsAre("email:" + local + "@gmail.com"));
  EXPECT_THAT(found_in(local + "a@gmail.com"), IsEmpty());
  EXPECT_THAT(found_in("a@" + std::string(64, 'b') + ".com"), IsEmpty());
  EXPECT_THAT(found_in("a@" + std::string(63, 'b') + ".com"), ::testing::SizeIs(1));
}

TEST(Phone, IsFoundInInternationalWritings) {
  expect_each(PiiKind::phone, {"+1 415 456 2671", "+14154562671", "+1 (415) 456-2671", "+49 30 901820", "+49 (0)30 901820", "+33 1 42 68 53 00", "+44 20 7946 0958", "+7 (912) 345-67-81",
                               "+8613800138000", "+81-90-1234-5679", "+358 9 1234567", "(+34) 915 51 62 91", "0049 30 901820", "+91 98765 43211"});
}

TEST(Phone, IsFoundInNationalWritings) {
  expect_each(PiiKind::phone, {"415-456-2671", "(415) 456-2671", "415.456.2671", "415/456-2671", "1-415-456-2671", "415 456 2671", "030 1234567", "0171/1234567", "020 7946 0958", "01 42 68 53 00",
                               "01.42.68.53.00", "(02) 9123 4567", "03-1234-5678", "010-1234-5678", "(11) 91234-5678", "8 (495) 123-45-67", "0412 345 678"});
}

TEST(Phone, IsFoundBehindAWordThatSaysSo) {
  for (const char* const word : {"Tel. ", "phone: ", "Telefon ", "тел. ", "电话：", "call me at ", "Тел.: ", "☎ "}) {
    expect_each(PiiKind::phone, {"4154562671", "612 345 678", "456-2671", "13800138000", "98765 43211"}, word);
  }
  expect_none({"4154562671", "612 345 678", "456-2671", "13800138000", "98765 43211", "order tel 1234567890123456"});
}

TEST(Phone, IsNoDateVersionOrId) {
  expect_none({"01.02.2003 12:30", "2003-02-01 12", "01-02-2003", "01 02 03 04 05 06", "2020-2021", "1,234,567,890", "123 456 789", "$415-456-2671", "order no. 415-456-2671", "#415-456-2671",
               "ISBN 0-306-40615-2", "ISBN 978-3-16-148410-0", "14:25:03.041-0500", "415-456-2671-9", "x+4930901820", "1+4930901820", "415-456-26719", "v415.456.2671", "phone 5551234567",
               "tel 123456789", "tel. 01.02.2003", "x=415 456 2671", "+999 12345678901", "+0 123456789", "+1 115 456 2671", "415-555-0123", "415-456-2671%"});
}

TEST(Phone, StandsAlone) {
  EXPECT_THAT(found_in("a415-456-2671"), IsEmpty());
  EXPECT_THAT(found_in("é415-456-2671"), IsEmpty());
  EXPECT_THAT(found_in("415-456-2671é"), IsEmpty());
  EXPECT_THAT(found_in("电话415-456-2671号"), ElementsAre("phone:415-456-2671"));
  EXPECT_THAT(found_in("415-456-2671 2 times"), ElementsAre("phone:415-456-2671"));
  EXPECT_THAT(found_in("415-456-2671, 212-456-9999"), ElementsAre("phone:415-456-2671", "phone:212-456-9999"));
}

TEST(Ip, IsFoundWhenPublic) {
  expect_each(PiiKind::ipv4, {"85.214.132.117", "93.184.216.34", "203.0.114.5", "172.32.0.1", "100.128.0.1", "11.0.0.200"});
  expect_each(PiiKind::ipv6, {"2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2607:f8b0:4005:0805:0000:0000:0000:200e", "2A00:1450:4001:81B::200E", "2400::1"});
  expect_none({"10.1.2.3", "192.168.1.77", "172.16.5.99", "172.31.255.99", "127.0.0.99", "169.254.99.99", "100.64.1.99", "192.0.2.99", "198.51.100.99", "203.0.113.99", "198.18.99.99", "224.1.2.99",
               "255.255.255.0", "0.0.0.99", "256.99.99.99", "99.99.99.099", "99.99.99", "99.99.99.99.99"});
  expect_none({"::1", "fe80::1234:5678", "fd12:3456:789a::1", "ff02::1", "2001:db8::1", "2002:c000:204::1", "3fff::1", "2001:0:53aa:64c::1", "12:30:45", "00:1a:2b:3c:4d:5e", "std::vector", "a::b",
               "2a00:1450:4001", "2a00::1::2", "2a00:12345::1", "2a00:1:2:3:4:5:6:7:8", "x2a00::1"});
}

TEST(Ip, IsNoVersion) {
  expect_none({"1.2.3.4", "11.2.0.4", "8.8.8.8", "version 85.214.132.117", "v85.214.132.117", "foo-85.214.132.117.tar.gz", "Chrome/85.214.132.117", "85.214.132.117-rc1", "128.0.0.0", "release 93.1.2.3",
               "93.184.216.34.5"});
  EXPECT_THAT(found_in("IP 11.2.0.4"), ElementsAre("ipv4:11.2.0.4"));
  EXPECT_THAT(found_in("at 11.2.0.4:8080"), ElementsAre("ipv4:11.2.0.4"));
  EXPECT_THAT(found_in("net 11.2.0.4/24"), ElementsAre("ipv4:11.2.0.4"));
  EXPECT_THAT(found_in("http://93.184.216.34/x"), ElementsAre("ipv4:93.184.216.34"));
  EXPECT_THAT(found_in("host.net/93.184.216.34:80"), ElementsAre("ipv4:93.184.216.34"));
  EXPECT_THAT(found_in("93.184.216.34-93.184.216.40"), ElementsAre("ipv4:93.184.216.34", "ipv4:93.184.216.40"));
  EXPECT_THAT(found_in("version 2 came; later 93.184.216.34"), ElementsAre("ipv4:93.184.216.34"));
  EXPECT_THAT(found_in("[2a00:1450::200e]:443"), ElementsAre("ipv6:2a00:1450::200e"));
  EXPECT_THAT(found_in("at 2a00:1450::200e: yes"), ElementsAre("ipv6:2a00:1450::200e"));
  EXPECT_THAT(found_in("2a00:1450::200e/64"), ElementsAre("ipv6:2a00:1450::200e"));
  EXPECT_THAT(found_in("2a00:1450::93.184.216.34"), ElementsAre("ipv6:2a00:1450::93.184.216.34"));
}

TEST(Card, HasIssuerLengthGroupsAndLuhnDigit) {
  expect_each(PiiKind::card, {"4539148803436467", "4539 1488 0343 6467", "4539-1488-0343-6467", "5412 7512 3412 3452", "3714 496353 98449", "371449635398449", "2223 0131 2200 3221"});
  expect_none({"4539148803436466", "4539 1488 0343 6466", "4539 1488-0343 6467", "45391 48803 43646 7", "1539148803436460", "14539148803436467", "4539148803436467a", "é4539148803436467",
               "4111 1111 1111 1111", "4242424242424242", "378282246310005", "4444444444444448", "order 4539148803436467", "4539 1488 0343 6467 12", "0x4539148803436467", "4532015112830"});
}

TEST(Iban, HasTheLengthOfItsCountryAndRest1) {
  expect_each(PiiKind::iban, {"DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "FR1420041010050500013M02606"});
  expect_none({"DE88370400440532013000", "DE8937040044053201300", "DE893704004405320130000", "ZZ89370400440532013000", "xDE89370400440532013000", "DE89370400440532013000é", "DE89 37040 0440532013000",
               "de89370400440532013000"});
}

TEST(Ssn, HasPartsThatWereGivenOut) {
  expect_each(PiiKind::ssn, {"536-22-8726", "001-01-0001", "899-99-9999"});
  expect_each(PiiKind::ssn, {"536 22 8726", "536228726", "536-22-8726"}, "SSN: ");
  expect_none({"000-22-8726", "666-22-8726", "900-22-8726", "536-00-8726", "536-22-0000", "078-05-1120", "123-45-6789", "536 22 8726", "536228726", "536-22-8726-1", "order 536-22-8726", "536-22-87261",
               "1536-22-8726", "é536-22-8726"});
}

TEST(Coordinates, ArePairsOfFourDecimalsOrMore) {
  expect_each(PiiKind::coordinates, {"52.5200, 13.4050", "52.5200,13.4050", "-33.86785; 151.20732", "40°26′46″N 79°58′56″W", "40° 26' 46.3\" N, 79° 58' 56\" W", "40.4461° N, 79.9489° W", "N 40° 26.767' W 79° 58.933'",
                                     "139.6917, 35.6895"});
  EXPECT_THAT(found_in("{\"lat\":52.5200,\"lng\":3.4050}"), ElementsAre("coordinates:52.5200,\"lng\":3.4050"));
  EXPECT_THAT(found_in("GPS: 5.6037 -0.1870"), ElementsAre("coordinates:5.6037 -0.1870"));
  EXPECT_THAT(found_in("/@52.5200,13.4050,17z"), ElementsAre("coordinates:52.5200,13.4050"));
  EXPECT_THAT(found_in("N52.5200 E13.4050"), ElementsAre("coordinates:N52.5200 E13.4050"));
  EXPECT_THAT(found_in("40.4461 N, 79.9489 W; 52.5200 N, 13.4050 E"), ElementsAre("coordinates:40.4461 N, 79.9489 W", "coordinates:52.5200 N, 13.4050 E"));
  EXPECT_THAT(found_in("\u221233.8678, 151.2073"), ElementsAre("coordinates:\u221233.8678, 151.2073"));
}

TEST(Coordinates, AreNoOtherPairs) {
  expect_none({"52.520, 13.4050", "92.5200, 13.4050, 5.1234", "[12.3456, 23.4567, 34.5678]", "0.1234, 0.5678", "52.5200 13.4050", "45°30′ to 46°30′", "192.5200, 193.4050", "M52.5200,13.4050L3.1", "52.5200, 13.4050%",
               "20°C, 30°C", "52.5200° N, 13.4050° S", "x52.5200, 13.4050", "1.52.5200, 13.4050", "52.5200, 13.4050a", "3.1, 52.5200, 13.4050"});
}

TEST(Secret, IsToldByItsPrefix) {
  expect_each(PiiKind::secret, {"AKIAQ3EGRIZPLT7XNM4D", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "glpat-x8FkQz3mPq7LvT2nRw5Y", "xoxb-123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx",
                                "AIzaSyClRzDqDh5MsXwnCWi0kOiiBivP6JsSyBw", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "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", "npm_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6",
                                "rubygems_0123456789abcdef0123456789abcdef0123456789abcdef", "1234567890:AAF8sK3mPq7LvT2nRw5YxZ1bC4dE6fG9hJ0", "glpat-x8FkQz3mPq7LvT2nRw5YxZ1bC4dE6.01a2b3c4d",
                                "dt0c01.ABCD2345EFGH6789JKLM0123.ABCDEFGHJKLMNPQRSTUVWXYZ0123456789ABCDEFGHJKLMNPQRSTUVWXYZ012345",
                                "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"});
}

TEST(Secret, IsNothingThatOnlyLooksSo) {
  expect_none({"AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_16C7e42F292c6912E7710c838347Ae178B4", "ghp_16C7e42F292c6912E7710c838347Ae178B4ab", "xghp_16C7e42F292c6912E7710c838347Ae178B4a",
               "éghp_16C7e42F292c6912E7710c838347Ae178B4a", "hf_your_token_goes_here_replace_this_one", "sk-learn-contrib-something-that-is-long-enough", "eyJhbGciOiJIUzI1NiJ9", "key-value-store-with-a-long-name-here",
               "1234567:AAF8sK3mPq7LvT2nRw5YxZ1bC4dE6fG9hJ0", "SG.ngeVfQFYQlKU0ufo8x5d1A.short"});
}

TEST(Secret, WebTokenHasThreeParts) {
  const std::string token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30";
  EXPECT_THAT(found_in("Bearer " + token + "\n"), ElementsAre("secret:" + token));
  EXPECT_THAT(found_in("eyJhbGciOiJIUzI1NiJ9.KMUFsIDTnFmyG3nMiGM6"), IsEmpty());
  EXPECT_THAT(found_in("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30"), IsEmpty()) << "John Doe";
}

TEST(Secret, PrivateKeyIsFoundAsOneBlock) {
  const std::string line = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MmMmEOMR4NKN7Mzd\n";
  const std::string block = "-----BEGIN RSA PRIVATE KEY-----\n" + line + line + "-----END RSA PRIVATE KEY-----";
  EXPECT_THAT(found_in("a\n" + block + "\nb"), ElementsAre("secret:" + block));
  EXPECT_THAT(found_in(block + block), ElementsAre("secret:" + block, "secret:" + block));
  EXPECT_THAT(found_in("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"), IsEmpty());
  EXPECT_THAT(found_in("-----BEGIN CERTIFICATE-----\n" + line + "-----END CERTIFICATE-----"), IsEmpty());
  EXPECT_THAT(found_in("-----BEGIN PRIVATE KEY-----\n" + line + line + "Then other words follow"), ElementsAre("secret:-----BEGIN PRIVATE KEY-----\n" + line + line.substr(0, line.size() - 1)))
      << "cut off";
  EXPECT_THAT(found_in("-----------------\n"), IsEmpty());
}

TEST(Overlap, LeftmostThenLongestStays) {
  EXPECT_THAT(found_in("4154562671@gmail.com"), ElementsAre("email:4154562671@gmail.com"));
  EXPECT_THAT(found_in("tel 415-456-2671@gmail.com"), ElementsAre("email:415-456-2671@gmail.com"));
  EXPECT_THAT(found_in("1-415-456-2671"), ElementsAre("phone:1-415-456-2671"));
  EXPECT_THAT(found_in("DE89 3704 0044 0532 0130 00"), ElementsAre("iban:DE89 3704 0044 0532 0130 00"));
  EXPECT_THAT(found_in("2a00:1450::93.184.216.34"), ::testing::SizeIs(1));
}

}  // namespace
}  // namespace quern
