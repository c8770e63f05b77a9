#include "quern/format/warc.hpp"

#include "format/field_lines.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

namespace quern {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

constexpr auto kTypes = std::to_array<std::pair<std::string_view, WarcType>>({
    {"warcinfo", WarcType::warcinfo},
    {"response", WarcType::response},
    {"resource", WarcType::resource},
    {"request", WarcType::request},
    {"metadata", WarcType::metadata},
    {"revisit", WarcType::revisit},
    {"conversion", WarcType::conversion},
    {"continuation", WarcType::continuation},
});

WarcType type_of(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (equals_ignoring_case(name, known)) return type;
  }
  return WarcType::other;
}

/// Some writers put the URI into the brackets that the grammar of WARC 1.0 seems to ask for.
std::string_view without_brackets(std::string_view uri) {
  return uri.size() >= 2 && uri.front() == '<' && uri.back() == '>' ? uri.substr(1, uri.size() - 2) : uri;
}

std::string_view bare_id(std::string_view id) {
  id = without_brackets(id);
  return id.starts_with("urn:uuid:") ? id.substr(9) : id;
}

/// Puts what the fields say into a head.
class WarcFields {
 public:
  explicit WarcFields(ArchiveHead& head) : head_(head) {}

  void take(std::string_view name, std::string_view value) {
    if (equals_ignoring_case(name, "content-length")) {
      length_ = value;
    } else if (equals_ignoring_case(name, "content-type")) {
      head_.content_type = value;
    } else if (name.size() > 5 && equals_ignoring_case(name.substr(0, 5), "warc-")) {
      take_own(name.substr(5), value);
    }
  }

  std::string finish() {
    if (!has_type_) return "its head has no WARC-Type";
    const auto bytes = whole_number(length_);
    if (!bytes) return fmt::format("its Content-Length is {}", length_.empty() ? "missing" : fmt::format("'{}'", length_.substr(0, 40)));
    head_.block_bytes = *bytes;
    return {};
  }

 private:
  void take_own(std::string_view name, std::string_view value) {
    if (equals_ignoring_case(name, "type")) {
      head_.type = type_of(value);
      has_type_ = true;
    } else if (equals_ignoring_case(name, "record-id")) {
      head_.record_id = bare_id(value);
    } else if (equals_ignoring_case(name, "target-uri")) {
      head_.target_uri = without_brackets(value);
    } else if (equals_ignoring_case(name, "date")) {
      head_.date = value;
    } else if (equals_ignoring_case(name, "identified-payload-type")) {
      head_.identified_type = value;
    } else if (equals_ignoring_case(name, "truncated")) {
      head_.truncated = true;
    } else if (equals_ignoring_case(name, "segment-number")) {
      head_.segmented = value == "1";
    }
  }

  ArchiveHead& head_;
  std::string_view length_;
  bool has_type_ = false;
};

void clear(ArchiveHead& head, ArchiveKind kind) {
  head.kind = kind;
  head.type = WarcType::other;
  head.block_bytes = 0;
  for (std::string* text : {&head.record_id, &head.target_uri, &head.date, &head.content_type, &head.identified_type}) text->clear();
  head.truncated = head.segmented = false;
}

/// The parts of an ARC line.
struct ArcLine {
  std::string_view url, date, type, length;
};

bool looks_like_address(std::string_view word) {
  if (word.empty() || word.size() > 45) return false;
  bool digits = false, parts = false;
  for (const char c : word) {
    if (!is_digit(c) && c != '.' && c != ':' && (ascii_lower(c) < 'a' || ascii_lower(c) > 'f')) return false;
    digits = digits || is_digit(c);
    parts = parts || c == '.' || c == ':';
  }
  return digits && parts;
}

/// Fourteen digits; some writers append parts of a second.
bool is_date(std::string_view word) {
  return word.size() >= 12 && word.size() <= 18 && std::all_of(word.begin(), word.end(), is_digit);
}

bool stands_for_date(std::string_view word) { return is_date(word) || word == "null" || word == "-"; }

/// Cuts the last word off.
std::string_view take_last_word(std::string_view& line) {
  const std::size_t space = line.rfind(' ');
  const std::string_view word = space == std::string_view::npos ? line : line.substr(space + 1);
  line = space == std::string_view::npos ? std::string_view() : line.substr(0, space);
  return word;
}

/// From the right, for a URL may hold spaces, and the ten fields of version 2 have more behind the type.
bool split_arc_line(std::string_view line, ArcLine& parts) {
  constexpr int kMostWordsBehindDate = 8;
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view whole = line;
  parts.length = take_last_word(line);
  for (int i = 0; i < kMostWordsBehindDate && !line.empty(); ++i) {
    const std::string_view word = take_last_word(line);
    if (!stands_for_date(word)) continue;
    std::string_view before = line;
    if (!looks_like_address(take_last_word(before)) || before.empty()) continue;
    const auto behind = static_cast<std::size_t>(word.data() + word.size() - whole.data());
    const std::string_view rest = whole.substr(std::min(behind + 1, whole.size()));
    parts.url = before;
    parts.date = word;
    parts.type = rest.substr(0, rest.find(' '));
    return parts.type.size() < rest.size();  // a type and a length at least
  }
  return false;
}

