#include "quern/store/cipher.hpp"

#include "quern/store/file.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace quern {

namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kStride = 1u << 30;  // OpenSSL counts in int

template <auto free_it>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    free_it(pointer);
  }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;

void must(bool good, const char* call) {
  if (good) return;
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  fail(ErrorKind::internal, "OpenSSL: {} failed: {}", call, reason ? reason : "no reason is given");
}

/// HKDF-SHA256.
void derive(const SecretKey& key, std::string_view salt, std::string_view info, unsigned char* to, std::size_t bytes) {
  const std::unique_ptr<EVP_KDF, Freed<EVP_KDF_free>> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  must(kdf != nullptr, "EVP_KDF_fetch");
  const std::unique_ptr<EVP_KDF_CTX, Freed<EVP_KDF_CTX_free>> context(EVP_KDF_CTX_new(kdf.get()));
  must(context != nullptr, "EVP_KDF_CTX_new");
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::uint8_t*>(key.data()), kKeyBytes),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, const_cast<char*>(salt.data()), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<char*>(info.data()), info.size()),
      OSSL_PARAM_construct_end(),
  };
  must(EVP_KDF_derive(context.get(), to, bytes, params) == 1, "EVP_KDF_derive");
}

constexpr char kDigits[] = "0123456789abcdef";

int value_of(char digit) {
  const auto* const at = std::find(kDigits, kDigits + 16, digit);
  return at == kDigits + 16 ? -1 : static_cast<int>(at - kDigits);
}

void check_private(const File& file) {
  const FileStatus status = file.status();
  if ((status.mode & 077) != 0) {
    fail(ErrorKind::refused, "{}: others than its owner can use this key (mode {:04o}): chmod 600 it, or make another one if that was not meant",
         file.path(), status.mode);
  }
  if (status.owner != ::geteuid() && ::geteuid() != 0) fail(ErrorKind::refused, "{}: this key belongs to another user", file.path());
}

/// Nothing of the file is ever in the message.
[[noreturn]] void fail_form(const std::string& path) {
  fail(ErrorKind::refused, "{}: is no key: 64 hexadecimal digits (0-9, a-f) and a line end are expected, as `openssl rand -hex 32` prints them", path);
}

}  // namespace

SecretKey::SecretKey(std::string_view raw) {
  if (raw.size() != bytes_.size()) fail(ErrorKind::internal, "a key of {} bytes", raw.size());
  std::memcpy(bytes_.data(), raw.data(), raw.size());
}

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string SecretKey::fingerprint() const {
  std::array<unsigned char, 16> bytes;
  derive(*this, "quern", "quern spool key fingerprint", bytes.data(), bytes.size());
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

SecretKey read_key_file(const std::string& path) {
  const File file(path, File::Mode::read);
  check_private(file);
  std::array<char, 2 * kKeyBytes + 3> text;  // room for a line end, and for one byte too many
  std::size_t n = file.read_some_at(0, text.data(), text.size());
  while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) --n;
  std::array<char, kKeyBytes> raw = {};
  bool good = n == 2 * kKeyBytes;
  for (std::size_t i = 0; good && i < kKeyBytes; ++i) {
    const int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);
    good = high >= 0 && low >= 0;
    raw[i] = static_cast<char>(high * 16 + low);
  }
  OPENSSL_cleanse(text.data(), text.size());
  if (!good) fail_form(path);
  const SecretKey key({raw.data(), raw.size()});
  OPENSSL_cleanse(raw.data(), raw.size());
  return key;
}

SecretKey make_key_file(const std::string& path) {
  std::array<unsigned char, kKeyBytes> raw;
  must(RAND_priv_bytes(raw.data(), kKeyBytes) == 1, "RAND_priv_bytes");
  const SecretKey key({reinterpret_cast<const char*>(raw.data()), raw.size()});
  std::array<char, 2 * kKeyBytes + 1> text;
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    text[2 * i] = kDigits[raw[i] >> 4];
    text[2 * i + 1] = kDigits[raw[i] & 15];
  }
  text.back() = '\n';
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) make_folders(folder, 0700);
  File file(path, File::Mode::create, 0600);
  file.append({text.data(), text.size()});
  OPENSSL_cleanse(text.data(), text.size());
  OPENSSL_cleanse(raw.data(), raw.size());
  file.sync();
  file.close();
  sync_folder(folder.empty() ? "." : folder);
  return key;
}

