#pragma once
// Record → the text that the rest of the chain sees: what is extracted of HTML, cleaned.

#include "quern/base/job.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/extract/html.hpp"
#include "quern/read/reader.hpp"

#include <string>

namespace quern {

/// `job` must live as long.
class DocumentText {
 public:
  explicit DocumentText(const Job& job) : job_(job), cleaner_(job.clean) {}

  /// The record's text as the job wants it, and why it is removed, if it is.
  /// What the steps `pii` find is added to `found`.
  Reason make(const Record& record, std::string& text, PiiCounts* found = nullptr) {
    if (const Reason reason = extract(record, text); reason != Reason::none) return reason;
    return cleaner_.clean(text, found);
  }

 private:
  Reason extract(const Record& record, std::string& text) {
    Html html = job_.input[record.entry].html;
    if (html == Html::automatic) html = record.is_html ? Html::article : Html::none;
    if (html == Html::article) return extractor_.article(record.text, text);
    if (html == Html::all_text) return extractor_.all_text(record.text, text);
    text.assign(record.text);
    return Reason::none;
  }

  const Job& job_;
  Cleaner cleaner_;
  HtmlExtractor extractor_;
};

}  // namespace quern
