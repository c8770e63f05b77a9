#pragma once
// Digests of the input as it lies on disk: whether files whose time was changed still hold what was read of them.

#include "engine/progress.hpp"
#include "engine/setup.hpp"

#include <cstdint>
#include <string>
#include <optional>
#include <vector>

namespace quern {

/// Of a unit as it lies on disk. Both are sums over stripes of the input files, each counted in the piece in which it begins: the sums over all
/// units are the same however the input is cut. What cannot be read counts as such: it is a quarantined record.
struct InputDigests {
  Hash128 sum;                      ///< of all pieces; knows the order of the files
  std::vector<PieceDigest> pieces;  ///< of each piece; know nothing but the bytes and where they are in the file
};
InputDigests digests_of_input(const Unit& unit);
/// Of each of `files` files, from its pieces; of a unit that is there twice the later ones count. Nothing when a file has no piece.
std::optional<std::vector<Hash128>> digests_of_files(std::vector<PieceDigest> pieces, std::size_t files);

/// Collective. Reads all input files; their digests, on rank 0.
std::vector<Hash128> digests_on_disk(const Setup& setup, World& world);

/// Collective. `changed`: numbers of files, on rank 0. Reads what of them was read before, on all ranks; throws Error{refused} when it is
/// something else now.
void check_changed_inputs(const Setup& setup, const std::vector<std::uint32_t>& changed, const Progress& progress, World& world);

/// The times of all input files in one number.
std::uint64_t times_of(const std::vector<InputFile>& files);

/// Collective, for a data set that is there and was made by the same plan: when the times of its input are not those of its report (report.json
/// in `output`, read on rank 0), reads the input on all ranks. Whether it is the same, on all ranks.
bool is_input_of(const std::string& output, const Setup& setup, World& world);

}  // namespace quern
