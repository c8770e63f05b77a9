#pragma once
// Personal data and secrets in a text: found, counted, masked or replaced by pseudonyms. docs/privacy.md gives every rule with its source.
// A result depends on the text and the job alone.

#include "quern/base/job/pii.hpp"
#include "quern/base/kernel.hpp"
#include "quern/base/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct PiiMatch {
  std::size_t begin = 0;  ///< bytes; both ends lie between characters
  std::size_t end = 0;
  PiiKind kind = PiiKind::email;
  bool operator==(const PiiMatch&) const = default;
};

constexpr std::uint32_t pii_bit(PiiKind kind) { return 1u << static_cast<unsigned>(kind); }
inline constexpr std::uint32_t kAllPii = (1u << kPiiKinds) - 1;

/// Finds the kinds whose bits are set.
class PiiFinder {
 public:
  explicit PiiFinder(std::uint32_t kinds = kAllPii, Kernel kernel = chosen_kernel()) : kinds_(kinds), kernel_(kernel) {}

  /// Fills `matches`, which must be empty, in order and without overlap: of overlapping ones the leftmost stays, of those that begin
  /// together the longest, of equal ones the first in: secret, card, iban, ssn, email, ipv4, ipv6, coordinates, phone.
  /// Text is valid UTF-8. O(bytes); text without digits, `@`, colons and long words is scanned at some GB/s. Allocates only for matches.
  void find(std::string_view text, std::vector<PiiMatch>& matches) const;

 private:
  std::uint32_t kinds_;
  Kernel kernel_;
};

/// The step `pii` of one job.
class PiiStep {
 public:
  explicit PiiStep(const PiiSpec& spec, Kernel kernel = chosen_kernel());

  /// Adds what it finds to `counts`, and changes the text as the job says. Reason::pii_density when the document is to be removed:
  /// then the text is as it was. A text without matches is not copied.
  Reason apply(std::string& text, PiiCounts& counts) const;

 private:
  bool too_dense(std::string_view text, std::size_t matches) const;
  void replace(std::string& text, const std::vector<PiiMatch>& matches) const;

  PiiSpec spec_;
  PiiFinder finder_;
};

/// What stands in the place of what was found, from HMAC-SHA256 (RFC 2104, FIPS 180-4) of the kind and the normal form: for all writings
/// of one thing, in any document, the same key gives the same pseudonym. It has the form of its kind, but is nobody's.
std::string pii_pseudonym(PiiKind kind, std::string_view found, const PiiKey& key);

/// The same for all writings of one thing: an e-mail address case-folded, a phone number or card without separators, an IPv6 address
/// as its bytes, coordinates in ten-thousandths of a degree.
std::string pii_normal_form(PiiKind kind, std::string_view found);

}  // namespace quern
