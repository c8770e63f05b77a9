#include "read/warc_document.hpp"

#include "quern/store/content.hpp"
#include "quern/text/charset.hpp"
#include "quern/text/utf8.hpp"

#include <fmt/format.h>

namespace quern {

namespace {

using Kind = WarcOutcome::Kind;

WarcOutcome passed(PassedOver kind) { return {Kind::passed, kind, Reason::none, {}}; }
/// The message may quote bytes of the archive.
WarcOutcome bad(Reason reason, std::string message) {
  repair_utf8(message);
  return {Kind::bad, PassedOver::other, reason, std::move(message)};
}
WarcOutcome undecided() { return {Kind::undecided, PassedOver::other, Reason::none, {}}; }
WarcOutcome document() { return {Kind::document, PassedOver::other, Reason::none, {}}; }

bool is_html_type(std::string_view type) { return type == "text/html" || type == "application/xhtml+xml"; }

/// Whether the page says so itself (WHATWG MIME Sniffing, 7.1, the two patterns that are no accident).
bool begins_as_html(std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const std::size_t begin = body.find_first_not_of(" \t\r\n\f");
  if (begin == std::string_view::npos) return false;
  body.remove_prefix(begin);
  for (const std::string_view tag : {std::string_view("<!doctype html"), std::string_view("<html")}) {
    if (body.size() <= tag.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < tag.size() && same; ++i) {
      const char c = body[i];
      same = (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) == tag[i];
    }
    const char behind = body[tag.size()];
    if (same && (behind == '>' || behind == ' ' || behind == '\t' || behind == '\r' || behind == '\n' || behind == '\f')) return true;
  }
  return false;
}

/// Of a URL or id, which may be in any charset.
void assign_valid(std::string& to, std::string_view from) {
  to = from;
  repair_utf8(to);
}

}  // namespace

WarcOutcome WarcDocument::judge_head() {
  http_ = false;
  http_bytes_ = 0;
  switch (head_.type) {
    case WarcType::warcinfo: return passed(PassedOver::warcinfo);
    case WarcType::request: return passed(PassedOver::request);
    case WarcType::metadata: return passed(PassedOver::metadata);
    case WarcType::revisit: return passed(PassedOver::revisit);
    case WarcType::continuation: return passed(PassedOver::continuation);
    case WarcType::other: return passed(PassedOver::other);
    case WarcType::response: {
      // A record says what its block is; an ARC record only what the payload is.
      std::string type, charset;
      parse_content_type(head_.content_type, type, charset);
      const bool by_url = head_.target_uri.starts_with("http://") || head_.target_uri.starts_with("https://");
      http_ = head_.kind == ArchiveKind::warc && !type.empty() ? type == "application/http" : by_url;
      if (!http_) return passed(PassedOver::not_http);
      break;
    }
    case WarcType::resource: [[fallthrough]];
    case WarcType::conversion:
      parse_content_type(head_.content_type, http_head_.media_type, http_head_.charset);
      http_head_.chunked = false;
      http_head_.codings.clear();
      break;
  }
  if (head_.segmented) return bad(Reason::warc, "the record is the first of several segments; its continuations are not put together");
  return http_ ? undecided() : judge_type(head_.block_bytes);
}

WarcOutcome WarcDocument::judge_http(std::string_view http_head) {
  if (http_head.empty()) {
    return bad(Reason::http, head_.block_bytes < kMostHeadBytes ? "the HTTP message has no empty line behind its head"
                                                                : fmt::format("the head of the HTTP message has more than {} bytes", kMostHeadBytes));
  }
  if (const std::string why = parse_http_head(http_head, http_head_); !why.empty()) return bad(Reason::http, why);
  http_bytes_ = http_head.size();
  if (http_head_.status != 200) return passed(PassedOver::status);
  if (http_head_.media_type.empty()) {
    std::string charset;
    parse_content_type(head_.kind == ArchiveKind::warc ? head_.identified_type : std::string(), http_head_.media_type, charset);
  }
  return judge_type(head_.block_bytes - http_bytes_);
}

WarcOutcome WarcDocument::judge_type(std::uint64_t body_bytes) {
  is_html_ = is_html_type(http_head_.media_type);
  sniff_ = http_head_.media_type.empty();
  if (!is_html_ && !sniff_ && http_head_.media_type != "text/plain") return passed(PassedOver::type);
  if (body_bytes > most_) return bad(Reason::size, fmt::format("a body of {} bytes; max_document_bytes is {}", body_bytes, most_));
  return undecided();
}

WarcOutcome WarcDocument::decode(std::string_view block) {
  std::string_view body = block.substr(http_bytes_);
  const WarcOutcome folded = unfold(body);
  return folded.kind == Kind::undecided ? to_text(body) : folded;
}

/// Undoes the codings, the last one that was applied first. `body` is what was coded, or lies in one of the buffers.
WarcOutcome WarcDocument::unfold(std::string_view& body) {
  if (http_head_.chunked) {
    const std::string why = decode_chunks(body, head_.truncated, unfolded_);
    if (!why.empty()) return bad(Reason::http, why);
    body = unfolded_;
  }
  for (std::size_t i = http_head_.codings.size(); i-- > 0;) {
    ContentForm form = ContentForm::gzip;
    switch (http_head_.codings[i]) {
      case ContentCoding::gzip: break;
      case ContentCoding::deflate: form = ContentForm::deflate; break;
      case ContentCoding::zstd: form = ContentForm::zstd; break;
      case ContentCoding::brotli: return bad(Reason::http, "the body is compressed by brotli (Content-Encoding: br), which is not read");
      case ContentCoding::unknown:
        return bad(Reason::http, fmt::format("the Content-Encoding '{}' is not known", http_head_.unknown_coding));
    }
    // A coding that was undone by the crawler, or never applied.
    if (!looks_like(form, body)) continue;
    std::string why;
    const Unfolded result = unfold_content(form, body, most_, unfolded_before_, why);
    if (result == Unfolded::too_large) return bad(Reason::size, fmt::format("the body: {}, which is max_document_bytes", why));
    if (result == Unfolded::damaged || (result == Unfolded::cut && !head_.truncated)) {
      return bad(Reason::http, fmt::format("the body cannot be decompressed: {}", why));
    }
    std::swap(unfolded_, unfolded_before_);
    body = unfolded_;
  }
  return undecided();
}

WarcOutcome WarcDocument::to_text(std::string_view body) {
  if (sniff_ && !begins_as_html(body)) return passed(PassedOver::type);
  is_html_ = is_html_ || sniff_;
  set_names();
  if (head_.type == WarcType::conversion && http_head_.charset.empty()) {
    const std::size_t invalid = first_invalid_utf8(body);
    if (invalid < body.size() && policy_ == InvalidUtf8::quarantine) return bad(Reason::utf8, fmt::format("byte {} of the block: invalid UTF-8", invalid));
    to_utf8(body, "utf-8", text_);
  } else {
    to_utf8(body, is_html_ ? charset_of_html(body, http_head_.charset) : charset_of_text(body, http_head_.charset), text_);
  }
  if (text_.size() > most_) return bad(Reason::size, fmt::format("a text of {} bytes in UTF-8; max_document_bytes is {}", text_.size(), most_));
  return document();
}

void WarcDocument::set_names() {
  assign_valid(url_, head_.target_uri);
  assign_valid(own_id_, head_.record_id.empty() ? head_.target_uri : head_.record_id);
  assign_valid(date_, head_.date);
}

std::string_view WarcDocument::own_id() {
  set_names();
  return own_id_;
}

Record WarcDocument::record() const {
  Record record;
  record.text = text_;
  record.own_id = own_id_;
  record.is_html = is_html_;
  record.url = url_;
  record.date = date_;
  return record;
}

}  // namespace quern
