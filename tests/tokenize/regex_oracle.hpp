#pragma once
// Runs the published regexes as they are written: a backtracking matcher for the few constructs they use. Slow, and independent of the
// scanners, which it judges.

#include "quern/text/unicode.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class RegexOracle {
 public:
  explicit RegexOracle(std::string_view regex) : source_(regex) {
    root_ = parse_alternatives();
    if (at_ != source_.size()) throw std::runtime_error("regex: unexpected )");
  }

  /// The consecutive matches; characters that none matches are left out.
  std::vector<std::string> find_all(std::string_view text) const {
    std::u32string characters;
    std::vector<std::size_t> starts;
    for (std::size_t at = 0; at < text.size();) {
      starts.push_back(at);
      characters.push_back(next_code_point(text, at));
    }
    starts.push_back(text.size());
    std::vector<std::string> matches;
    for (std::size_t begin = 0; begin < characters.size();) {
      std::size_t end = begin;
      const bool found = match_any(root_, characters, begin, [&](std::size_t p) { return end = p, true; });
      if (!found || end == begin) {
        ++begin;
        continue;
      }
      matches.emplace_back(text.substr(starts[begin], starts[end] - starts[begin]));
      begin = end;
    }
    return matches;
  }

 private:
  using Then = std::function<bool(std::size_t)>;
  using Test = std::function<bool(char32_t)>;
  struct Item;
  using Sequence = std::vector<Item>;
  using Alternatives = std::vector<Sequence>;
  struct Item {
    enum class Kind { set, group, not_ahead, end } kind = Kind::set;
    Test test;
    std::shared_ptr<Alternatives> group;
    std::size_t least = 1;
    std::size_t most = 1;
    bool possessive = false;
  };

  // ---- parsing ----

  bool at_end() const { return at_ >= source_.size(); }
  bool take(std::string_view text) {
    if (source_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }

  Alternatives parse_alternatives() {
    Alternatives all(1);
    while (!at_end() && source_[at_] != ')') {
      if (take("|")) {
        all.emplace_back();
      } else {
        all.back().push_back(parse_quantified());
      }
    }
    return all;
  }

  Item parse_quantified() {
    Item item = parse_item();
    if (take("?")) {
      item.least = 0;
    } else if (take("*")) {
      item.least = 0;
      item.most = SIZE_MAX;
    } else if (take("+")) {
      item.most = SIZE_MAX;
    } else if (take("{1,3}")) {
      item.most = 3;
    } else {
      return item;
    }
    item.possessive = take("+");
    return item;
  }

  Item parse_item() {
    Item item;
    if (take("(")) {
      const bool outer_fold = fold_;
      if (take("?!")) {
        item.kind = Item::Kind::not_ahead;
      } else {
        item.kind = Item::Kind::group;
        if (take("?i:")) {
          fold_ = true;
        } else if (!take("?:")) {
          throw std::runtime_error("regex: unknown group");
        }
      }
      item.group = std::make_shared<Alternatives>(parse_alternatives());
      if (!take(")")) throw std::runtime_error("regex: ) expected");
      fold_ = outer_fold;
    } else if (take("$")) {
      item.kind = Item::Kind::end;
    } else if (take("[")) {
      item.test = parse_class();
    } else {
      item.test = parse_member();
    }
    return item;
  }

  Test parse_class() {
    const bool negated = take("^");
    std::vector<Test> members;
    while (!take("]")) members.push_back(parse_member());
    return [members, negated](char32_t c) {
      bool any = false;
      for (const Test& member : members) any = any || member(c);
      return any != negated;
    };
  }

  Test parse_member() {
    if (take("\\s")) return is_white_space;
    if (take("\\S")) return [](char32_t c) { return !is_white_space(c); };
    if (take("\\r")) return [](char32_t c) { return c == U'\r'; };
    if (take("\\n")) return [](char32_t c) { return c == U'\n'; };
    if (take("\\p{")) {
      const std::size_t close = source_.find('}', at_);
      const std::string name(source_.substr(at_, close - at_));
      at_ = close + 1;
      return property(name);
    }
    const std::string_view rest = source_.substr(at_);
    std::size_t bytes = 0;
    const char32_t wanted = next_code_point(rest, bytes);
    at_ += bytes;
    if (fold_) return [wanted](char32_t c) { return simple_fold(c) == simple_fold(wanted); };
    return [wanted](char32_t c) { return c == wanted; };
  }

  static Test property(const std::string& name) {
    if (name == "L") return is_letter;
    if (name == "M") return is_mark;
    if (name == "N") return is_number;
    const auto is = [](Category wanted) -> Test { return [wanted](char32_t c) { return category(c) == wanted; }; };
    if (name == "Lu") return is(Category::Lu);
    if (name == "Lt") return is(Category::Lt);
    if (name == "Lm") return is(Category::Lm);
    if (name == "Lo") return is(Category::Lo);
    if (name == "Ll") return is(Category::Ll);
    throw std::runtime_error("regex: unknown property " + name);
  }

  // ---- matching: every function calls `then` with each end it can reach, in order of preference, until one is taken ----

  static bool match_any(const Alternatives& all, const std::u32string& s, std::size_t at, const Then& then) {
    for (const Sequence& one : all) {
      if (match_from(one, 0, s, at, then)) return true;
    }
    return false;
  }

  static bool match_from(const Sequence& items, std::size_t i, const std::u32string& s, std::size_t at, const Then& then) {
    if (i == items.size()) return then(at);
    return match_quantified(items[i], s, at, [&](std::size_t p) { return match_from(items, i + 1, s, p, then); });
  }

  static bool match_quantified(const Item& item, const std::u32string& s, std::size_t at, const Then& then) {
    if (!item.possessive) return match_times(item, 0, s, at, then);
    std::size_t end = 0;
    const bool found = match_times(item, 0, s, at, [&](std::size_t p) { return end = p, true; });
    return found && then(end);
  }

  static bool match_times(const Item& item, std::size_t times, const std::u32string& s, std::size_t at, const Then& then) {
    if (times < item.most &&
        match_once(item, s, at, [&](std::size_t p) { return match_times(item, times + 1, s, p, then); })) {
      return true;
    }
    return times >= item.least && then(at);
  }

  static bool match_once(const Item& item, const std::u32string& s, std::size_t at, const Then& then) {
    switch (item.kind) {
      case Item::Kind::set:
        return at < s.size() && item.test(s[at]) && then(at + 1);
      case Item::Kind::group:
        return match_any(*item.group, s, at, then);
      case Item::Kind::not_ahead:
        return !match_any(*item.group, s, at, [](std::size_t) { return true; }) && then(at);
      default:
        return at == s.size() && then(at);
    }
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool fold_ = false;
  Alternatives root_;
};

}  // namespace quern
