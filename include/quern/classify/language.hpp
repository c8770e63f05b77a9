#pragma once
// Which language a document is in.

#include "quern/base/job/language.hpp"
#include "quern/base/verdict.hpp"
#include "quern/classify/fasttext_model.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

/// The label of a document of which nothing is known (BCP 47: undetermined).
inline constexpr std::string_view kNoLanguage = "und";

struct LanguageGuess {
  /// Of CLD2 a BCP 47 tag ("en", "zh", "zh-Hant"); of a fastText model its label without "__label__". Lives as long as the classifier.
  std::string_view label = kNoLanguage;
  /// Thousandths. CLD2: the part of the looked-at text that is in this language, a whole percentage. fastText: the probability, rounded.
  std::uint16_t permille = 0;
  bool reliable = false;  ///< CLD2: as it says itself; fastText: at least 1/2

  bool operator==(const LanguageGuess&) const = default;
};

/// Guesses by CLD2 (Sites 2013, "Compact Language Detector 2") or by a fastText model (Joulin et al. 2016; lid.176 and its like).
/// docs/language.md says what of a text is looked at. Keeps its buffers from text to text: not to be shared by threads.
///
/// CLD2's guess is the same on every machine: it adds integers. A fastText model adds floats, in the order its library was compiled to:
/// the same on machines of one kind; between instruction sets a score may differ by 1/1000, and a document at the very threshold go the
/// other way.
/// Time: bounded by max_bytes of the job, whatever the text.
class LanguageClassifier {
 public:
  /// Reads the model, if the job names one. Throws Error{plan} as load_fasttext_model does.
  explicit LanguageClassifier(const LanguageSpec& spec);

  /// Any bytes. A text that is shorter than min_bytes, that is not valid UTF-8 where it is looked at, or that has no words, is kNoLanguage.
  LanguageGuess guess(std::string_view text);
  /// Reason::none, language (not to be kept) or language_score. A text shorter than min_bytes stays.
  Reason judge(std::string_view text, const LanguageGuess& guess) const;

 private:
  LanguageGuess guess_sample(std::string_view text, std::uint64_t bytes);

  LanguageSpec spec_;
  std::shared_ptr<const FastTextModel> model_;
  std::string windows_, sample_;
};

/// Whether a label is in a language range: it equals it, or goes on behind it with a hyphen (RFC 4647, section 3.3.1, "basic filtering").
/// Letters of ASCII are compared without case.
bool in_language_range(std::string_view label, std::string_view range) noexcept;

/// Code and data of the CLD2 that is built in.
std::string_view cld2_version();

}  // namespace quern
