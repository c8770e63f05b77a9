#include "quern/write/content_digest.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace quern {
namespace {

const RecordContent kRecord = {7, Verdict::kept, "", "web", "id-7", kNoRecord, {}};

Hash128 digest_of(const RecordContent& record, std::span<const std::uint32_t> tokens) {
  ContentDigest digest;
  digest.add(record, tokens);
  return digest.partial();
}

TEST(ContentDigest, HashesTheBytesOfTheFormat) {
  const std::string bytes(
      "\x07\0\0\0\0\0\0\0"      // number
      "\x01"                    // verdict
      "\x04\0\0\0\0\0\0\0near"  // reason
      "\x03\0\0\0\0\0\0\0web"   // source
      "\x01\0\0\0\0\0\0\0x"     // own id
      "\x05\0\0\0\0\0\0\0"      // kept
      "\x09\0\0\0\x0a\0\0\0",
      8 + 1 + 12 + 11 + 9 + 8 + 8);
  ContentDigest digest;
  digest.add({7, Verdict::removed, "near", "web", "x", 5, {9, 10}});
  EXPECT_EQ(digest.partial(), hash128(bytes));
}

TEST(ContentDigest, HashesTokensAs32BitsWithTheirCount) {
  const std::string bytes(
      "\x07\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\0\0"
      "\xff\xff\xff\xff\xff\xff\xff\xff"
      "\0\0\0\0\0\0\0\0"
      "\x02\0\0\0\0\0\0\0"
      "\x01\x02\0\0"
      "\xff\xff\0\0",
      9 + 24 + 16 + 16);
  const std::vector<std::uint16_t> tokens = {0x0201, 0xffff};
  ContentDigest digest;
  digest.add({7, Verdict::kept, "", "", "", kNoRecord, {}}, std::span<const std::uint16_t>(tokens));
  EXPECT_EQ(digest.partial(), hash128(bytes));
}

TEST(ContentDigest, HashesWhereADocumentLiesAndTheTokensOfItsFurtherCopies) {
  const std::string first("o" "\x03\0\0\0\0\0\0\0" "\x07\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0", 25);
  const std::string second("o" "\x09\0\0\0\0\0\0\0" "\x07\0\0\0\0\0\0\0" "\x01\0\0\0\0\0\0\0"
                           "\x02\0\0\0\0\0\0\0" "\x05\0\0\0" "\x06\x01\0\0", 41);
  ContentDigest digest;
  digest.add_document(3, 7, 0, std::span<const std::uint16_t>());
  EXPECT_EQ(digest.partial(), hash128(first));
  const std::vector<std::uint16_t> tokens = {5, 262};
  digest.add_document(9, 7, 1, std::span<const std::uint16_t>(tokens));
  EXPECT_EQ(digest.partial(), ContentDigest::combine(hash128(first), hash128(second)));
}

TEST(ContentDigest, IsTheSameForBothTokenWidthsAndAnyPieces) {
  std::vector<std::uint16_t> narrow(10'000);
  std::iota(narrow.begin(), narrow.end(), std::uint16_t{3});
  const std::vector<std::uint32_t> wide(narrow.begin(), narrow.end());
  ContentDigest from_narrow, in_pieces;
  from_narrow.add(kRecord, std::span<const std::uint16_t>(narrow));
  in_pieces.begin(kRecord, wide.size());
  in_pieces.add_tokens(std::span(wide).first(1));
  in_pieces.add_tokens(std::span(narrow).subspan(1, 4999));
  in_pieces.add_tokens(std::span(wide).subspan(5000));
  in_pieces.end();
  EXPECT_EQ(from_narrow.partial(), digest_of(kRecord, wide));
  EXPECT_EQ(in_pieces.partial(), digest_of(kRecord, wide));
}

TEST(ContentDigest, DependsOnEveryField) {
  const std::vector<std::uint32_t> tokens = {1, 2, 3}, fewer = {1, 2}, swapped = {2, 1, 3};
  std::vector<Hash128> digests = {digest_of(kRecord, tokens), digest_of(kRecord, fewer), digest_of(kRecord, swapped),
                                  digest_of(kRecord, {})};
  for (const auto& change : std::vector<void (*)(RecordContent&)>{
           [](RecordContent& r) { r.number = 8; }, [](RecordContent& r) { r.verdict = Verdict::removed; },
           [](RecordContent& r) { r.reason = "exact"; }, [](RecordContent& r) { r.source = "books"; },
           [](RecordContent& r) { r.own_id = "id-8"; }, [](RecordContent& r) { r.source = "webi", r.own_id = "d-7"; },
           [](RecordContent& r) { r.kept = 1; },
           [](RecordContent& r) {
             r.similarity = {1, 2};
           },
           [](RecordContent& r) {
             r.similarity = {2, 1};
           }}) {
    RecordContent record = kRecord;
    change(record);
    digests.push_back(digest_of(record, tokens));
  }
  ASSERT_EQ(digests.size(), 13u);
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(std::unique(digests.begin(), digests.end()), digests.end());
}

TEST(ContentDigest, IsTheSameForAnyOrderAndAnyPartition) {
  std::vector<RecordContent> records;
  for (std::uint64_t i = 0; i < 100; ++i) records.push_back({i, Verdict::removed, "near", "web", "x", i / 2, {}});
  ContentDigest forward, even, odd;
  for (const RecordContent& record : records) forward.add(record);
  for (std::size_t i = records.size(); i-- > 0;) (i % 2 == 0 ? even : odd).add(records[i]);
  EXPECT_EQ(ContentDigest::combine(even.partial(), odd.partial()), forward.partial());
  odd.add_partial(even.partial());
  EXPECT_EQ(odd.partial(), forward.partial());
  EXPECT_EQ(ContentDigest().partial(), Hash128{});
}

TEST(ContentDigest, AddsWithCarryModulo2To128) {
  constexpr std::uint64_t kAll = UINT64_MAX;
  EXPECT_EQ(ContentDigest::combine({0, kAll}, {0, 1}), (Hash128{1, 0}));
  EXPECT_EQ(ContentDigest::combine({kAll, kAll}, {0, 1}), (Hash128{0, 0}));
  const auto world = single_rank_world();
  EXPECT_EQ(sum_of_hashes({kAll, 5}, *world), (Hash128{kAll, 5}));
}

TEST(ContentDigest, RefusesTokensThatWereNotAnnounced) {
  const std::vector<std::uint32_t> two = {1, 2};
  ContentDigest digest;
  EXPECT_THROW(digest.end(), Error);
  digest.begin(kRecord, 1);
  EXPECT_THROW(digest.begin(kRecord, 1), Error);
  EXPECT_THROW(digest.add_tokens(std::span<const std::uint32_t>(two)), Error);
  EXPECT_THROW(digest.end(), Error);
}

TEST(Hash128, ReadsWhatItPrintsAndNothingElse) {
  const Hash128 hash = hash128("text");
  EXPECT_EQ(hash128_from_hex(hash.hex()), hash);
  EXPECT_FALSE(hash128_from_hex(""));
  EXPECT_FALSE(hash128_from_hex(hash.hex() + "0"));
  EXPECT_FALSE(hash128_from_hex(std::string(31, '0') + "g"));
  EXPECT_FALSE(hash128_from_hex(std::string(31, '0') + "A"));
  EXPECT_FALSE(hash128_from_hex(std::string(31, '0') + "/"));
}

}  // namespace
}  // namespace quern
