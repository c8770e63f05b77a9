#pragma once
// The tags that mean something here, and what they mean for text.

#include <cstdint>
#include <string_view>

namespace quern {

enum class Tag : std::uint8_t {
  other, a, abbr, address, area, article, aside, audio, b, base, blockquote, body, br, button, canvas, caption, center, cite, code, col,
  colgroup, datalist, dd, details, dialog, dir, div, dl, dt, em, embed, fieldset, figcaption, figure, font, footer, form, frameset, h1,
  h2, h3, h4, h5, h6, head, header, hgroup, hr, html, i, iframe, img, input, label, legend, li, link, listing, main, map, menu, meta, nav,
  noembed, noframes, noscript, object, ol, optgroup, option, p, param, picture, plaintext, pre, progress, rp, s, script, search, section,
  select, small, source, span, strong, style, sub, summary, sup, svg, table, tbody, td, template_, textarea, tfoot, th, thead, time,
  title, tr, track, u, ul, video, wbr, xmp, annotation,
  count_,
};

enum TagTrait : std::uint16_t {
  kBlockTag = 1,       ///< begins and ends a line
  kVoidTag = 2,        ///< has no end tag
  kRawTag = 4,         ///< its content is not markup and is no text of the page
  kTextOnlyTag = 8,    ///< its content is text without tags
  kSilentTag = 16,     ///< its content is markup, but no text of the page
  kClosesPTag = 32,    ///< ends an open paragraph
  kHeadingTag = 64,
  kScopeTag = 128,     ///< tags inside it do not end what is open outside: tables, cells, buttons
  kSectioningTag = 256,
};

/// Traits by tag; WHATWG HTML, sections 13.1.2 (void, raw text), 13.2.4.2 (scopes), 13.2.6.4.7 (what ends a paragraph).
std::uint16_t traits(Tag tag) noexcept;

inline bool has_trait(Tag tag, std::uint16_t wanted) noexcept { return (traits(tag) & wanted) != 0; }

/// `name` in any case; Tag::other for one that is not in the list.
Tag find_tag(std::string_view name) noexcept;

/// Its name in lower case.
std::string_view tag_name(Tag tag) noexcept;

}  // namespace quern
