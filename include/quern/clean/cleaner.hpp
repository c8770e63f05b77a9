#pragma once
// The clean-up of a document's text: the default one, and the steps that the job lists.

#include "quern/base/job.hpp"
#include "quern/base/prepared.hpp"
#include "quern/base/verdict.hpp"
#include "quern/clean/steps.hpp"

#include <string>
#include <vector>

namespace quern {

/// In this order: Normalization Form C of Unicode 15.0 (if the job asks for it); CR LF and CR become LF; then U+0000..U+001F except
/// TAB and LF, U+007F, U+0080..U+009F and U+FEFF are removed. Then the job's steps, in the order listed (clean/steps.hpp), and, where
/// there are any, the same once more. `mojibake`, which can only be the first step, is done before all of this.
/// Input is valid UTF-8, and so is the result. A text that is clean already is not copied.
class Cleaner {
 public:
  /// Reads the files that steps name. Throws Error where that cannot be done.
  explicit Cleaner(const CleanSpec& spec) : unicode_(spec.unicode), steps_(prepare_all(spec.steps)) {}
  /// Reason::none, or why the document is removed: by a step, or because the steps left nothing of it. What the steps `pii` find is added to `found`.
  Reason clean(std::string& text, PiiCounts* found = nullptr) const;

 private:
  void tidy(std::string& text) const;

  UnicodeForm unicode_;
  std::vector<Prepared<CleanStep>> steps_;
};

/// The second half of the clean-up by itself: line ends and control characters.
void remove_controls(std::string& text);

}  // namespace quern
