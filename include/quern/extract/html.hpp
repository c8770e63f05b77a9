#pragma once
// HTML → the text of its article, without navigation, notices, teasers and the like; or all of its text.

#include "quern/base/verdict.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

/// What a page may cost. Beyond a limit its text goes on, only without structure: nothing is lost.
struct HtmlLimits {
  std::uint32_t max_depth = 256;          ///< open tags in one another; what is deeper belongs to the last one
  std::uint32_t max_elements = 1U << 19;  ///< block-level elements, and as many blocks; what comes after is text of those that are open
};

/// A longer page is not read (Reason::size); places in it are 32-bit numbers.
inline constexpr std::uint64_t kMaxHtmlBytes = std::uint64_t{1} << 30;

/// Extracts one page after the other with the same buffers. docs/extract.md gives every rule, weight and limit.
///
/// Linear in the page, whatever it holds. Memory beside the result: its text, at most 1.2 times the page, and about 160 bytes for each
/// block-level element with its block: at most 84 MiB with the default limits.
/// The result depends on nothing but the page.
class HtmlExtractor {
 public:
  explicit HtmlExtractor(HtmlLimits limits = {});
  ~HtmlExtractor();
  HtmlExtractor(HtmlExtractor&&) noexcept;
  HtmlExtractor& operator=(HtmlExtractor&&) noexcept;

  /// The page's main text. `html` is valid UTF-8 (of any other charset the reader has made it that), `text` too.
  /// Reason::extract_empty, and an empty text, when no block is chosen; Reason::size for a page longer than kMaxHtmlBytes.
  /// `title`, if asked for: og:title or the content of <title>.
  Reason article(std::string_view html, std::string& text, std::string* title = nullptr);

  /// All that a reader would see, without choosing: scripts, styles, form controls and what is marked as hidden are left out.
  Reason all_text(std::string_view html, std::string& text, std::string* title = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern
