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

/// The decoder of a data set's texts, each checked to be valid UTF-8. Throws Error{plan} when its vocabulary does not lie beside it or does not
/// give the texts back as they were; the decoder throws Error{check}.
DecodeTokens checked_decoder(const DatasetReader& data);
/// The same with a vocabulary that is there.
DecodeTokens checked_decoder(const Tokenizer& tokenizer);

/// For data sets that are read as input. One vocabulary is parsed once, however many data sets were made with it in a row.
OpenDecoder decoder_of_datasets();

/// Throws Error, before anything is begun, for a data set among the inputs that is not finished, or whose texts cannot be had again: {check} and
/// {plan}. Fills in what lies beside the files.
void check_datasets(const Job& job, std::span<InputFile> files);

}  // namespace quern
