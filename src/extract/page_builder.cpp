#include "extract/page_builder.hpp"

#include "extract/entities.hpp"

#include <algorithm>
#include <utility>

namespace quern {

namespace {

constexpr std::size_t kTags = static_cast<std::size_t>(Tag::count_);
static_assert(kTags + 64 <= 256);

/// FNV-1a of the name in lower case.
std::uint32_t hash_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ (static_cast<unsigned char>(c) | 0x20U)) * 16777619U;
  return hash;
}

bool is_cell(Tag tag) { return tag == Tag::td || tag == Tag::th || tag == Tag::caption; }
bool is_part_of_table(Tag tag) { return tag == Tag::tbody || tag == Tag::thead || tag == Tag::tfoot; }
bool is_line(Tag tag) {
  return is_cell(tag) || tag == Tag::li || tag == Tag::dt || tag == Tag::dd || tag == Tag::blockquote || tag == Tag::pre;
}
bool is_heading(Tag tag) { return has_trait(tag, kHeadingTag); }

/// What ends the search for an element that a start tag closes.
bool stops_paragraph(Tag tag) { return has_trait(tag, kScopeTag); }
bool stops_item(Tag tag) { return has_trait(tag, kBlockTag | kScopeTag) && tag != Tag::div && tag != Tag::p && tag != Tag::address; }
bool stops_link(Tag tag) { return has_trait(tag, kScopeTag); }
bool stops_in_table(Tag tag) { return tag == Tag::table || tag == Tag::template_; }
bool stops_option(Tag tag) { return tag == Tag::select || tag == Tag::datalist; }

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

/// Letters of text, the unit of all lengths: a character is one, but one of the scripts that write a syllable or a word with a character
/// (U+3000 to U+D7FF, beyond U+FFFF) is three, since that much more is said by it.
struct Measure {
  std::uint32_t letters = 0, stops = 0;
};

bool is_ascii_stop(unsigned char c) { return c == ',' || c == '.' || c == ';' || c == ':' || c == '!' || c == '?'; }

/// U+3001 3002, U+FF0C FF0E FF01 FF1F FF1B, U+0964 0965, U+060C 061B 061F 06D4, U+1362 1363.
bool is_other_stop(std::string_view s) {
  using namespace std::string_view_literals;
  for (const std::string_view stop : {"\u3001"sv, "\u3002"sv, "\uFF0C"sv, "\uFF0E"sv, "\uFF01"sv, "\uFF1F"sv, "\uFF1B"sv, "\u0964"sv,
                                      "\u0965"sv, "\u060C"sv, "\u061B"sv, "\u061F"sv, "\u06D4"sv, "\u1362"sv, "\u1363"sv}) {
    if (s.substr(0, stop.size()) == stop) return true;
  }
  return false;
}

Measure measure(std::string_view s) {
  Measure result;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c < 0x80) {
      result.letters += c > ' ';
      result.stops += is_ascii_stop(c);
    } else if (c >= 0xC0) {
      result.letters += (c >= 0xE3 && c <= 0xED) || c >= 0xF0 ? 3 : 1;
      if (c == 0xD8 || c == 0xDB || (c >= 0xE0 && c <= 0xE3) || c == 0xEF) result.stops += is_other_stop(s.substr(i, 3));
    }
  }
  return result;
}

/// `display: none` or `visibility: hidden`, with or without spaces.
bool style_hides(std::string_view style) {
  std::string packed;
  for (const char c : style.substr(0, 400)) {
    if (!is_space(c)) packed += static_cast<char>(c | 0x20);
  }
  return packed.find("display:none") != std::string::npos || packed.find("visibility:hidden") != std::string::npos;
}

constexpr std::size_t kTitleBytes = 500;  ///< of a title, and up to the end of a character; headings are looked for in it

constexpr bool is_lead_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Text of an attribute or of <title>: references decoded, white space collapsed.
void append_plain(std::string_view raw, std::string& out) {
  bool due = false;
  for (std::size_t i = 0; i < raw.size();) {
    if (is_space(raw[i])) {
      due = !out.empty();
      ++i;
      continue;
    }
    if (std::exchange(due, false)) out += ' ';
    const std::size_t taken = raw[i] == '&' ? decode_entity(raw.substr(i), out) : 0;
    if (taken == 0) out += raw[i];
    i += std::max<std::size_t>(taken, 1);
    if (out.size() > kTitleBytes && (i == raw.size() || is_lead_byte(raw[i]))) break;
  }
}

}  // namespace