/// How many bytes a URI's scheme and its colon have; 0: none begins here; size + 1: these bytes end inside it.
std::size_t scheme_bytes(std::string_view bytes) {
  constexpr std::size_t kMost = 32;
  std::size_t at = 0;
  while (at < bytes.size() && at < kMost && (is_letter(bytes[at]) || (at > 0 && (is_digit(bytes[at]) || bytes[at] == '+' || bytes[at] == '-' || bytes[at] == '.')))) ++at;
  if (at == bytes.size()) return at < kMost ? at + 1 : 0;
  return at > 0 && bytes[at] == ':' ? at + 1 : 0;
}

}  // namespace

ArchiveLook look_at_version_line(std::string_view bytes) noexcept {
  constexpr std::string_view kMagic = "WARC/";
  constexpr std::size_t kMostDigits = 4;
  using Kind = ArchiveLook::Kind;
  const std::size_t same = std::min(bytes.size(), kMagic.size());
  if (bytes.substr(0, same) != kMagic.substr(0, same)) return {Kind::none, 0};
  std::size_t at = same;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < bytes.size() && at - begin < kMostDigits && is_digit(bytes[at])) ++at;
    return at > begin;
  };
  for (const char behind : {'.', '\n'}) {
    const bool number = digits();
    if (number && behind == '\n' && at < bytes.size() && bytes[at] == '\r') ++at;
    if (at == bytes.size()) return {Kind::more, 0};
    if (!number || bytes[at] != behind) return {Kind::none, 0};
    ++at;
  }
  return {Kind::found, at};
}

ArchiveLook look_at_fields(std::string_view bytes, std::size_t from, bool any_line) noexcept {
  using Kind = ArchiveLook::Kind;
  while (from <= kMostHeadBytes) {
    const void* const found = from < bytes.size() ? std::memchr(bytes.data() + from, '\n', bytes.size() - from) : nullptr;
    if (!found) return bytes.size() > kMostHeadBytes ? ArchiveLook{Kind::none, 0} : ArchiveLook{Kind::more, from};
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    const std::string_view line = bytes.substr(from, end - from);
    if (line.empty() || line == "\r") return {Kind::found, end + 1};
    const bool field = is_blank(line[0]) || (line.find(':') != std::string_view::npos && line[0] != ':');
    if (!field && !any_line) return {Kind::none, from};
    from = end + 1;
  }
  return {Kind::none, from};
}

ArchiveLook look_at_arc_line(std::string_view bytes) noexcept {
  using Kind = ArchiveLook::Kind;
  const std::size_t scheme = scheme_bytes(bytes);
  if (scheme == 0) return {Kind::none, 0};
  if (scheme > bytes.size()) return {Kind::more, 0};
  const std::size_t end = bytes.substr(0, kMostArcLineBytes).find('\n');
  if (end == std::string_view::npos) return {bytes.size() < kMostArcLineBytes ? Kind::more : Kind::none, 0};
  ArcLine parts;
  return split_arc_line(bytes.substr(0, end), parts) ? ArchiveLook{Kind::found, end + 1} : ArchiveLook{Kind::none, 0};
}

std::string parse_warc_head(std::string_view bytes, ArchiveHead& head) {
  clear(head, ArchiveKind::warc);
  WarcFields fields(head);
  const std::size_t line = bytes.find('\n');
  for_each_field(bytes.substr(std::min(line, bytes.size() - 1) + 1), [&](std::string_view name, std::string_view value) { fields.take(name, value); });
  return fields.finish();
}

bool names_warc_type(std::string_view head) {
  bool named = false;
  for_each_field(head, [&](std::string_view name, std::string_view) { named = named || equals_ignoring_case(name, "warc-type"); });
  return named;
}

std::string parse_arc_line(std::string_view line, ArchiveHead& head) {
  clear(head, ArchiveKind::arc);
  if (line.ends_with('\n')) line.remove_suffix(1);
  ArcLine parts;
  if (!split_arc_line(line, parts)) return "the line that begins it is none of ARC";
  head.type = parts.url.starts_with("filedesc:") ? WarcType::warcinfo : WarcType::response;
  head.target_uri = parts.url;
  head.date = parts.date;
  head.content_type = parts.type;
  const auto bytes = whole_number(parts.length);
  if (!bytes) return fmt::format("its length is '{}'", parts.length.substr(0, 40));
  if (!is_date(parts.date)) return fmt::format("its date is '{}'", parts.date);
  head.block_bytes = *bytes;
  return {};
}

}  // namespace quern
