#pragma once
// After the duplicates are gone: a vocabulary trained on what survives, and tokens where the spool still holds text.

#include "engine/records.hpp"
#include "engine/setup.hpp"
#include "engine/work_folder.hpp"

namespace quern {

struct Trained {
  std::string tokenizer_json;
  std::uint64_t distinct_words = 0;
  std::uint64_t words_left_out = 0;
};

/// Collective. Trains on the cleaned text of the records that are kept, and puts the vocabulary into `setup`, the same on every rank.
/// One that the work folder has already is taken from there.
Trained train_vocabulary(const Records& records, Setup& setup, WorkFolder& work, World& world);

/// Collective. Encodes the kept records at home here into segment files of phase "tokens", recorded unit by unit, and fills in records.tokens.
/// Returns where the units now lie; rows and own ids are carried along. When the run is told to end, the last ones may be missing.
std::vector<UnitPlace> tokenize_spool(Records& records, const Setup& setup, WorkFolder& work, World& world);

}  // namespace quern
