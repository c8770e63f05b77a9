#pragma once
// Signatures of texts for the search of near duplicates, and the exact similarity they estimate.

#include "quern/base/hash.hpp"
#include "quern/base/job.hpp"
#include "quern/base/kernel.hpp"
#include "quern/base/sketch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

struct Signature {
  std::vector<std::uint64_t> band_keys;  ///< one for each band; two documents are candidates if one of them is equal
  Sketch sketch{};                       ///< 8 bits of each hash, for estimates (base/sketch.hpp)
  Hash128 sketch_hash;                   ///< of all hashes in full: equal for texts of the same shingles
};

/// Signs texts. Words are the folded words of text/words.hpp; a shingle is `ngram` consecutive words; a text of fewer words is one
/// shingle, and a text without words has no signature. For scripts written without spaces a word is a character.
///
/// A shingle's hash is 64 bits, independent of the seed. The sketch is MinHash (Broder 1997) with 256 functions a*x + b mod 2^32,
/// a odd, of the upper 32 bits x of the shingle's hash; a and b come from the seed. Values are the same with every
/// kernel. bands * rows is at most 256.
/// Not to be shared by threads: it keeps its buffers from text to text.
class Signer {
 public:
  explicit Signer(const NearSpec& spec, Kernel kernel = chosen_kernel());
  ~Signer();
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;

  /// @param text valid UTF-8
  /// @return false: no words, `out` is not touched, and the text is never a near duplicate
  bool sign(std::string_view text, Signature& out);

  /// The text's distinct shingles as 64-bit hashes in ascending order; empty without words.
  void shingle_set(std::string_view text, std::vector<std::uint64_t>& sorted_unique) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern
