#include "engine/input_check.hpp"

#include "engine/work_folder.hpp"
#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/comm/unit_queue.hpp"
#include "quern/plan/units.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"
#include "quern/write/content_digest.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace quern {

namespace {

constexpr std::uint64_t kStripe = 1u << 20;
constexpr std::uint64_t kUnreadable = UINT64_MAX;

Hash128 stripe_digest(std::initializer_list<std::uint64_t> place, std::string_view bytes) {
  Hasher128 hasher;
  for (const std::uint64_t number : place) hasher.add_value(number);
  hasher.add(bytes);
  return hasher.digest();
}

/// Of a piece: with the number of its file, and without.
struct PieceSums {
  Hash128 in_order, of_bytes;

  void add(const Piece& piece, std::uint64_t stripe, std::string_view bytes) {
    in_order = ContentDigest::combine(in_order, stripe_digest({piece.file, stripe}, bytes));
    of_bytes = ContentDigest::combine(of_bytes, stripe_digest({stripe}, bytes));
  }
};

PieceSums sums_of_piece(const Piece& piece, std::string& buffer) try {
  const File file(piece.path, File::Mode::read);
  PieceSums sums;
  for (std::uint64_t stripe = (piece.begin + kStripe - 1) / kStripe; stripe * kStripe < piece.end; ++stripe) {
    const std::size_t bytes = file.read_some_at(stripe * kStripe, buffer.data(), kStripe);
    sums.add(piece, stripe, {buffer.data(), bytes});
    beat();
  }
  return sums;
} catch (const Error&) {
  PieceSums sums;
  sums.add(piece, kUnreadable, {});
  return sums;
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

Hash128 digest_on_all_ranks(std::vector<Unit> units, World& world) {
  Hash128 sum;
  UnitQueue queue(std::move(units), world);
  while (const auto unit = queue.next()) sum = ContentDigest::combine(sum, digests_of_input(*unit).sum);
  return sum_of_hashes(sum, world);
}

}  // namespace

InputDigests digests_of_input(const Unit& unit) {
  InputDigests digests;
  std::string buffer(kStripe, '\0');
  for (const Piece& piece : unit.pieces) {
    const PieceSums sums = sums_of_piece(piece, buffer);
    digests.sum = ContentDigest::combine(digests.sum, sums.in_order);
    digests.pieces.push_back({unit.number, piece.file, sums.of_bytes});
  }
  return digests;
}

std::optional<std::vector<Hash128>> digests_of_files(std::vector<PieceDigest> pieces, std::size_t files) {
  const auto place = [](const PieceDigest& piece) { return std::pair(piece.file, piece.unit); };
  std::ranges::stable_sort(pieces, {}, place);
  std::vector<Hash128> digests(files);
  std::vector<bool> has_any(files, false);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i + 1 < pieces.size() && place(pieces[i]) == place(pieces[i + 1])) continue;
    Hash128& digest = digests.at(pieces[i].file);
    digest = ContentDigest::combine(digest, pieces[i].digest);
    has_any[pieces[i].file] = true;
  }
  if (std::ranges::find(has_any, false) != has_any.end()) return std::nullopt;
  return digests;
}

std::vector<Hash128> digests_on_disk(const Setup& setup, World& world) {
  std::vector<Unit> units;
  if (world.is_root()) units = make_units(setup.files, setup.job, static_cast<std::uint64_t>(world.size()));
  std::vector<PieceDigest> mine, all;
  UnitQueue queue(std::move(units), world);
  while (const auto unit = queue.next()) std::ranges::copy(digests_of_input(*unit).pieces, std::back_inserter(mine));
  for (const std::string& part : world.gather_bytes(as_bytes(std::span<const PieceDigest>(mine)))) std::ranges::copy(rows_of<PieceDigest>(part), std::back_inserter(all));
  if (!world.is_root()) return {};
  auto digests = digests_of_files(std::move(all), setup.files.size());
  if (!digests) fail(ErrorKind::internal, "an input file is in no unit");
  return std::move(*digests);
}

void check_changed_inputs(const Setup& setup, const std::vector<std::uint32_t>& changed, const Progress& progress, World& world) {
  if (world.max(changed.size()) == 0) return;
  std::unordered_map<std::uint64_t, Hash128> before;
  for (const MappedUnit& unit : progress.mapped) before.emplace(unit.place.unit, unit.input_digest);
  UnitQueue queue(units_with(changed, setup.units), world);
  while (const auto unit = queue.next()) {
    const auto found = before.find(unit->number);
    if (found == before.end() || found->second == digests_of_input(*unit).sum) continue;
    fail(ErrorKind::refused, "{}: its content was changed since the run began: give --restart to begin anew", unit->pieces.front().path);
  }
}

std::uint64_t times_of(const std::vector<InputFile>& files) {
  std::vector<std::int64_t> times;
  for (const InputFile& file : files) times.push_back(file.modified_ns);
  return hash64(as_bytes(std::span<const std::int64_t>(times)));
}

bool is_input_of(const std::string& output, const Setup& setup, World& world) {
  const auto reported = world.is_root() ? read_reported_input(output + "/report.json") : std::nullopt;
  if (world.max(reported && reported->times != times_of(setup.files) ? 1 : 0) == 0) return true;
  std::vector<Unit> units;
  if (world.is_root()) units = make_units(setup.files, setup.job, static_cast<std::uint64_t>(world.size()));
  const Hash128 digest = digest_on_all_ranks(std::move(units), world);
  return world.max(world.is_root() && digest.hex() != reported->digest ? 1 : 0) == 0;
}

}  // namespace quern
