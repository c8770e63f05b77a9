#pragma once
// The first line of a tab-separated file, which every piece of the file must know.

#include "quern/base/job.hpp"
#include "quern/base/unit.hpp"
#include "quern/format/tsv.hpp"

namespace quern {

/// Opens the file once more and reads its first line; where there is none that can be read, the parser is told why.
void read_tsv_header(const Piece& piece, const Job& job, TsvLineParser& parser);

}  // namespace quern