Salt random_salt() {
  Salt salt;
  must(RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes) == 1, "RAND_bytes");
  return salt;
}

struct SegmentCipher::State {
  CipherContext sealing{EVP_CIPHER_CTX_new()}, opening{EVP_CIPHER_CTX_new()};
};

SegmentCipher::SegmentCipher(const SecretKey& key, const Salt& salt, std::string_view phase) : state_(std::make_unique<State>()) {
  must(state_->sealing && state_->opening, "EVP_CIPHER_CTX_new");
  std::array<unsigned char, kKeyBytes> own;
  derive(key, {salt.data(), salt.size()}, fmt::format("quern spool segment of {}", phase), own.data(), own.size());
  must(EVP_EncryptInit_ex(state_->sealing.get(), EVP_aes_256_gcm(), nullptr, own.data(), nullptr) == 1, "EVP_EncryptInit_ex");
  must(EVP_DecryptInit_ex(state_->opening.get(), EVP_aes_256_gcm(), nullptr, own.data(), nullptr) == 1, "EVP_DecryptInit_ex");
  OPENSSL_cleanse(own.data(), own.size());
}

SegmentCipher::~SegmentCipher() = default;
SegmentCipher::SegmentCipher(SegmentCipher&&) noexcept = default;
SegmentCipher& SegmentCipher::operator=(SegmentCipher&&) noexcept = default;

namespace {

std::array<unsigned char, kNonceBytes> nonce_of(std::uint32_t block, std::uint32_t section) {
  std::array<unsigned char, kNonceBytes> nonce = {};
  std::memcpy(nonce.data(), &block, sizeof block);
  std::memcpy(nonce.data() + sizeof block, &section, sizeof section);
  return nonce;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// EVP_EncryptUpdate or EVP_DecryptUpdate, piece by piece.
template <class Update>
bool update(Update call, EVP_CIPHER_CTX* context, std::string_view from, unsigned char* to) {
  for (std::size_t at = 0; at < from.size(); at += kStride) {
    int written = 0;
    const int bytes = static_cast<int>(std::min(kStride, from.size() - at));
    if (call(context, to ? to + at : nullptr, &written, bytes_of(from) + at, bytes) != 1) return false;
  }
  return true;
}

}  // namespace

std::string SegmentCipher::seal(std::uint32_t block, std::uint32_t section, std::string_view header, std::string_view text) {
  EVP_CIPHER_CTX* const context = state_->sealing.get();
  std::string sealed(text.size() + kTagBytes, '\0');
  int none = 0;
  must(EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce_of(block, section).data()) == 1, "EVP_EncryptInit_ex");
  must(update(EVP_EncryptUpdate, context, header, nullptr) && update(EVP_EncryptUpdate, context, text, bytes_of(sealed)), "EVP_EncryptUpdate");
  must(EVP_EncryptFinal_ex(context, bytes_of(sealed) + text.size(), &none) == 1, "EVP_EncryptFinal_ex");
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes_of(sealed) + text.size()) == 1, "EVP_CTRL_GCM_GET_TAG");
  return sealed;
}

bool SegmentCipher::open(std::uint32_t block, std::uint32_t section, std::string_view header, std::string_view sealed, std::string& text) {
  text.clear();
  if (sealed.size() < kTagBytes) return false;
  EVP_CIPHER_CTX* const context = state_->opening.get();
  const std::size_t size = sealed.size() - kTagBytes;
  std::string tag(sealed.substr(size));
  text.resize(size + 1);  // room for the final call, which writes nothing
  int none = 0;
  const bool good = EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce_of(block, section).data()) == 1 &&
                    update(EVP_DecryptUpdate, context, header, nullptr) &&
                    update(EVP_DecryptUpdate, context, sealed.substr(0, size), bytes_of(text)) &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(context, bytes_of(text) + size, &none) == 1;
  text.resize(good ? size : 0);
  return good;
}

}  // namespace quern
