#pragma once
// Markup → Page: which element lies in which, and where a block of text begins and ends.

#include "extract/marks.hpp"
#include "extract/markup.hpp"
#include "extract/page.hpp"
#include "quern/extract/html.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

/// Builds the page that browsers would build, but for misnested inline tags (they need no copies of elements here): the tags of WHATWG
/// HTML, section 13.2.6.4.7, that end others do so, end tags that match nothing are passed over.
class PageBuilder {
 public:
  PageBuilder(const MarkFinder& marks, HtmlLimits limits) : marks_(marks), limits_(limits) {}

  void build(std::string_view html, Page& page);

 private:
  struct Open {
    std::uint32_t element = 0;  ///< of itself, or of the innermost one that has an entry among the elements
    std::uint32_t name_hash = 0;
    Tag tag = Tag::other;
    bool is_block = false;
    bool hidden = false;
    bool has_element = false;
  };

  void start(const MarkupToken& token);
  void end(const MarkupToken& token);
  void push(const MarkupToken& token);
  void pop();
  void pop_to(std::size_t size);
  void close_before(Tag tag);
  void close_open(Tag tag, bool (*stops)(Tag));
  void meta(const Attributes& attributes);
  void raw(const MarkupToken& token);
  void line_break();
  void text(std::string_view run);
  void pre_text(std::string_view run);
  void append(std::string_view bytes);
  void space();
  void begin_block();
  void flush();
  Marks marks_of(const MarkupToken& token) const;
  std::uint32_t& open_count(Tag tag, std::uint32_t name_hash);

  const MarkFinder& marks_;
  HtmlLimits limits_;
  Page* page_ = nullptr;
  std::vector<Open> open_;
  std::size_t beyond_ = 0;            ///< start tags too deep to be kept, whose end tags are still to come
  std::array<std::uint32_t, 256> counts_{};  ///< open elements by tag, then by hash of the names not in the list
  std::uint32_t links_ = 0, pres_ = 0;
  Block block_;
  bool in_block_ = false, space_due_ = false, break_before_ = false;
  std::string scratch_;
};

}  // namespace quern