void PageBuilder::build(std::string_view html, Page& page) {
  page.clear();
  page_ = &page;
  open_.clear();
  counts_.fill(0);
  beyond_ = 0;
  links_ = pres_ = 0;
  in_block_ = space_due_ = break_before_ = false;
  page.elements.emplace_back();  // the root, which the page's own <html> and <body> lie in
  open_.push_back({.element = 0, .tag = Tag::html, .is_block = true, .has_element = true});
  MarkupReader reader(html);
  for (;;) {
    const MarkupToken& token = reader.next();
    if (token.kind == MarkupToken::Kind::done) break;
    if (token.kind == MarkupToken::Kind::text) {
      if (!open_.back().hidden) text(token.text);
    } else if (token.kind == MarkupToken::Kind::start) {
      start(token);
    } else {
      end(token);
    }
  }
  pop_to(0);
  if (!in_block_) return;  // what came after the limit was reached belongs to the last block
  block_.element = 0;
  block_.end = static_cast<std::uint32_t>(page.text.size());
  page.blocks.push_back(block_);
  page.elements[0].end_block = static_cast<std::uint32_t>(page.blocks.size());
}

std::uint32_t& PageBuilder::open_count(Tag tag, std::uint32_t name_hash) {
  return counts_[tag == Tag::other ? kTags + name_hash % 64 : static_cast<std::size_t>(tag)];
}

void PageBuilder::start(const MarkupToken& token) {
  const Tag tag = token.tag;
  if (tag == Tag::meta) return meta(token.attributes);
  if (has_trait(tag, kRawTag | kTextOnlyTag)) return raw(token);
  if (tag == Tag::html || tag == Tag::body || tag == Tag::head) {
    return;
  }
  if (tag == Tag::br) return line_break();
  if (beyond_ == 0) close_before(tag);
  if (has_trait(tag, kVoidTag)) {
    if (has_trait(tag, kBlockTag)) flush();
    return;
  }
  push(token);
}

void PageBuilder::close_before(Tag tag) {
  if (has_trait(tag, kClosesPTag)) close_open(Tag::p, stops_paragraph);
  if (is_heading(tag) && is_heading(open_.back().tag)) pop();
  switch (tag) {
    case Tag::li: return close_open(Tag::li, stops_item);
    case Tag::dd:
    case Tag::dt:
      close_open(Tag::dd, stops_item);
      return close_open(Tag::dt, stops_item);
    case Tag::a: return close_open(Tag::a, stops_link);
    case Tag::option: return close_open(Tag::option, stops_option);
    case Tag::td:
    case Tag::th:
      close_open(Tag::td, stops_in_table);
      return close_open(Tag::th, stops_in_table);
    case Tag::tr: return close_open(Tag::tr, stops_in_table);
    case Tag::tbody:
    case Tag::thead:
    case Tag::tfoot:
      for (const Tag part : {Tag::tbody, Tag::thead, Tag::tfoot}) close_open(part, stops_in_table);
      return;
    default: return;
  }
}

/// Ends the innermost open `tag`, unless there is none before a tag that stops the search.
void PageBuilder::close_open(Tag tag, bool (*stops)(Tag)) {
  if (open_count(tag, 0) == 0) return;
  for (std::size_t i = open_.size(); i-- > 1;) {
    if (open_[i].tag == tag) return pop_to(i);
    if (stops(open_[i].tag)) return;
  }
}

void PageBuilder::push(const MarkupToken& token) {
  if (open_.size() >= limits_.max_depth || page_->elements.size() >= limits_.max_elements || page_->blocks.size() >= limits_.max_elements) {
    ++beyond_;
    if (has_trait(token.tag, kBlockTag)) flush();
    return;
  }
  Open entry;
  entry.tag = token.tag;
  entry.is_block = has_trait(token.tag, kBlockTag);
  if (token.tag == Tag::other) entry.name_hash = hash_of(token.text);
  const Attributes& attributes = token.attributes;
  entry.hidden = open_.back().hidden || attributes.hidden || has_trait(token.tag, kSilentTag) ||
                 (!attributes.style.empty() && style_hides(attributes.style));
  entry.element = open_.back().element;
  if (entry.is_block) {
    flush();
    entry.has_element = true;
    Element element;
    element.parent = entry.element;
    element.first_block = static_cast<std::uint32_t>(page_->blocks.size());
    element.marks = marks_of(token);
    element.tag = entry.tag;
    element.hidden = entry.hidden;
    entry.element = static_cast<std::uint32_t>(page_->elements.size());
    const Element& around = page_->elements[element.parent];
    element.line = is_line(entry.tag) ? entry.element : around.line;
    element.row = entry.tag == Tag::tr ? entry.element : around.row;
    page_->elements.push_back(element);
  }
  links_ += entry.tag == Tag::a;
  pres_ += entry.tag == Tag::pre || entry.tag == Tag::listing || entry.tag == Tag::xmp;
  ++open_count(entry.tag, entry.name_hash);
  open_.push_back(entry);
}

void PageBuilder::pop() {
  const Open entry = open_.back();
  if (entry.is_block) flush();
  if (entry.has_element) {
    Element& element = page_->elements[entry.element];
    element.end = static_cast<std::uint32_t>(page_->elements.size());
    element.end_block = static_cast<std::uint32_t>(page_->blocks.size());
  }
  links_ -= entry.tag == Tag::a;
  pres_ -= entry.tag == Tag::pre || entry.tag == Tag::listing || entry.tag == Tag::xmp;
  if (open_.size() > 1) --open_count(entry.tag, entry.name_hash);
  open_.pop_back();
}

void PageBuilder::pop_to(std::size_t size) {
  while (open_.size() > size) pop();
}

/// An end tag closes what was opened last with its name; that of an inline element does not reach out of the block it stands in, that of
/// any other not out of a table's cell.
void PageBuilder::end(const MarkupToken& token) {
  if (token.tag == Tag::br) return line_break();
  if (token.tag == Tag::html || token.tag == Tag::body || token.tag == Tag::head) return;
  if (beyond_ > 0) {
    --beyond_;
    if (has_trait(token.tag, kBlockTag)) flush();
    return;
  }
  const std::uint32_t name_hash = token.tag == Tag::other ? hash_of(token.text) : 0;
  if (open_count(token.tag, name_hash) == 0) return;
  const bool heading = is_heading(token.tag), block = has_trait(token.tag, kBlockTag | kScopeTag);
  const bool of_table = token.tag == Tag::table || is_cell(token.tag) || is_part_of_table(token.tag) || token.tag == Tag::tr;
  for (std::size_t i = open_.size(); i-- > 1;) {
    const Open& entry = open_[i];
    if ((entry.tag == token.tag && entry.name_hash == name_hash) || (heading && is_heading(entry.tag))) return pop_to(i);
    if (block ? (has_trait(entry.tag, kScopeTag) && !of_table) : entry.is_block) return;
    if (of_table && entry.tag == Tag::table) return;
  }
}

Marks PageBuilder::marks_of(const MarkupToken& token) const {
  Marks marks = 0;
  const Attributes& attributes = token.attributes;
  if (!attributes.class_.empty()) marks |= marks_.find(attributes.class_);
  // Sections and headings are often named for what they are about.
  if (!attributes.id.empty() && token.tag != Tag::section && !is_heading(token.tag)) marks |= marks_.find(attributes.id);
  if (!attributes.itemprop.empty()) {
    if (same_word(attributes.itemprop, "articlebody") || same_word(attributes.itemprop, "text")) marks |= kBodyItemMark;
  }
  if (!attributes.role.empty()) {
    const std::string_view role = attributes.role;
    if (same_word(role, "main")) marks |= kMainTagMark;
    if (same_word(role, "article")) marks |= kArticleTagMark;
    if (same_word(role, "navigation") || same_word(role, "menu") || same_word(role, "menubar")) marks |= kNavMark;
    if (same_word(role, "contentinfo")) marks |= kFooterMark;
    if (same_word(role, "banner")) marks |= kHeaderMark;
    if (same_word(role, "complementary")) marks |= kSideMark;
    if (same_word(role, "dialog") || same_word(role, "alert") || same_word(role, "search")) marks |= kPopupMark;
  }
  switch (token.tag) {
    case Tag::nav: return marks | kNavMark;
    case Tag::footer: return marks | kFooterMark;
    case Tag::header: return marks | kHeaderMark;
    case Tag::aside: return marks | kSideMark;
    case Tag::dialog:
    case Tag::search: return marks | kPopupMark;
    case Tag::article: return marks | kArticleTagMark;
    case Tag::main: return marks | kMainTagMark;
    case Tag::figcaption: return marks | kCaptionMark;
    default: return marks;
  }
}

