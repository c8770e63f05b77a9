#include "extract/tags.hpp"

#include <array>
#include <cstddef>

namespace quern {

namespace {

struct TagRow {
  Tag tag;
  std::string_view name;
  std::uint16_t traits;
};

constexpr std::uint16_t kParts = kBlockTag | kClosesPTag;

constexpr TagRow kRows[] = {
    {Tag::a, "a", 0}, {Tag::abbr, "abbr", 0}, {Tag::address, "address", kParts}, {Tag::area, "area", kVoidTag},
    {Tag::article, "article", kParts | kSectioningTag}, {Tag::aside, "aside", kParts | kSectioningTag}, {Tag::audio, "audio", kSilentTag},
    {Tag::b, "b", 0}, {Tag::base, "base", kVoidTag}, {Tag::blockquote, "blockquote", kParts}, {Tag::body, "body", kBlockTag},
    {Tag::br, "br", kVoidTag}, {Tag::button, "button", kSilentTag | kScopeTag}, {Tag::canvas, "canvas", kSilentTag},
    {Tag::caption, "caption", kBlockTag | kScopeTag}, {Tag::center, "center", kParts}, {Tag::cite, "cite", 0}, {Tag::code, "code", 0},
    {Tag::col, "col", kVoidTag}, {Tag::colgroup, "colgroup", kBlockTag}, {Tag::datalist, "datalist", kSilentTag}, {Tag::dd, "dd", kParts},
    {Tag::details, "details", kParts}, {Tag::dialog, "dialog", kParts}, {Tag::dir, "dir", kParts}, {Tag::div, "div", kParts},
    {Tag::dl, "dl", kParts}, {Tag::dt, "dt", kParts}, {Tag::em, "em", 0}, {Tag::embed, "embed", kVoidTag},
    {Tag::fieldset, "fieldset", kParts}, {Tag::figcaption, "figcaption", kParts}, {Tag::figure, "figure", kParts}, {Tag::font, "font", 0},
    {Tag::footer, "footer", kParts | kSectioningTag}, {Tag::form, "form", kParts}, {Tag::frameset, "frameset", kBlockTag},
    {Tag::h1, "h1", kParts | kHeadingTag}, {Tag::h2, "h2", kParts | kHeadingTag}, {Tag::h3, "h3", kParts | kHeadingTag},
    {Tag::h4, "h4", kParts | kHeadingTag}, {Tag::h5, "h5", kParts | kHeadingTag}, {Tag::h6, "h6", kParts | kHeadingTag},
    {Tag::head, "head", kBlockTag}, {Tag::header, "header", kParts | kSectioningTag}, {Tag::hgroup, "hgroup", kParts},
    {Tag::hr, "hr", kParts | kVoidTag}, {Tag::html, "html", kBlockTag}, {Tag::i, "i", 0}, {Tag::iframe, "iframe", kRawTag},
    {Tag::img, "img", kVoidTag}, {Tag::input, "input", kVoidTag}, {Tag::label, "label", 0}, {Tag::legend, "legend", kBlockTag},
    {Tag::li, "li", kParts}, {Tag::link, "link", kVoidTag}, {Tag::listing, "listing", kParts},
    {Tag::main, "main", kParts | kSectioningTag}, {Tag::map, "map", 0}, {Tag::menu, "menu", kParts}, {Tag::meta, "meta", kVoidTag},
    {Tag::nav, "nav", kParts | kSectioningTag}, {Tag::noembed, "noembed", kRawTag}, {Tag::noframes, "noframes", kRawTag},
    {Tag::noscript, "noscript", kSilentTag}, {Tag::object, "object", kSilentTag | kScopeTag}, {Tag::ol, "ol", kParts},
    {Tag::optgroup, "optgroup", 0}, {Tag::option, "option", 0}, {Tag::p, "p", kParts}, {Tag::param, "param", kVoidTag},
    {Tag::picture, "picture", 0}, {Tag::plaintext, "plaintext", kParts}, {Tag::pre, "pre", kParts},
    {Tag::progress, "progress", kSilentTag}, {Tag::rp, "rp", kSilentTag}, {Tag::s, "s", 0}, {Tag::script, "script", kRawTag},
    {Tag::search, "search", kParts}, {Tag::section, "section", kParts | kSectioningTag}, {Tag::select, "select", kSilentTag},
    {Tag::small, "small", 0}, {Tag::source, "source", kVoidTag}, {Tag::span, "span", 0}, {Tag::strong, "strong", 0},
    {Tag::style, "style", kRawTag}, {Tag::sub, "sub", 0}, {Tag::summary, "summary", kParts}, {Tag::sup, "sup", 0},
    {Tag::svg, "svg", kSilentTag}, {Tag::table, "table", kParts | kScopeTag}, {Tag::tbody, "tbody", kBlockTag},
    {Tag::td, "td", kBlockTag | kScopeTag}, {Tag::template_, "template", kSilentTag | kScopeTag}, {Tag::textarea, "textarea", kRawTag},
    {Tag::tfoot, "tfoot", kBlockTag}, {Tag::th, "th", kBlockTag | kScopeTag}, {Tag::thead, "thead", kBlockTag}, {Tag::time, "time", 0},
    {Tag::title, "title", kTextOnlyTag}, {Tag::tr, "tr", kBlockTag}, {Tag::track, "track", kVoidTag}, {Tag::u, "u", 0},
    {Tag::ul, "ul", kParts}, {Tag::video, "video", kSilentTag}, {Tag::wbr, "wbr", kVoidTag}, {Tag::xmp, "xmp", kParts},
    {Tag::annotation, "annotation", kSilentTag},
};

constexpr std::size_t kLongestName = 10;

/// A name of at most ten letters, which its first eight and its length tell from every other one of the list.
struct TagKey {
  std::uint64_t value = 0;

