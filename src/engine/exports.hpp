#pragma once
// `output.windows` and `output.formats`: written from the finished data file, before the folder aside is published.

#include "engine/setup.hpp"

#include <string>
#include <vector>

namespace quern {

bool has_exports(const OutputSpec& output);

/// Throws Error{plan} when the job's vocabulary is known and a format cannot hold its tokens: before anything is read.
void check_exports(const Setup& setup);

/// Collective. Into `folder`, in which data.h5 lies: windows.h5, and a folder for each format. What a killed run has left of them is
/// written anew. Returns lines for the person who runs the job.
std::vector<std::string> write_exports(const std::string& folder, const Setup& setup, World& world);

}  // namespace quern
