#include "quern/text/charset.hpp"
#include "quern/text/utf8.hpp"

namespace quern {

namespace {

constexpr std::size_t kPrescanBytes = 1024;

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Whether `bytes` begins, in any case, with `word`, which is lower-case.
bool begins_with(std::string_view bytes, std::string_view word) {
  if (bytes.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(bytes[i]) != word[i]) return false;
  }
  return true;
}

bool is_word(std::string_view bytes, std::string_view word) { return bytes.size() == word.size() && begins_with(bytes, word); }

struct Attribute {
  std::string_view name, value;
};

/// The steps "get an attribute" of the HTML Standard, on the bytes that are looked at.
class Attributes {
 public:
  Attributes(std::string_view bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  /// False at the end of the tag, or of the bytes.
  bool next(Attribute& found) {
    while (more() && (is_space(here()) || here() == '/')) ++at_;
    if (!more() || here() == '>') return false;
    const std::size_t name = at_;
    while (more() && !is_space(here()) && here() != '/' && here() != '>' && !(here() == '=' && at_ > name)) ++at_;
    found = {bytes_.substr(name, at_ - name), {}};
    while (more() && is_space(here())) ++at_;
    if (!more() || here() != '=') return more();
    do ++at_;
    while (more() && is_space(here()));
    return more() && read_value(found.value);
  }
  std::size_t at() const { return at_; }

 private:
  bool more() const { return at_ < bytes_.size(); }
  char here() const { return bytes_[at_]; }

  bool read_value(std::string_view& value) {
    const char quote = here();
    if (quote == '"' || quote == '\'') {
      const std::size_t end = bytes_.find(quote, at_ + 1);
      if (end == std::string_view::npos) {
        at_ = bytes_.size();
        return false;
      }
      value = bytes_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return true;
    }
    const std::size_t begin = at_;
    while (more() && !is_space(here()) && here() != '>') ++at_;
    value = bytes_.substr(begin, at_ - begin);
    return more();
  }

  std::string_view bytes_;
  std::size_t at_;
};

/// "Extracting a character encoding from a meta element": the label behind `charset=` in its content.
std::string_view label_in_content(std::string_view content) {
  std::size_t at = 0;
  for (;; ++at) {
    while (at < content.size() && !begins_with(content.substr(at), "charset")) ++at;
    if (at == content.size()) return {};
    std::size_t behind = at + 7;
    while (behind < content.size() && is_space(content[behind])) ++behind;
    if (behind == content.size() || content[behind] != '=') continue;
    do ++behind;
    while (behind < content.size() && is_space(content[behind]));
    content.remove_prefix(behind);
    break;
  }
  if (content.empty()) return {};
  if (content[0] == '"' || content[0] == '\'') {
    const std::size_t end = content.find(content[0], 1);
    return end == std::string_view::npos ? std::string_view() : content.substr(1, end - 1);
  }
  return content.substr(0, content.find_first_of(" \t\n\f\r;"));
}

/// What the attributes of one meta element declare.
class MetaElement {
 public:
  /// Of several attributes of one name the first one counts.
  void take(const Attribute& attribute) {
    if (is_word(attribute.name, "http-equiv") && !has_http_equiv_) {
      has_http_equiv_ = true;
      got_pragma_ = is_word(attribute.value, "content-type");
    } else if (is_word(attribute.name, "content") && !has_content_) {
      has_content_ = true;
      content_ = attribute.value;
    } else if (is_word(attribute.name, "charset") && !has_charset_) {
      has_charset_ = true;
      charset_ = charset_of_label(attribute.value);
    }
  }

  std::string_view charset() const {
    const std::string_view found = has_charset_ ? charset_ : got_pragma_ ? charset_of_label(label_in_content(content_)) : std::string_view();
    // What could be read so far is no UTF-16.
    if (found == "utf-16le" || found == "utf-16be") return "utf-8";
    return found == "x-user-defined" ? "windows-1252" : found;
  }

 private:
  bool has_http_equiv_ = false, has_content_ = false, has_charset_ = false, got_pragma_ = false;
  std::string_view content_, charset_;
};

/// `declared`, if there is a charset, else a guess.
std::string_view or_guess(std::string_view declared, std::string_view bytes) {
  if (!declared.empty()) return declared;
  return is_valid_utf8(bytes) ? "utf-8" : "windows-1252";
}

}  // namespace

std::string_view charset_of_bom(std::string_view bytes) noexcept {
  if (bytes.starts_with("\xEF\xBB\xBF")) return "utf-8";
  if (bytes.starts_with("\xFE\xFF")) return "utf-16be";
  if (bytes.starts_with("\xFF\xFE")) return "utf-16le";
  return {};
}

std::string_view charset_of_meta(std::string_view bytes) noexcept {
  const std::string_view seen = bytes.substr(0, kPrescanBytes);
  std::size_t at = 0;
  while ((at = seen.find('<', at)) != std::string_view::npos) {
    const std::string_view rest = seen.substr(at);
    if (rest.starts_with("<!--")) {
      // The two hyphens of the beginning may be those of the end.
      const std::size_t end = seen.find("-->", at + 2);
      if (end == std::string_view::npos) return {};
      at = end + 3;
    } else if (begins_with(rest, "<meta") && rest.size() > 5 && (is_space(rest[5]) || rest[5] == '/')) {
      Attributes attributes(seen, at + 5);
      MetaElement meta;
      for (Attribute attribute; attributes.next(attribute);) meta.take(attribute);
      // Cut off inside the tag, it declares nothing.
      if (attributes.at() >= seen.size()) return {};
      if (!meta.charset().empty()) return meta.charset();
      at = attributes.at();
    } else if (rest.size() > 2 && (is_letter(rest[1]) || (rest[1] == '/' && is_letter(rest[2])))) {
      while (at < seen.size() && !is_space(seen[at]) && seen[at] != '>') ++at;
      Attributes attributes(seen, at);
      for (Attribute attribute; attributes.next(attribute);) continue;
      at = attributes.at();
    } else if (rest.size() > 1 && (rest[1] == '!' || rest[1] == '/' || rest[1] == '?')) {
      at = seen.find('>', at);
      if (at == std::string_view::npos) return {};
    } else {
      ++at;
    }
  }
  return {};
}

std::string_view charset_of_html(std::string_view bytes, std::string_view http_charset) noexcept {
  if (const std::string_view bom = charset_of_bom(bytes); !bom.empty()) return bom;
  const std::string_view http = charset_of_label(http_charset);
  return or_guess(http.empty() ? charset_of_meta(bytes) : http, bytes);
}

std::string_view charset_of_text(std::string_view bytes, std::string_view http_charset) noexcept {
  if (const std::string_view bom = charset_of_bom(bytes); !bom.empty()) return bom;
  return or_guess(charset_of_label(http_charset), bytes);
}

}  // namespace quern
