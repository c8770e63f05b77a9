// All kernels sign alike.

#include "quern/sign/signer.hpp"
#include "sign/kernels/hash_words.hpp"
#include "text/mixed_text.hpp"
#include "text/shared_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace quern {
namespace {

struct Signed {
  bool any = false;
  Signature signature;
  std::vector<std::uint64_t> shingles;
};

class KernelsSign : public testing::Test {
 protected:
  KernelsSign() {
    for (Kernel kernel : available_kernels()) signers_.emplace_back(NearSpec{}, kernel);
  }

  Signed sign(std::size_t signer, std::string_view text) {
    Signed result;
    result.any = signers_[signer].sign(text, result.signature);
    signers_[signer].shingle_set(text, result.shingles);
    return result;
  }

  /// The first available kernel is the scalar one.
  void compare(std::string_view text) {
    const Signed expected = sign(0, text);
    ASSERT_EQ(expected.any, !expected.shingles.empty());
    for (std::size_t i = 1; i < signers_.size(); ++i) {
      const Signed other = sign(i, text);
      ASSERT_EQ(other.any, expected.any) << testing::PrintToString(text);
      ASSERT_EQ(other.signature.band_keys, expected.signature.band_keys) << testing::PrintToString(text);
      ASSERT_EQ(other.signature.sketch, expected.signature.sketch) << testing::PrintToString(text);
      ASSERT_EQ(other.signature.sketch_hash, expected.signature.sketch_hash) << testing::PrintToString(text);
      ASSERT_EQ(other.shingles, expected.shingles) << testing::PrintToString(text);
    }
    ++compared_;
  }

  std::vector<Signer> signers_;
  std::size_t compared_ = 0;
};

TEST_F(KernelsSign, EveryLengthAndAlignmentAlike) {
  test::MixedText texts(5);
  for (std::size_t length = 0; length <= 200 && !HasFailure(); ++length) {
    for (std::size_t alignment = 0; alignment < 64; ++alignment) {
      const std::string text = texts.next(length);
      std::vector<char> exact(alignment, 'x');
      exact.insert(exact.end(), text.begin(), text.end());
      exact.shrink_to_fit();
      compare({exact.data() + alignment, text.size()});
    }
  }
  EXPECT_EQ(compared_, 201u * 64);
}

TEST_F(KernelsSign, LongTextsAlike) {
  test::MixedText texts(6);
  for (int round = 0; round < 200 && !HasFailure(); ++round) compare(texts.next(1'000 + texts.below(30'000)));
  EXPECT_EQ(compared_, 200u);
}

TEST_F(KernelsSign, RealTextAlike) {
  const std::string lines = test::shared_file("multilingual/pages-00000-of-00004.jsonl.zst");
  for (std::size_t at = 0; at < lines.size() && compared_ < 500 && !HasFailure();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    compare(std::string_view(lines).substr(at, end - at));
    at = end + 1;
  }
  std::printf("%zu real texts\n", compared_);
}

TEST(KernelsHash, WordsOfAnyLengthAlike) {
  test::MixedText random(7);
  std::string bytes(4'000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.below(256));
  std::vector<FoldedWords::Word> words;
  for (std::uint32_t length = 0; length <= 200; ++length) {
    for (std::uint32_t at = 0; at < 64; ++at) words.push_back({at + 5 * length, at + 6 * length});
  }
  std::vector<std::uint64_t> expected(words.size());
  word_hashes(Kernel::scalar).words(bytes.data(), words.data(), words.size(), expected.data());
  for (Kernel kernel : available_kernels()) {
    std::vector<std::uint64_t> hashes(words.size());
    word_hashes(kernel).words(bytes.data(), words.data(), words.size(), hashes.data());
    EXPECT_EQ(hashes, expected) << name(kernel);
  }
  EXPECT_EQ(words.size(), 201u * 64);
}

TEST(KernelsHash, RunsAreTheSumsTheyAreDefinedAs) {
  test::MixedText random(8);
  std::size_t compared = 0;
  for (std::size_t ngram = 1; ngram <= 24; ++ngram) {
    for (std::size_t n = 0; n <= 40; ++n) {
      std::vector<std::uint64_t> h(n + ngram - 1 + kRunPadding);
      for (std::uint64_t& hash : h) hash = mix64(random.below(UINT64_MAX));
      for (Kernel kernel : available_kernels()) {
        std::vector<std::uint64_t> runs(n + kRunPadding);
        word_hashes(kernel).runs(h.data(), n, ngram, runs.data());
        for (std::size_t i = 0; i < n; ++i, ++compared) {
          std::uint64_t sum = 0;
          for (std::size_t k = 0; k < ngram; ++k) sum = sum * kRunFactor + h[i + k];
          ASSERT_EQ(runs[i], mix64(sum)) << name(kernel) << ' ' << ngram << ' ' << i;
        }
      }
    }
  }
  EXPECT_EQ(compared, 24u * (40 * 41 / 2) * available_kernels().size());
}

}  // namespace
}  // namespace quern
