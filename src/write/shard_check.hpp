#pragma once
// Are the shards of a data set what it says of them?

#include "quern/base/hash.hpp"

namespace quern {

class DatasetReader;
class World;

/// This rank's share of the shards, each read from front to back twice: as bytes and as tokens. Throws Error{check} that names the file that is
/// absent, changed, or in another's place. Returns their part of the seal; nothing to do, and 0, for layout `single`. Not collective.
Hash128 check_shards(const DatasetReader& reader, const World& world);

}  // namespace quern
