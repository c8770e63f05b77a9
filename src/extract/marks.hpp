#pragma once
// What the names that authors give to parts of a page (class, id) say about them.

#include "extract/page.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

enum Mark : Marks {
  kBodyMark = 1,          ///< the body of an article, by a name that is used for nothing else
  kContentMark = 1 << 1,  ///< content, article, post, story, …
  kNavMark = 1 << 2,
  kFooterMark = 1 << 3,
  kHeaderMark = 1 << 4,
  kSideMark = 1 << 5,
  kCommentMark = 1 << 6,
  kCookieMark = 1 << 7,
  kShareMark = 1 << 8,
  kRelatedMark = 1 << 9,
  kAdMark = 1 << 10,
  kLetterMark = 1 << 11,  ///< newsletters, subscriptions, log-in, donations
  kBylineMark = 1 << 12,  ///< author, date, tags
  kCaptionMark = 1 << 13,
  kHiddenMark = 1 << 14,
  kPopupMark = 1 << 15,
  kTitleMark = 1 << 16,
  kArticleTagMark = 1 << 17,  ///< <article>
  kMainTagMark = 1 << 18,     ///< <main>, role=main
  kBodyItemMark = 1 << 19,    ///< itemprop=articleBody
};

/// What parts of a page are called that are not its article.
inline constexpr Marks kBoilerplateMarks = kNavMark | kFooterMark | kHeaderMark | kSideMark | kCommentMark | kCookieMark | kShareMark |
                                           kRelatedMark | kAdMark | kLetterMark | kHiddenMark | kPopupMark;

/// Finds all words of a fixed list in one pass (Aho and Corasick 1975). Names are taken in lower case; whatever is no letter, and the
/// border between a small and a capital letter, parts words.
class MarkFinder {
 public:
  MarkFinder();

  Marks find(std::string_view name) const noexcept;

 private:
  static constexpr std::size_t kSymbols = 27;  // part, a to z
  using Row = std::array<std::uint16_t, kSymbols>;

  void add(std::string_view word, Marks marks);
  void link();
  std::uint16_t step(std::uint16_t state, std::size_t symbol, Marks& found) const noexcept {
    const std::uint16_t next = next_[state][symbol];
    found |= marks_[next];
    return next;
  }

  std::vector<Row> next_;
  std::vector<Marks> marks_;
};

}  // namespace quern
