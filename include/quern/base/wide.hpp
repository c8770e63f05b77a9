#pragma once
// 128-bit integers, for products of 64-bit numbers: exact comparison of ratios, equal parts of a key space.

namespace quern {

__extension__ using Uint128 = unsigned __int128;

}  // namespace quern
