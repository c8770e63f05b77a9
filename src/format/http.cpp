#include "quern/format/http.hpp"

#include "format/field_lines.hpp"

#include <fmt/format.h>

namespace quern {

namespace {

ContentCoding coding_of(std::string_view name) {
  if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) return ContentCoding::gzip;
  if (equals_ignoring_case(name, "deflate")) return ContentCoding::deflate;
  if (equals_ignoring_case(name, "zstd")) return ContentCoding::zstd;
  if (equals_ignoring_case(name, "br")) return ContentCoding::brotli;
  return ContentCoding::unknown;
}

/// Calls visit for each part between commas that is not empty.
template <class Visit>
void for_each_in_list(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const std::string_view part = trimmed(list.substr(0, comma)); !part.empty()) visit(part);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

void add_codings(std::string_view list, HttpHead& parsed) {
  constexpr std::size_t kMost = 8;
  for_each_in_list(list, [&](std::string_view name) {
    if (equals_ignoring_case(name, "identity") || equals_ignoring_case(name, "none") || parsed.codings.size() == kMost) return;
    parsed.codings.push_back(coding_of(name));
    if (parsed.codings.back() == ContentCoding::unknown && parsed.unknown_coding.empty()) parsed.unknown_coding = name.substr(0, 40);
  });
}

void take_field(std::string_view name, std::string_view value, HttpHead& parsed) {
  if (equals_ignoring_case(name, "content-type")) {
    parse_content_type(value, parsed.media_type, parsed.charset);
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    for_each_in_list(value, [&](std::string_view coding) { parsed.chunked = parsed.chunked || equals_ignoring_case(coding, "chunked"); });
  } else if (equals_ignoring_case(name, "content-encoding")) {
    add_codings(value, parsed);
  }
}

/// `HTTP/1.1 200 OK`; also `HTTP/2 200`, as some crawlers write.
bool parse_status_line(std::string_view line, unsigned& status) {
  if (line.size() < 5 || !equals_ignoring_case(line.substr(0, 5), "http/")) return false;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  line.remove_prefix(space);
  while (line.starts_with(' ')) line.remove_prefix(1);
  const auto code = whole_number(trimmed(line.substr(0, line.find(' '))));
  if (!code || *code < 100 || *code > 999) return false;
  status = static_cast<unsigned>(*code);
  return true;
}

/// The line of a chunk's size: its end, and the size. Extensions are passed over.
struct ChunkSize {
  std::uint64_t bytes = 0;
  std::size_t behind = 0;   ///< where the chunk begins
  bool cut = false;         ///< the body ends inside the line
  bool valid = false;
};

ChunkSize read_chunk_size(std::string_view body, std::size_t at) {
  // Enough for leading zeros and an extension; a line without an end must not be searched again and again.
  constexpr std::size_t kMostLine = 4096;
  const std::string_view rest = body.substr(at, kMostLine);
  const std::size_t end = rest.find('\n');
  ChunkSize size;
  size.cut = end == std::string_view::npos && at + rest.size() == body.size();
  const std::string_view line = rest.substr(0, end);
  const auto bytes = whole_number(trimmed(line.substr(0, line.find(';'))), 16);
  if (end == std::string_view::npos || !bytes) {
    // Of a line that is cut off, what is there may be digits only.
    size.cut = size.cut && (bytes || trimmed(line).empty() || line.find(';') != std::string_view::npos);
    return size;
  }
  size.bytes = *bytes;
  size.behind = at + end + 1;
  size.valid = true;
  return size;
}

std::size_t pass_line_end(std::string_view body, std::size_t at) {
  if (at < body.size() && body[at] == '\r') ++at;
  return at < body.size() && body[at] == '\n' ? at + 1 : at;
}

}  // namespace

void parse_content_type(std::string_view value, std::string& media_type, std::string& charset) {
  const std::size_t semicolon = value.find(';');
  media_type = lower_case(trimmed(value.substr(0, semicolon)));
  charset.clear();
  value.remove_prefix(std::min(semicolon, value.size()));
  while (value.starts_with(';')) {
    value.remove_prefix(1);
    const std::size_t end = std::min(value.find(';'), value.size());
    const std::string_view parameter = value.substr(0, end);
    value.remove_prefix(end);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || !charset.empty() || !equals_ignoring_case(trimmed(parameter.substr(0, equals)), "charset")) continue;
    std::string_view label = trimmed(parameter.substr(equals + 1));
    while (!label.empty() && (label.front() == '"' || label.front() == '\'')) label.remove_prefix(1);
    while (!label.empty() && (label.back() == '"' || label.back() == '\'')) label.remove_suffix(1);
    charset = label;
  }
}

std::string parse_http_head(std::string_view head, HttpHead& parsed) {
  parsed.status = 0;
  parsed.media_type.clear();
  parsed.charset.clear();
  parsed.chunked = false;
  parsed.codings.clear();
  parsed.unknown_coding.clear();
  const std::size_t end = std::min(head.find('\n'), head.size());
  if (!parse_status_line(trimmed(head.substr(0, end)), parsed.status)) return "it does not begin with an HTTP status line";
  for_each_field(head.substr(std::min(end + 1, head.size())), [&](std::string_view name, std::string_view value) { take_field(name, value, parsed); });
  return {};
}

std::string decode_chunks(std::string_view body, bool may_be_cut, std::string& out) {
  out.clear();
  if (!read_chunk_size(body, 0).valid) {
    out.assign(body);
    return {};
  }
  out.reserve(body.size());
  std::size_t at = 0;
  while (true) {
    const ChunkSize size = read_chunk_size(body, at);
    if (!size.valid) {
      if (size.cut && may_be_cut) return {};
      return size.cut ? fmt::format("the chunked body ends before its last chunk, at byte {}", body.size())
                      : fmt::format("no chunk size stands at byte {} of the chunked body", at);
    }
    if (size.bytes == 0) return {};
    const std::size_t left = body.size() - size.behind;
    out.append(body.substr(size.behind, std::min<std::uint64_t>(size.bytes, left)));
    if (size.bytes > left) {
      return may_be_cut ? std::string() : fmt::format("a chunk of {} bytes begins at byte {} of the chunked body, of which {} are there", size.bytes, at, left);
    }
    at = pass_line_end(body, size.behind + static_cast<std::size_t>(size.bytes));
  }
}

}  // namespace quern
