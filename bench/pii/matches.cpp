// What the step `pii` finds: reads texts that end with a zero byte from standard input, writes a line "text begin end kind" for each match, with
// texts counted from 0 and places in bytes. scripts/pii_quality.py asks it.

#include "quern/privacy/pii.hpp"

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

int main() {
  std::ios::sync_with_stdio(false);
  const quern::PiiFinder finder;
  std::vector<quern::PiiMatch> matches;
  std::size_t number = 0;
  for (std::string text; std::getline(std::cin, text, '\0'); ++number) {
    matches.clear();
    finder.find(text, matches);
    for (const quern::PiiMatch& match : matches) {
      std::printf("%zu %zu %zu %s\n", number, match.begin, match.end, quern::name(match.kind).data());
    }
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
