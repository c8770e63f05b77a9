#pragma once
// Which blocks of a page are its article.

#include "extract/page.hpp"

#include <cstdint>
#include <vector>

namespace quern {

/// Leaves out what is boilerplate by name, scores what is left, picks the element that holds the article, and leaves out what inside it
/// is none. docs/extract.md explains the rules.
class Chooser {
 public:
  /// For each block whether it is part of the article. The vector lives until the next call.
  const std::vector<bool>& choose(const Page& page);

 private:
  /// Sums over the blocks of an element.
  struct Sums {
    std::uint64_t letters = 0, link_letters = 0, prose = 0;
  };

  // choose.cpp: the element
  void sum_up();
  Sums sums(const Element& element) const;
  void leave_out();
  bool is_boilerplate(std::uint32_t element) const;
  bool is_frame(std::uint32_t element) const;
  bool is_embedded_quote(std::uint32_t element) const;
  void score();
  std::uint32_t best_element() const;
  std::uint32_t widen(std::uint32_t best) const;
  std::uint32_t depth_of(std::uint32_t element) const;

  // choose_blocks.cpp: the blocks in it
  void take_from(const Element& root);
  void take_what_is_left();
  bool is_noise(const Element& element, const Sums& all) const;
  bool is_link_line(const Block& block) const;
  bool is_heading(std::uint32_t block) const;
  bool is_line(std::uint32_t block) const;
  bool is_title(std::uint32_t block) const;
  std::uint32_t first_prose(const Element& root) const;
  void drop_lead(const Element& root);
  void drop_tail(const Element& root);
  void drop_idle_headings(const Element& root);

  const Page* page_ = nullptr;
  std::vector<Sums> before_;                  // of the blocks before each
  std::vector<std::uint32_t> quotes_before_;  // blockquotes before each element
  std::vector<std::uint32_t> bodies_before_;  // likewise <h1>, <main> and elements named as an article's body
  std::vector<bool> left_out_;                // by element
  std::vector<bool> noise_;                   // by element of the chosen one
  std::vector<std::uint64_t> scores_;         // by element
  std::vector<bool> chosen_;                  // by block
};

/// Letters outside of links if the block reads like sentences: at least 40, with a comma or full stop, and more than are in links; else 0.
std::uint32_t prose_of(const Block& block);

}  // namespace quern
