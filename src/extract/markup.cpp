#include "extract/markup.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }
constexpr bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// The place in Attributes for a name; null for one that is not looked at.
std::string_view* place_of(std::string_view name, Attributes& attributes) {
  switch (name.size()) {
    case 2: return same_word(name, "id") ? &attributes.id : nullptr;
    case 4:
      if (same_word(name, "role")) return &attributes.role;
      if (same_word(name, "type")) return &attributes.type;
      return same_word(name, "name") ? &attributes.name : nullptr;
    case 5:
      if (same_word(name, "class")) return &attributes.class_;
      return same_word(name, "style") ? &attributes.style : nullptr;
    case 7: return same_word(name, "content") ? &attributes.content : nullptr;
    case 8:
      if (same_word(name, "itemprop")) return &attributes.itemprop;
      return same_word(name, "property") ? &attributes.property : nullptr;
    default: return nullptr;
  }
}

}  // namespace

bool same_word(std::string_view word, std::string_view low) noexcept {
  return word.size() == low.size() && std::equal(word.begin(), word.end(), low.begin(), [](char a, char b) { return lower(a) == b; });
}

const MarkupToken& MarkupReader::next() {
  while (at_ < page_.size()) {
    if (read_text() || read_markup()) return token_;
  }
  token_.kind = MarkupToken::Kind::done;
  return token_;
}

bool MarkupReader::read_text() {
  std::size_t end = at_;
  for (;; ++end) {
    end = std::min(page_.find('<', end), page_.size());
    if (end + 1 >= page_.size()) {
      end = page_.size();
      break;
    }
    const char next = page_[end + 1];
    if (is_letter(next) || next == '!' || next == '?' || next == '/') break;
  }
  if (end == at_) return false;
  token_.kind = MarkupToken::Kind::text;
  token_.text = page_.substr(at_, end - at_);
  at_ = end;
  return true;
}

/// At `<` and a character that makes it markup.
bool MarkupReader::read_markup() {
  const char next = page_[at_ + 1];
  if (is_letter(next)) {
    read_tag(MarkupToken::Kind::start, at_ + 1);
    return token_.kind != MarkupToken::Kind::done;
  }
  if (next == '/' && at_ + 2 < page_.size() && is_letter(page_[at_ + 2])) {
    read_tag(MarkupToken::Kind::end, at_ + 2);
    return token_.kind != MarkupToken::Kind::done;
  }
  if (page_.substr(at_, 4) == "<!--") {
    pass_comment();
  } else {
    pass_to('>');
  }
  return false;
}

void MarkupReader::read_tag(MarkupToken::Kind kind, std::size_t name_at) {
  std::size_t end = name_at;
  while (end < page_.size() && !is_space(page_[end]) && page_[end] != '>' && page_[end] != '/') ++end;
  token_.kind = kind;
  token_.text = page_.substr(name_at, end - name_at);
  token_.tag = find_tag(token_.text);
  token_.raw = {};
  token_.attributes = {};
  at_ = end;
  read_attributes(kind == MarkupToken::Kind::start);
  if (token_.kind == MarkupToken::Kind::start && has_trait(token_.tag, kRawTag | kTextOnlyTag)) read_raw();
}

/// To behind the tag's `>`. A tag without one is dropped with all that follows it.
void MarkupReader::read_attributes(bool wanted) {
  for (;;) {
    while (at_ < page_.size() && (is_space(page_[at_]) || page_[at_] == '/')) ++at_;
    if (at_ == page_.size()) break;
    if (page_[at_] == '>') {
      ++at_;
      return;
    }
    const std::size_t name_at = at_++;  // a name may begin with `=`
    while (at_ < page_.size() && !is_space(page_[at_]) && page_[at_] != '>' && page_[at_] != '/' && page_[at_] != '=') ++at_;
    const std::string_view name = page_.substr(name_at, at_ - name_at);
    std::size_t behind = at_;
    while (behind < page_.size() && is_space(page_[behind])) ++behind;
    std::string_view value;
    if (behind < page_.size() && page_[behind] == '=') {
      at_ = behind + 1;
      read_value(value);
    } else {
      at_ = behind;
    }
    if (wanted) keep(name, value);
  }
  token_.kind = MarkupToken::Kind::done;
}

void MarkupReader::read_value(std::string_view& value) {
  while (at_ < page_.size() && is_space(page_[at_])) ++at_;
  if (at_ == page_.size()) return;
  const char quote = page_[at_];
  if (quote == '"' || quote == '\'') {
    const std::size_t first = at_ + 1, end = std::min(page_.find(quote, first), page_.size());
    value = page_.substr(first, end - first);
    at_ = std::min(end + 1, page_.size());
    return;
  }
  const std::size_t first = at_;
  while (at_ < page_.size() && !is_space(page_[at_]) && page_[at_] != '>') ++at_;
  value = page_.substr(first, at_ - first);
}

void MarkupReader::keep(std::string_view name, std::string_view value) {
  if (same_word(name, "hidden")) token_.attributes.hidden = true;
  if (same_word(name, "aria-hidden") && same_word(value, "true")) token_.attributes.hidden = true;
  std::string_view* const place = place_of(name, token_.attributes);
  if (place && place->empty()) *place = value;
}

/// Up to the element's end tag, which is left to be read.
void MarkupReader::read_raw() {
  const std::string_view name = tag_name(token_.tag);
  const std::size_t first = at_;
  for (;; ++at_) {
    at_ = std::min(page_.find('<', at_), page_.size());
    if (at_ == page_.size()) break;
    const std::string_view end = page_.substr(at_ + 1, name.size() + 2);
    if (end.size() < name.size() + 2 || end[0] != '/' || !same_word(end.substr(1, name.size()), name)) continue;
    if (is_space(end.back()) || end.back() == '/' || end.back() == '>') break;
  }
  token_.raw = page_.substr(first, at_ - first);
}

/// `<!-->` and `<!--->` are comments too; `--!>` ends one.
void MarkupReader::pass_comment() {
  std::size_t from = at_ + 4;
  if (page_.substr(from, 1) == ">" || page_.substr(from, 2) == "->") {
    at_ = page_.find('>', from) + 1;
    return;
  }
  for (;; ++from) {
    from = page_.find("--", from);
    if (from == std::string_view::npos) {
      at_ = page_.size();
      return;
    }
    std::size_t end = from + 2;
    if (end < page_.size() && page_[end] == '!') ++end;
    if (end < page_.size() && page_[end] == '>') {
      at_ = end + 1;
      return;
    }
  }
}

void MarkupReader::pass_to(char c) { at_ = std::min(page_.find(c, at_), page_.size() - 1) + 1; }

}  // namespace quern
