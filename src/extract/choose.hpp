#pragma once
// Which blocks of a page are its article.

#include "extract/page.hpp"

#include <cstdint>
#include <vector>

namespace quern {

/// Scores elements, picks the one that holds the article, and leaves out what inside it is none.
class Chooser {
 public:
  /// For each block whether it is part of the article.
  const std::vector<bool>& choose(const Page& page);

 private:
  /// Sums over the blocks of an element.
  struct Sums {
    std::uint64_t letters = 0, link_letters = 0, prose = 0, stops = 0;
  };

  void sum_up();
  Sums sums(const Element& element) const;
  void leave_out();
  bool is_embedded_quote(std::uint32_t element) const;
  bool is_boilerplate(std::uint32_t element) const;
  std::uint32_t best_element();
  std::uint32_t widen(std::uint32_t best) const;
  void take_what_is_left();
  void take_from(std::uint32_t root);
  bool is_link_line(const Block& block) const;
  bool is_heading(std::uint32_t block) const;
  bool is_line(std::uint32_t block) const;
  bool is_title(std::uint32_t block) const;
  void drop_lead(const Element& top);
  void drop_tail(const Element& top);
  void drop_idle_headings(const Element& top);
  std::uint32_t depth_of(std::uint32_t e) const;
  bool is_noise(std::uint32_t element, std::uint32_t root) const;

  const Page* page_ = nullptr;
  std::vector<Sums> before_;           // of the blocks before each
  std::vector<std::uint32_t> quotes_before_;  // blockquotes before each element
  std::vector<bool> left_out_;         // by element
  std::vector<std::uint64_t> scores_;  // by element
  std::vector<bool> chosen_;           // by block
};

}  // namespace quern
