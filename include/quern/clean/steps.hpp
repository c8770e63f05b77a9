#pragma once
// One function for each step that a job may list under `clean.steps`. Each is in src/clean/ under its own name. A step with files or
// tables is a class made once: `<Name> prepare(const <Name>Spec&)` beside it (base/prepared.hpp), and apply() takes a <Name>.
// docs/clean.md says exactly what each does.

#include "quern/base/job/clean.hpp"
#include "quern/base/verdict.hpp"
#include "quern/privacy/pii.hpp"

#include <memory>
#include <string>

namespace quern {

class CharacterRemover;
class LineLists;

struct ZeroWidth {
  std::shared_ptr<const CharacterRemover> remover;
  bool keep_flags;  ///< of regions, which are written with tags
};

struct ControlCharacters {
  std::shared_ptr<const CharacterRemover> remover;
};

struct RemoveLines {
  std::shared_ptr<const LineLists> lists;
};

ZeroWidth prepare(const ZeroWidthSpec& spec);
ControlCharacters prepare(const ControlCharactersSpec& spec);
/// Reads the lists. Throws Error{plan} that names the line that cannot be used.
RemoveLines prepare(const RemoveLinesSpec& spec);

/// Changes the text, which is valid UTF-8 and stays so. Returns Reason::none, or why the document is removed.
/// Time is linear in the text's length, whatever it holds.
Reason apply(const MojibakeSpec& spec, std::string& text);
Reason apply(const TrimLinesSpec& spec, std::string& text);
Reason apply(const WhiteSpaceSpec& spec, std::string& text);
Reason apply(const ZeroWidth& step, std::string& text);
Reason apply(const ControlCharacters& step, std::string& text);
Reason apply(const PunctuationSpec& spec, std::string& text);
Reason apply(const EntitiesSpec& spec, std::string& text);
Reason apply(const RemoveUrlsSpec& spec, std::string& text);
Reason apply(const RemoveEmojiSpec& spec, std::string& text);
Reason apply(const RemoveHashtagsSpec& spec, std::string& text);
Reason apply(const LowerCaseSpec& spec, std::string& text);
Reason apply(const C4LinesSpec& spec, std::string& text);
Reason apply(const RefinedWebLinesSpec& spec, std::string& text);
Reason apply(const RemoveLines& step, std::string& text);
Reason apply(const DedupLinesSpec& spec, std::string& text);
Reason apply(const DedupParagraphsSpec& spec, std::string& text);

inline PiiStep prepare(const PiiSpec& spec) { return PiiStep(spec); }

}  // namespace quern
