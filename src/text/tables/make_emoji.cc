// Writes emoji_15_0.inc from an ICU whose Unicode version is 15.0 (ICU 72): ranges of Emoji_Presentation and Extended_Pictographic.
// Not part of the build. Run from the top folder:
//   g++ -std=c++20 src/text/tables/make_emoji.cc -licuuc -o /tmp/make_emoji && /tmp/make_emoji > src/text/tables/emoji_15_0.inc

#include <unicode/uchar.h>

#include <cstdio>
#include <string>

namespace {

void write(const char* name, UProperty property) {
  std::string line = "constexpr Range " + std::string(name) + "[] = {";
  for (UChar32 c = 0; c <= 0x10FFFF; ++c) {
    if (!u_hasBinaryProperty(c, property)) continue;
    const UChar32 first = c;
    while (c < 0x10FFFF && u_hasBinaryProperty(c + 1, property)) ++c;
    char item[40];
    std::snprintf(item, sizeof item, "{0x%X,0x%X},", static_cast<unsigned>(first), static_cast<unsigned>(c));
    if (line.size() + std::string(item).size() > 138) {
      std::puts(line.c_str());
      line.clear();
    }
    line += item;
  }
  std::puts((line + "};").c_str());
}

}  // namespace

int main() {
  std::puts("// Made by make_emoji.cc from the Unicode 15.0 data of ICU 72; (c) Unicode, Inc., Unicode License.");
  write("kEmojiPresentation", UCHAR_EMOJI_PRESENTATION);
  write("kPictographic", UCHAR_EXTENDED_PICTOGRAPHIC);
}
