#pragma once
// After the duplicates are gone: a vocabulary trained on what survives, and tokens where the spool still holds text.

#include "engine/records.hpp"
#include "engine/setup.hpp"

namespace quern {

struct Trained {
  std::string tokenizer_json;
  std::uint64_t distinct_words = 0;
  std::uint64_t words_left_out = 0;
};

/// Collective. Trains on the cleaned text of the records that are kept, and puts the vocabulary into `setup`, the same on every rank.
Trained train_vocabulary(const Records& records, Setup& setup, World& world);

/// Not collective. Encodes the kept records at home here into segment files of phase "tokens", and fills in records.tokens.
/// Returns where the units now lie; rows and own ids are carried along.
std::vector<UnitPlace> tokenize_spool(Records& records, const Setup& setup, std::uint64_t segment);

}  // namespace quern