  constexpr explicit TagKey(std::string_view name) {
    for (std::size_t i = 0; i < name.size() && i < 8; ++i) value = value << 8 | (static_cast<unsigned char>(name[i]) | 0x20U);
    value ^= static_cast<std::uint64_t>(name.size()) << 59;
  }

  constexpr std::size_t slot() const { return static_cast<std::size_t>((value * 0x9E3779B97F4A7C15U) >> 54); }
};

/// Open addressing, 1024 places for about 110 names.
struct TagTable {
  std::array<std::uint64_t, 1024> key{};
  std::array<Tag, 1024> tag{};
  std::array<std::uint16_t, static_cast<std::size_t>(Tag::count_)> traits{};
  std::array<std::string_view, static_cast<std::size_t>(Tag::count_)> name{};

  constexpr TagTable() {
    for (const TagRow& row : kRows) {
      const TagKey wanted(row.name);
      std::size_t at = wanted.slot();
      while (key[at]) at = (at + 1) % key.size();
      key[at] = wanted.value;
      tag[at] = row.tag;
      traits[static_cast<std::size_t>(row.tag)] = row.traits;
      name[static_cast<std::size_t>(row.tag)] = row.name;
    }
  }
};

constexpr TagTable kTable;

}  // namespace

std::uint16_t traits(Tag tag) noexcept { return kTable.traits[static_cast<std::size_t>(tag)]; }

std::string_view tag_name(Tag tag) noexcept { return kTable.name[static_cast<std::size_t>(tag)]; }

Tag find_tag(std::string_view name) noexcept {
  if (name.size() > kLongestName) return Tag::other;
  const TagKey wanted(name);
  for (std::size_t at = wanted.slot(); kTable.key[at]; at = (at + 1) % kTable.key.size()) {
    if (kTable.key[at] == wanted.value) return kTable.tag[at];
  }
  return Tag::other;
}

}  // namespace quern
