#include "nfc_icu.hpp"

#include "quern/base/error.hpp"
#include "quern/text/unicode.hpp"

#include <unicode/bytestream.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <limits>

namespace quern {
namespace {

constexpr UnicodeVersion kFixed = {15, 0, 0, 0};
static_assert(kUnicodeVersion == "15.0");

void check(UErrorCode status, std::string_view what) {
  if (U_FAILURE(status)) {
    fail(ErrorKind::internal, "ICU could not {}: {}. Check that its data (libicudata) belong to the library.", what, u_errorName(status));
  }
}

}  // namespace

UnicodeVersion installed_unicode_version() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  UnicodeVersion installed;
  std::copy(std::begin(version), std::end(version), installed.begin());
  return installed;
}

IcuNfc::IcuNfc(UnicodeVersion installed) {
  if (installed < kFixed) {
    fail(ErrorKind::plan, "this ICU knows Unicode {}.{}, but data sets are made with {}: install ICU 72 or newer", installed[0],
         installed[1], kUnicodeVersion);
  }
  UErrorCode status = U_ZERO_ERROR;
  normalizer_ = icu::Normalizer2::getNFCInstance(status);
  check(status, "load its NFC data");
  if (installed == kFixed) return;
  known_ = std::make_unique<icu::UnicodeSet>(u"[:age=15.0:]", status);
  check(status, "make the set of characters by age");
  known_->freeze();
  filtered_ = std::make_unique<icu::FilteredNormalizer2>(*normalizer_, *known_);
  normalizer_ = filtered_.get();
}

void IcuNfc::append(std::string_view window, std::string& to) const {
  UErrorCode status = U_ZERO_ERROR;
  if (window.size() > std::numeric_limits<std::int32_t>::max()) status = U_INDEX_OUTOFBOUNDS_ERROR;
  icu::StringByteSink<std::string> sink(&to);
  normalizer_->normalizeUTF8(0, icu::StringPiece(window.data(), static_cast<std::int32_t>(window.size())), sink, nullptr, status);
  check(status, "normalize a text (is it above 2 GiB?)");
}

}  // namespace quern
