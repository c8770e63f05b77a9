#pragma once
// HTTP/1 responses as a crawler has stored them (RFC 9112): head, chunked transfer coding, the names of content codings.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

enum class ContentCoding : std::uint8_t { gzip, deflate, zstd, brotli, unknown };

struct HttpHead {
  unsigned status = 0;
  std::string media_type;                 ///< of Content-Type, lower-case, without parameters; empty: none
  std::string charset;                    ///< its parameter, without quotes; empty: none
  bool chunked = false;
  std::vector<ContentCoding> codings;     ///< in the order in which they were applied; `identity` is left out
  std::string unknown_coding;             ///< the name of the first unknown one
};

/// `head`: from the status line to the empty line. Returns why it is none; empty: it is one. The last Content-Type counts, as in browsers.
std::string parse_http_head(std::string_view head, HttpHead& parsed);

/// `text/html; charset="utf-8"` → its two parts, as in HttpHead.
void parse_content_type(std::string_view value, std::string& media_type, std::string& charset);

/// The body of a chunked message (RFC 9112, section 7.1) into `out`. Returns why it is broken, with the place in the body; empty: it is whole.
/// `may_be_cut`: a body that only ends too early gives what there is. What does not begin with a chunk's size is taken as it stands: some
/// crawlers store the decoded body and leave the header. What stands behind the last chunk is passed over. Linear.
std::string decode_chunks(std::string_view body, bool may_be_cut, std::string& out);

}  // namespace quern
