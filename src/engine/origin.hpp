#pragma once
// What lies beside a data set and tells where it is from: provenance.json and card.md.

#include "engine/setup.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/report/origin.hpp"

#include <string>

namespace quern {

inline constexpr std::string_view kProvenanceFileName = "provenance.json";
inline constexpr std::string_view kCardFileName = "card.md";

/// Whether a run itself writes a file of this name beside the data.
bool is_own_name(std::string_view name);

/// Versions of what this program was built with and runs with, by name.
std::vector<LibraryVersion> library_versions();
/// The same of rank 0, on all ranks, as "name version": machines need not have the same libraries. Collective.
std::vector<std::string> versions_of_root(World& world);

/// Rank 0 alone: of a run, whose vocabulary lies in `folder` already.
Origin origin_of(const Setup& setup, const Provenance& provenance, const std::string& folder);

/// Rank 0 alone: of a data set that was filtered again from the one in the folder `base`.
Origin origin_of_refilter(const DatasetReader& base, const std::string& base_folder);

/// Rank 0 alone: writes both files into the folder of a data set that is not published yet.
void put_origin(const RunReport& report, const Origin& origin, const std::string& folder);

}  // namespace quern
