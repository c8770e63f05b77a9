#include "quern/extract/html.hpp"

#include "extract/choose.hpp"
#include "extract/page_builder.hpp"
#include "extract/write_text.hpp"

namespace quern {

struct HtmlExtractor::State {
  explicit State(HtmlLimits limits) : builder(marks, limits) {}

  template <class Choose>
  Reason extract(std::string_view html, std::string& text, std::string* title, Choose choose) {
    text.clear();
    if (title) title->clear();
    if (html.size() > kMaxHtmlBytes) return Reason::size;
    builder.build(html, page);
    write_text(page, choose(), text);
    if (title) *title = page.og_title.empty() ? page.title : page.og_title;
    return text.empty() ? Reason::extract_empty : Reason::none;
  }

  MarkFinder marks;
  PageBuilder builder;
  Page page;
  Chooser chooser;
};

HtmlExtractor::HtmlExtractor(HtmlLimits limits) : state_(std::make_unique<State>(limits)) {}
HtmlExtractor::~HtmlExtractor() = default;
HtmlExtractor::HtmlExtractor(HtmlExtractor&&) noexcept = default;
HtmlExtractor& HtmlExtractor::operator=(HtmlExtractor&&) noexcept = default;

Reason HtmlExtractor::article(std::string_view html, std::string& text, std::string* title) {
  return state_->extract(html, text, title, [&]() -> const std::vector<bool>& { return state_->chooser.choose(state_->page); });
}

/// What is hidden has no blocks.
Reason HtmlExtractor::all_text(std::string_view html, std::string& text, std::string* title) {
  return state_->extract(html, text, title, [&] { return std::vector<bool>(state_->page.blocks.size(), true); });
}

}  // namespace quern
