#pragma once
// What a job does to texts: `clean`, and the steps listed there. docs/clean.md says exactly what each step does.

#include "quern/base/job/pii.hpp"
#include "quern/base/job/side_file.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace quern {

enum class InvalidUtf8 { quarantine, repair };
enum class UnicodeForm { nfc, none };

/// UTF-8 that was read as windows-1252 or latin-1 and written as UTF-8 again. Must be the first step.
struct MojibakeSpec {
  std::uint32_t times = 2;  ///< how often at most
};

/// Removes spaces and tabs at the ends of lines.
struct TrimLinesSpec {};

struct WhiteSpaceSpec {
  bool collapse = true;          ///< runs of white space in a line become one space
  bool keep_indentation = false; ///< but for those that begin a line
  bool trim = true;              ///< no white space at the ends of lines, no blank lines at the ends of the text
  std::uint64_t max_blank_lines = 1;
};

/// Characters that show nothing.
struct ZeroWidthSpec {
  bool bidi = true;
  bool soft_hyphens = true;
  bool tags = true;
  bool joiners = false;
  bool variation_selectors = false;
};

/// Characters that stand for nothing in a text that is exchanged.
struct ControlCharactersSpec {
  bool noncharacters = true;
  bool annotation = true;
  bool private_use = false;
  bool replacement = false;
};

struct PunctuationSpec {
  bool quotes = true;
  bool dashes = true;
  bool ellipses = true;
  bool full_width = true;
  bool cjk = false;
};

struct EntitiesSpec {
  bool without_semicolon = false;
  std::uint32_t times = 1;  ///< how often at most
};

struct RemoveUrlsSpec {
  std::string replacement;
};

struct RemoveEmojiSpec {
  bool symbols = false;  ///< pictographs shown as text, too
  std::string replacement;
};

struct RemoveHashtagsSpec {
  bool mentions = false;   ///< @names, too
  bool keep_words = false; ///< only the sign goes
};

struct LowerCaseSpec {};

/// C4's rules for lines (Raffel et al. 2020, "Exploring the Limits of Transfer Learning", section 2.2).
struct C4LinesSpec {
  std::string end_marks = ".?!\"";  ///< a line ends with one of these characters; empty: not asked
  bool ellipses = false;            ///< "..." ends a line, too
  std::uint64_t min_words = 5;
  std::uint64_t max_word_chars = 1000;
  bool citations = true;   ///< remove [1], [edit], [citation needed]
  bool javascript = true;  ///< remove lines with that word
  bool policies = true;    ///< remove lines that speak of terms of use, cookies, ...
};

/// Line-wise corrections as RefinedWeb's (Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", appendix G.2).
struct RefinedWebLinesSpec {
  std::uint64_t max_uppercase_ppm = 500'000;
  bool numbers = true;
  bool counters = true;
  std::uint64_t min_words = 2;
  std::uint64_t max_pattern_words = 10;  ///< of a line that is searched for patterns; 0: none is
  std::uint64_t max_removed_words_ppm = 50'000;
};

/// Lines that stand in a list.
struct RemoveLinesSpec {
  std::vector<SideFile> equal;
  std::vector<SideFile> containing;
  bool fold_case = true;
};

struct DedupLinesSpec {
  std::uint64_t min_chars = 1;
  bool consecutive = false;  ///< only those that stand behind their like
};

struct DedupParagraphsSpec {
  std::uint64_t min_chars = 1;
  bool consecutive = false;
};

/// A step of clean. It changes the text, or removes the document.
using CleanStep = std::variant<MojibakeSpec, TrimLinesSpec, WhiteSpaceSpec, ZeroWidthSpec, ControlCharactersSpec, PunctuationSpec, EntitiesSpec,
                               RemoveUrlsSpec, RemoveEmojiSpec, RemoveHashtagsSpec, LowerCaseSpec, C4LinesSpec, RefinedWebLinesSpec,
                               RemoveLinesSpec, DedupLinesSpec, DedupParagraphsSpec, PiiSpec>;

struct CleanSpec {
  InvalidUtf8 invalid_utf8 = InvalidUtf8::quarantine;
  UnicodeForm unicode = UnicodeForm::nfc;
  std::vector<CleanStep> steps;  ///< done in this order, after the default clean-up
};

}  // namespace quern
