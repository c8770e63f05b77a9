#pragma once

#include "quern/dataset/dataset_reader.hpp"
#include "quern/engine/engine.hpp"

#include <iosfwd>

namespace quern {

/// `quern show --cluster`. Reads the ledger's column of kept records, and for an own id the ids; texts as far as the request asks for them.
void show_cluster(const ShowRequest& request, const DatasetReader& data, std::ostream& out);

}  // namespace quern
