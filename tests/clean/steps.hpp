#pragma once
// What the tests of the steps share.

#include "quern/base/hash.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/unicode.hpp"

#include <fstream>
#include <random>
#include <string>

namespace quern::test {

/// The text after one step, by itself.
template <class Spec>
std::string after(const Spec& spec, std::string text) {
  quern::apply(prepare(spec), text);
  return text;
}

template <class Spec>
Reason reason_of(const Spec& spec, std::string text) {
  return quern::apply(prepare(spec), text);
}

inline SideFile list_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return {path, hash128(bytes)};
}

/// Text made of what the steps look for, and of characters of all kinds.
class MixedText {
 public:
  explicit MixedText(std::uint64_t seed) : random_(seed) {}

  std::string next(std::size_t parts) {
    static constexpr std::string_view kParts[] = {
        " ",   "  ", "\n", "\n\n", "\t", "a", "B", "word ", "Sentence ends here now. ", "\u00A0", "\u3000", "\u2028", "\u200B", "\u200D", "\u202E",
        "\u00AD", "\uFE0F", "\U000E0067", "\U0001F3F4", "\U0001F600", "\u2764", "\U0001F468", "\U0001F3FD", "\U0001F1E9", "\u20E3", "5", "#", "@",
        "#tag", "@name", "http://", "https://a.b/c", "www.", "(", ")", ".", "...", "\u2026", "\u201C", "\u2019", "\u2014", "\uFF01", "\u3002",
        "&amp;", "&", "#x", "&#8217;", "&copy", ";", "\u00C3\u00A9", "\u00E2\u20AC\u2122", "\u00C3", "\u00A9", "\u00E9", "\u0130", "\u03A3", "\u0391",
        "\u0301", "e", "\u6F22\u5B57", "javascript", "cookie policy", "[12]", "[edit]", "{", "3 likes\n", "LOUD\n", "12\n", "Read more", "Sign in ",
        "\uFFFE", "\uFFFD", "\uE000", "\U0010FFFF", "\u0E01\u0E33", "\u1F88", "\uA7CB", "\u00DF", "\u00E9\u2026\u201D",
    };
    std::string text;
    for (std::size_t i = 0; i < parts; ++i) {
      if (random_() % 8 == 0) {
        append_utf8(text, scalar());
      } else {
        text += kParts[random_() % std::size(kParts)];
      }
    }
    return text;
  }

  std::uint64_t number() { return random_(); }

 private:
  char32_t scalar() {
    const char32_t c = static_cast<char32_t>(random_() % (random_() % 2 == 0 ? 0x3000 : 0x110000));
    return c >= 0xD800 && c < 0xE000 ? U'x' : c;
  }

  std::mt19937_64 random_;
};

}  // namespace quern::test
