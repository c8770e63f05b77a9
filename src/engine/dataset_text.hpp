#pragma once
// The texts of data sets: their tokens, decoded by the vocabulary that lies beside them.

#include "quern/base/job.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/plan/inputs.hpp"
#include "quern/read/reader.hpp"
#include "quern/tokenize/tokenizer.hpp"

#include <optional>
#include <span>

namespace quern {

/// The vocabulary that a run puts beside its data set: the file in its folder that has the digest in its provenance.
std::optional<Tokenizer> tokenizer_beside(const DatasetReader& data);

/// For data sets that are read as input. One vocabulary is parsed once, however many data sets were made with it in a row.
OpenDecoder decoder_of_datasets();

/// Throws Error, before anything is begun, for a data set among the inputs that is not finished, or whose texts cannot be had again: {check} and
/// {plan}. Fills in what lies beside the files.
void check_datasets(const Job& job, std::span<InputFile> files);

}  // namespace quern