void PageBuilder::meta(const Attributes& attributes) {
  if (page_->og_title.empty() && same_word(attributes.property, "og:title")) append_plain(attributes.content, page_->og_title);
}

void PageBuilder::raw(const MarkupToken& token) {
  if (token.tag == Tag::title && page_->title.empty() && !open_.back().hidden) append_plain(token.raw, page_->title);
}

/// One break is a line's end, a second one without text between begins a new block.
void PageBuilder::line_break() {
  if (pres_ > 0) return pre_text("\n");
  if (!in_block_) return;
  if (break_before_) return flush();
  break_before_ = true;
  space_due_ = false;
}

void PageBuilder::begin_block() {
  if (in_block_) return;
  in_block_ = true;
  block_ = {};
  block_.element = open_.back().element;
  block_.begin = static_cast<std::uint32_t>(page_->text.size());
}

void PageBuilder::flush() {
  space_due_ = break_before_ = false;
  if (!in_block_ || page_->blocks.size() >= limits_.max_elements) return;  // beyond the limit the last block takes all
  in_block_ = false;
  if (block_.letters == 0) return page_->text.resize(block_.begin);
  while (page_->text.back() == '\n' || page_->text.back() == ' ' || page_->text.back() == '\t') page_->text.pop_back();
  while (page_->text[block_.begin] == '\n') ++block_.begin;  // of <pre>
  block_.end = static_cast<std::uint32_t>(page_->text.size());
  page_->blocks.push_back(block_);
}

void PageBuilder::space() { space_due_ = in_block_ && !break_before_; }

void PageBuilder::append(std::string_view bytes) {
  begin_block();
  std::string& out = page_->text;
  if (break_before_) out += '\n';
  if (space_due_) out += ' ';
  break_before_ = space_due_ = false;
  out += bytes;
  const Measure measured = measure(bytes);
  block_.letters += measured.letters;
  block_.stops += measured.stops;
  if (links_ > 0) block_.link_letters += measured.letters;
}

void PageBuilder::text(std::string_view run) {
  if (pres_ > 0) return pre_text(run);
  for (std::size_t i = 0; i < run.size();) {
    if (is_space(run[i])) {
      space();
      ++i;
      continue;
    }
    if (run[i] == '&') {
      scratch_.clear();
      const std::size_t taken = decode_entity(run.substr(i), scratch_);
      if (taken > 0) {
        if (scratch_ == "\u00A0" || scratch_ == " " || scratch_ == "\n" || scratch_ == "\t") {
          space();
        } else if (scratch_ != "\u00AD") {
          append(scratch_);
        }
        i += taken;
        continue;
      }
    }
    if (run.substr(i, 2) == "\u00A0" || run.substr(i, 2) == "\u00AD") {
      if (run[i + 1] == '\xA0') space();
      i += 2;
      continue;
    }
    std::size_t end = i + 1;
    while (end < run.size() && run[end] != '&' && run[end] != '\xC2' && !is_space(run[end])) ++end;
    append(run.substr(i, end - i));
    i = end;
  }
}

/// As it stands, but CR LF and CR are LF.
void PageBuilder::pre_text(std::string_view run) {
  for (std::size_t i = 0; i < run.size();) {
    if (run[i] == '\r') {
      if (run.substr(i, 2) != "\r\n") append("\n");
      ++i;
      continue;
    }
    const std::size_t taken = run[i] == '&' ? (scratch_.clear(), decode_entity(run.substr(i), scratch_)) : 0;
    if (taken > 0) {
      append(scratch_);
      i += taken;
      continue;
    }
    const std::size_t end = std::min(run.find_first_of("&\r", i + 1), run.size());
    append(run.substr(i, end - i));
    i = end;
  }
}

}  // namespace quern
