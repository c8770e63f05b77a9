#pragma once
// How often each document stands in the data set: by its source, and by how many records of the input it stands for.

#include "engine/records.hpp"

namespace quern {

/// Collective. Counts for each record at home those that were removed as its duplicates; nothing when the job removes none. 4 bytes per record.
void count_clusters(Records& records, const Setup& setup, World& world);

/// Sets the copies of each kept record; nothing when the job repeats none. One of which there would be no copy is removed (`sampled`), and so it is
/// when this is called again. Not collective.
void repeat_documents(Records& records, const Setup& setup);

/// About how much text comes in, each entry as often as its source is repeated: what sources records name themselves, nobody knows before.
std::uint64_t guessed_bytes_with_copies(const Setup& setup);

bool counts_clusters(const Job& job);
/// Whether the job repeats, or thins out, documents.
bool repeats_documents(const Job& job);

}  // namespace quern
