#include "engine/input_check.hpp"

#include "engine/work_folder.hpp"
#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/comm/unit_queue.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <unordered_map>

namespace quern {

namespace {

constexpr std::size_t kStride = 1u << 20;

void add_piece(const Piece& piece, std::string& buffer, Hasher128& hasher) try {
  const File file(piece.path, File::Mode::read);
  for (std::uint64_t at = piece.begin; at < piece.end;) {
    const std::size_t bytes = file.read_some_at(at, buffer.data(), std::min<std::uint64_t>(kStride, piece.end - at));
    if (bytes == 0) break;
    hasher.add({buffer.data(), bytes});
    at += bytes;
    beat();
  }
} catch (const Error&) {
  hasher.add("unreadable");  // the map step makes it a quarantined record with its reason
}

/// The units of the cut that have a piece of these files.
std::vector<Unit> units_with(const std::vector<std::uint32_t>& files, const std::vector<Unit>& units) {
  std::vector<Unit> found;
  for (const Unit& unit : units) {
    const bool has = std::ranges::any_of(unit.pieces, [&](const Piece& piece) { return std::ranges::binary_search(files, piece.file); });
    if (has) found.push_back(unit);
  }
  return found;
}

}  // namespace

Hash128 digest_of_input(const Unit& unit) {
  Hasher128 hasher;
  std::string buffer(kStride, '\0');
  for (const Piece& piece : unit.pieces) add_piece(piece, buffer, hasher);
  return hasher.digest();
}

void check_changed_inputs(const Setup& setup, const std::vector<std::uint32_t>& changed, const Progress& progress, World& world) {
  std::unordered_map<std::uint64_t, Hash128> before;
  for (const MappedUnit& unit : progress.mapped) before.emplace(unit.place.unit, unit.input_digest);
  UnitQueue queue(units_with(changed, setup.units), world);
  while (const auto unit = queue.next()) {
    const auto found = before.find(unit->number);
    if (found == before.end() || found->second == digest_of_input(*unit)) continue;
    fail(ErrorKind::refused, "{}: its content was changed since the run began: give --restart to begin anew", unit->pieces.front().path);
  }
}

}  // namespace quern
