#pragma once
// How often a randomised test tries: builds without optimisation look for memory errors, not for rare inputs.

namespace quern {

constexpr int rounds(int optimised) {
#ifdef __OPTIMIZE__
  return optimised;
#else
  return optimised < 8 ? 1 : optimised / 8;
#endif
}

}  // namespace quern
