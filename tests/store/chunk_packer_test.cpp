#include "quern/store/chunk_packer.hpp"

#include "quern/base/hash.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace quern {
namespace {

/// What any reader of HDF5 does.
std::string unpacked(std::string_view packed, std::size_t bytes) {
  std::string out(bytes + 1, '\0');
  uLongf size = out.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size()), Z_OK);
  out.resize(size);
  return out;
}

std::string numbers(std::size_t bytes, std::uint64_t seed, bool random) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(random ? mix64(seed + i) : mix64(seed + i % 97) % 7);
  return text;
}

TEST(ChunkPacker, GivesBackEveryByteBehindZlib) {
  ChunkPacker packer(2, false);
  std::size_t compared = 0;
  for (const std::size_t bytes : {0u, 2u, 4u, 254u, 65'536u, 131'072u, 1'000'000u}) {
    for (const bool random : {false, true}) {
      const std::string chunk = numbers(bytes, bytes, random);
      EXPECT_TRUE(unpacked(packer.pack(chunk), bytes) == chunk) << bytes;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 14u);
}

TEST(ChunkPacker, ShufflesBytesAsTheFilterOfHdf5Does) {
  ChunkPacker packer(4, true);
  EXPECT_EQ(unpacked(packer.pack("abcdABCD1234"), 12), "aA1bB2cC3dD4");
}

TEST(ChunkPacker, PacksAChunkToTheSameBytesWhateverCameBefore) {
  const std::string chunk = numbers(131'072, 1, false);
  const std::string expected(ChunkPacker(2, false).pack(chunk));
  ChunkPacker used(2, false);
  std::size_t compared = 0;
  for (std::uint64_t seed = 2; seed < 40; ++seed) {
    (void)used.pack(numbers(2 * (seed * 3001 % 60'000), seed, seed % 2 == 0));
    EXPECT_TRUE(used.pack(chunk) == expected) << seed;
    ++compared;
  }
  EXPECT_EQ(compared, 38u);
  EXPECT_LT(expected.size(), chunk.size() / 2);
}

}  // namespace
}  // namespace quern
