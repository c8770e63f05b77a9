#include "quern/store/file_digest.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/store/file.hpp"

#include <openssl/evp.h>

#include <memory>

namespace quern {

namespace {

constexpr std::size_t kBlockBytes = 1u << 20;

void must(bool done, const char* call) {
  if (!done) fail(ErrorKind::internal, "OpenSSL: {} failed", call);
}

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

}  // namespace

std::string Sha256::hex() const {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::optional<Sha256> sha256_from_hex(std::string_view hex) {
  Sha256 sum;
  if (hex.size() != 2 * sum.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < sum.bytes.size(); ++i) {
    const int high = value_of(hex[2 * i]), low = value_of(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    sum.bytes[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  return sum;
}

FileDigest digest_of_file(const std::string& path) {
  const File file(path, File::Mode::read);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sha(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  must(sha && EVP_DigestInit_ex(sha.get(), EVP_sha256(), nullptr) == 1, "EVP_DigestInit_ex");
  Hasher128 xxh3;
  FileDigest digest;
  std::string block(kBlockBytes, '\0');
  for (std::size_t n; (n = file.read_some_at(digest.bytes, block.data(), block.size())) > 0; digest.bytes += n) {
    xxh3.add({block.data(), n});
    must(EVP_DigestUpdate(sha.get(), block.data(), n) == 1, "EVP_DigestUpdate");
    beat();
  }
  digest.xxh3 = xxh3.digest();
  must(EVP_DigestFinal_ex(sha.get(), digest.sha256.bytes.data(), nullptr) == 1, "EVP_DigestFinal_ex");
  return digest;
}

}  // namespace quern
