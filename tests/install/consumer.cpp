// Uses the library as a stranger would: one call that comes out of libquern.a, with a known answer.
#include <quern/base/hash.hpp>

#include <cstdio>

int main() {
  // xxh3-128 of the empty text, as published with the algorithm.
  const bool right = quern::hash128("").hex() == "99aa06d3014798d86001c324468d497f";
  std::puts(right ? "the installed library works" : "the installed library gives a wrong hash");
  return right ? 0 : 1;
}
