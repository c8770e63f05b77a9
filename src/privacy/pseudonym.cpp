#include "quern/base/error.hpp"
#include "quern/privacy/pii.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace quern {

namespace {

using Mac = std::array<unsigned char, 32>;

Mac hmac_sha256(const PiiKey& key, std::string_view text) {
  Mac mac;
  unsigned int bytes = 0;
  const auto* const result = HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(key.bytes().size()),
                                  reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &bytes);
  if (result == nullptr || bytes != mac.size()) fail(ErrorKind::internal, "OpenSSL: HMAC with SHA-256 failed");
  return mac;
}

std::uint64_t number_of(const Mac& mac, std::size_t from) {
  std::uint64_t number = 0;
  for (std::size_t i = from; i < from + 8; ++i) number = number << 8 | mac[i];
  return number;
}

std::string ipv6_of(const Mac& mac) {
  std::string text = "2001:db8";
  for (std::size_t i = 0; i < 12; i += 2) text += fmt::format(":{:x}", mac[i] << 8 | mac[i + 1]);
  return text;
}

}  // namespace

std::string pii_pseudonym(PiiKind kind, std::string_view found, const PiiKey& key) {
  const Mac mac = hmac_sha256(key, fmt::format("quern pii {}:{}", name(kind), pii_normal_form(kind, found)));
  const std::uint64_t n = number_of(mac, 0), m = number_of(mac, 8);
  switch (kind) {
    case PiiKind::email: return fmt::format("user-{:016x}@example.invalid", n);
    case PiiKind::phone: return fmt::format("+999{:011}", n % 100'000'000'000);
    // Class E (RFC 1112): reserved, and large enough that two addresses hardly ever meet, as they would in the documentation ranges.
    case PiiKind::ipv4: return fmt::format("{}.{}.{}.{}", 240 + n % 15, mac[1], mac[2], mac[3]);
    case PiiKind::ipv6: return ipv6_of(mac);
    case PiiKind::card: return fmt::format("9999{:012}", n % 1'000'000'000'000);
    case PiiKind::iban: return fmt::format("XX00{:018}", n % 1'000'000'000'000'000'000);
    case PiiKind::ssn: return fmt::format("9{:02}-{:02}-{:04}", n % 100, n / 100 % 50, m % 10'000);
    case PiiKind::coordinates: return fmt::format("99.{:06}, 199.{:06}", n % 1'000'000, m % 1'000'000);
    default: return fmt::format("secret-{:016x}", n);
  }
}

}  // namespace quern
