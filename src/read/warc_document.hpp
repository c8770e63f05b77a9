#pragma once
// Records of web archives → documents: which records are documents, and their text as UTF-8.

#include "quern/base/job.hpp"
#include "quern/base/verdict.hpp"
#include "quern/format/http.hpp"
#include "quern/format/warc.hpp"
#include "quern/read/reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

/// What one record of an archive comes to.
struct WarcOutcome {
  enum class Kind {
    passed,    ///< no document by its nature
    bad,
    document,
    undecided,  ///< more of the record is needed to tell
  } kind = Kind::passed;
  PassedOver passed = PassedOver::other;
  Reason reason = Reason::none;
  std::string message;
};

/// One record after the other. Documents are
/// - responses by HTTP with status 200 whose media type is text/html or application/xhtml+xml (is_html) or text/plain. The type is that of
///   the response; where it gives none, WARC-Identified-Payload-Type; where there is none either, a body that begins with a doctype or
///   html tag is HTML, and any other no document;
/// - conversions (the text of a WET file) and resources of these types, by the Content-Type of the record.
/// Transfer and content codings (gzip, deflate, zstd) are undone. The charset: text/charset.hpp; a conversion without one is UTF-8, and is
/// treated as the job says when it is not.
class WarcDocument {
 public:
  WarcDocument(std::uint64_t max_document_bytes, InvalidUtf8 policy) : most_(max_document_bytes), policy_(policy) {}

  ArchiveHead& head() { return head_; }
  const ArchiveHead& head() const { return head_; }

  /// By the head of the record alone. `undecided`: begins_with_http() says what is needed next.
  WarcOutcome judge_head();
  bool begins_with_http() const { return http_; }
  /// By the head of the HTTP message too, which has these bytes (empty: it has no end within its bounds, or within the record).
  WarcOutcome judge_http(std::string_view http_head);
  /// Of the whole block. Afterwards `record()` has the document.
  WarcOutcome decode(std::string_view block);
  /// The views live until the next decode(). `offset` is not set.
  Record record() const;
  /// Of the record at hand, whatever it is: its id, else its URL, as valid UTF-8.
  std::string_view own_id();

 private:
  WarcOutcome judge_type(std::uint64_t body_bytes);
  WarcOutcome unfold(std::string_view& body);
  WarcOutcome to_text(std::string_view body);
  void set_names();

  std::uint64_t most_;
  InvalidUtf8 policy_;
  ArchiveHead head_;
  HttpHead http_head_;
  bool http_ = false;
  std::size_t http_bytes_ = 0;
  bool is_html_ = false;
  bool sniff_ = false;  ///< no type is given
  std::string unfolded_, unfolded_before_, text_, own_id_, url_, date_;
};

}  // namespace quern
