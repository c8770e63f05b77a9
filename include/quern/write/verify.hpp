#pragma once
// Is a data set whole, and what does it hold? Ranks share the records; one rank does as well.

#include "quern/base/hash.hpp"

#include <string>

namespace quern {

class World;

/// Digest of the content in order (docs/formats/dataset.md), computed from the content itself. `path`: output folder or .h5 file.
/// Collective; the same value on every rank. Reads everything once. Throws on all ranks when any cannot read its share.
Hash128 dataset_digest(const std::string& path, World& world);

/// Reads everything and holds it against the format: structure and shapes, offsets, codes, order; every token below the vocabulary's size;
/// every document ended; every kept record with its document and no other; every duplicate with a kept one; counts against the provenance;
/// content digest and seal against the stored ones. Throws Error{check} on all ranks, naming what is wrong and where. Collective.
void verify_dataset(const std::string& path, World& world);

}  // namespace quern
