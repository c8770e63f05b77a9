#pragma once
// The one place that calls ICU: NFC of a window, for the fixed Unicode version.

#include <unicode/normalizer2.h>
#include <unicode/uniset.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

using UnicodeVersion = std::array<std::uint8_t, 4>;

UnicodeVersion installed_unicode_version();

class IcuNfc {
 public:
  /// @param installed version of ICU's data: older than the fixed one throws Error{plan}, newer is filtered down to it.
  explicit IcuNfc(UnicodeVersion installed);

  /// Appends the NFC of `window` (valid UTF-8 below 2 GiB).
  void append(std::string_view window, std::string& to) const;

 private:
  const icu::Normalizer2* normalizer_;
  std::unique_ptr<icu::UnicodeSet> known_;              // characters of the fixed version or older
  std::unique_ptr<icu::FilteredNormalizer2> filtered_;  // only for a newer ICU
};

}  // namespace quern
