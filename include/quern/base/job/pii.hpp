#pragma once
// The step `pii` of clean: personal data and secrets. docs/privacy.md says what each kind is.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace quern {

/// In the order in which they are counted and reported.
enum class PiiKind : std::uint8_t { email, phone, ipv4, ipv6, card, iban, ssn, secret, coordinates, count_ };

inline constexpr std::size_t kPiiKinds = static_cast<std::size_t>(PiiKind::count_);

/// The keys of the job, and what a column of counts is called after.
inline constexpr std::array<std::string_view, kPiiKinds> kPiiKindNames = {"email", "phone", "ipv4",   "ipv6",       "card",
                                                                          "iban",  "ssn",   "secret", "coordinates"};

constexpr std::string_view name(PiiKind kind) { return kPiiKindNames[static_cast<std::size_t>(kind)]; }

/// How many of each kind a text holds.
struct PiiCounts {
  std::array<std::uint64_t, kPiiKinds> of{};

  std::uint64_t& operator[](PiiKind kind) { return of[static_cast<std::size_t>(kind)]; }
  std::uint64_t operator[](PiiKind kind) const { return of[static_cast<std::size_t>(kind)]; }
  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : of) sum += n;
    return sum;
  }
  bool operator==(const PiiCounts&) const = default;
};

enum class PiiAction : std::uint8_t {
  as_all,  ///< of one kind: what the step says for all
  ignore,  ///< not looked for
  count,   ///< found and counted; the text stays
  mask,
  pseudonymize,
};

struct PiiRule {
  PiiAction action = PiiAction::as_all;
  std::string mask;  ///< what stands in its place
};

inline constexpr std::size_t kPiiKeyBytes = 32;

/// Secret bytes. Overwritten when they go; never printed, never part of a job's canonical form.
class PiiKey {
 public:
  PiiKey() = default;
  PiiKey(std::span<const std::uint8_t, kPiiKeyBytes> bytes, std::string fingerprint) : fingerprint_(std::move(fingerprint)) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }
  ~PiiKey() {
    for (volatile std::uint8_t& byte : bytes_) byte = 0;
  }
  PiiKey(const PiiKey&) = default;
  PiiKey& operator=(const PiiKey&) = default;

  bool is_there() const { return !fingerprint_.empty(); }
  const std::array<std::uint8_t, kPiiKeyBytes>& bytes() const { return bytes_; }
  /// Tells keys apart; nothing about the key follows from it.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  std::array<std::uint8_t, kPiiKeyBytes> bytes_ = {};
  std::string fingerprint_;
};

inline constexpr std::uint64_t kNoPiiLimit = UINT64_MAX;

struct PiiSpec {
  PiiAction action = PiiAction::mask;  ///< of every kind that does not say otherwise
  PiiRule email{PiiAction::as_all, "<EMAIL>"};
  PiiRule phone{PiiAction::as_all, "<PHONE>"};
  PiiRule ipv4{PiiAction::as_all, "<IP>"};
  PiiRule ipv6{PiiAction::as_all, "<IP>"};
  PiiRule card{PiiAction::as_all, "<CARD>"};
  PiiRule iban{PiiAction::as_all, "<IBAN>"};
  PiiRule ssn{PiiAction::as_all, "<SSN>"};
  PiiRule secret{PiiAction::as_all, "<SECRET>"};
  PiiRule coordinates{PiiAction::as_all, "<COORDINATES>"};
  std::string key_file;  ///< absolute; empty: none
  PiiKey key;            ///< what it holds
  // A document with more matches than this, in millionths of one per 1000, is removed.
  std::uint64_t max_per_1000_words_ppm = kNoPiiLimit;
  std::uint64_t max_per_1000_chars_ppm = kNoPiiLimit;

  const PiiRule& rule(PiiKind kind) const {
    const std::array<const PiiRule*, kPiiKinds> rules = {&email, &phone, &ipv4, &ipv6, &card, &iban, &ssn, &secret, &coordinates};
    return *rules[static_cast<std::size_t>(kind)];
  }
  /// Never as_all.
  PiiAction action_of(PiiKind kind) const { return rule(kind).action == PiiAction::as_all ? action : rule(kind).action; }
  bool pseudonymizes() const {
    for (std::size_t k = 0; k < kPiiKinds; ++k) {
      if (action_of(static_cast<PiiKind>(k)) == PiiAction::pseudonymize) return true;
    }
    return false;
  }
};

}  // namespace quern
