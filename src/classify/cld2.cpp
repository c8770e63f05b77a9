#include "classify/cld2.hpp"

#include "quern/text/utf8.hpp"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <array>
#include <climits>
#include <cstdio>

namespace quern {

namespace {

// It looks at some bytes behind the end of what it is given.
constexpr std::size_t kPadding = 32;

/// Its codes are those of ISO 639 with some that have been withdrawn since (IANA language subtag registry: Preferred-Value).
std::string_view bcp47(CLD2::Language language) {
  const std::string_view code = CLD2::LanguageCode(language);
  if (code == "un") return kNoLanguage;
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  return code;
}

}  // namespace

LanguageGuess guess_by_cld2(std::string& text, bool html) {
  if (text.empty() || text.size() > INT_MAX - kPadding || !is_valid_utf8(text)) return {};
  const int bytes = static_cast<int>(text.size());
  text.append(kPadding, '\0');
  const CLD2::CLDHints no_hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percent{};
  std::array<double, 3> ignored{};
  int letters = 0;
  bool reliable = false;
  const CLD2::Language language =
      CLD2::ExtDetectLanguageSummary(text.data(), bytes, !html, &no_hints, 0, languages.data(), percent.data(), ignored.data(), nullptr,
                                     &letters, &reliable);
  text.resize(static_cast<std::size_t>(bytes));
  if (language == CLD2::UNKNOWN_LANGUAGE) return {};
  LanguageGuess guess{bcp47(language), 0, reliable};
  // The language of the summary is one of the three, but not always the first: it may pass over English around another.
  for (std::size_t i = 0; i < languages.size(); ++i) {
    if (languages[i] == language) guess.permille = static_cast<std::uint16_t>(percent[i] * 10);
  }
  return guess;
}

std::vector<std::string> cld2_labels() {
  std::vector<std::string> labels;
  for (int language = 0; language < CLD2::NUM_LANGUAGES; ++language) labels.emplace_back(bcp47(static_cast<CLD2::Language>(language)));
  return labels;
}

std::string_view cld2_version() {
  static const std::string version = CLD2::DetectLanguageVersion();
  return version;
}

}  // namespace quern
