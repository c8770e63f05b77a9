#include "quern/extract/html.hpp"

#include "extract/choose.hpp"
#include "extract/page_builder.hpp"
#include "extract/write_text.hpp"

namespace quern {

struct HtmlExtractor::State {
  explicit State(HtmlLimits limits) : builder(marks, limits) {}

  Reason write(const std::vector<bool>& chosen, std::string& text, std::string* title) {
    text.clear();
    write_text(page, chosen, text);
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
  state_->builder.build(html, state_->page);
  return state_->write(state_->chooser.choose(state_->page), text, title);
}

Reason HtmlExtractor::all_text(std::string_view html, std::string& text, std::string* title) {
  state_->builder.build(html, state_->page);
  std::vector<bool> chosen;
  for (const Block& block : state_->page.blocks) chosen.push_back(!state_->page.elements[block.element].hidden);
  return state_->write(chosen, text, title);
}

}  // namespace quern
