#include "quern/plan/units.hpp"

#include "quern/base/error.hpp"
#include "quern/store/compressed.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <optional>

namespace quern {

namespace {

/// What opening a file costs, in bytes of reading: a unit of empty files must end too.
constexpr std::uint64_t kOpeningBytes = 16u << 10;

/// By name: it only balances the work, and small files are too many to be opened.
bool looks_compressed(const std::string& name) { return name.ends_with(".gz") || name.ends_with(".zst") || name.ends_with(".zstd"); }

/// Nothing when the file cannot be read: then it is one piece, and one record.
std::optional<Compression> compression_of(const std::string& path) {
  try {
    char head[kMagicBytes];
    const std::size_t bytes = File(path, File::Mode::read).read_some_at(0, head, sizeof head);
    return detect_compression({head, bytes});
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// At the end of the map step a rank waits for the last units of the others: with this many for each that is 1 to 2 % of its time.
constexpr std::uint64_t kUnitsPerRank = 64;
/// But a unit below this costs more to hand out and to begin than it balances.
constexpr std::uint64_t kLeastUnitBytes = 1u << 20;

std::uint64_t guessed_bytes(std::span<const InputFile> files) {
  std::uint64_t total = 0;
  for (const InputFile& file : files) total += file.bytes * (looks_compressed(file.name) ? kGuessedRatio : 1) + file.beside_bytes;
  return total;
}

class UnitMaker {
 public:
  UnitMaker(std::span<const InputFile> files, const Job& job, const UnitCut& cut) : job_(job), unit_bytes_(cut.unit_bytes) {
    if (cut.ranks < 2) return;
    unit_bytes_ = std::min(unit_bytes_, std::max(guessed_bytes(files) / (cut.ranks * kUnitsPerRank), kLeastUnitBytes));
  }

  void add(const InputFile& file, std::uint32_t number) {
    const std::uint64_t pieces = pieces_of(file);
    if (pieces == 1) return add_whole(file, number);
    close_unit();
    for (std::uint64_t i = 0; i < pieces; ++i) {
      const std::uint64_t begin = share(file.bytes, i, pieces);
      open_.continues = i > 0;
      if (ratio_ > 1 && file.beside_bytes == 0) open_.passed_bytes = begin * ratio_;
      add_piece(file, number, begin, share(file.bytes, i + 1, pieces));
      close_unit();
    }
  }

  std::vector<Unit> finish() {
    close_unit();
    return std::move(units_);
  }

 private:
  /// bytes * i / n without overflow.
  static std::uint64_t share(std::uint64_t bytes, std::uint64_t i, std::uint64_t n) { return bytes / n * i + bytes % n * i / n; }

  static std::uint64_t pieces(std::uint64_t bytes, std::uint64_t of) { return std::max<std::uint64_t>(1, (bytes + of - 1) / of); }

  std::uint64_t pieces_of(const InputFile& file) {
    if (file.beside_bytes > 0) {
      ratio_ = 1 + file.beside_bytes / file.bytes;
      return std::min(file.bytes, pieces(file.bytes + file.beside_bytes, unit_bytes_));
    }
    ratio_ = looks_compressed(file.name) ? kGuessedRatio : 1;
    // Also with a ratio of kGuessedRatio it is no larger than a unit: no need to open it.
    if (file.bytes <= unit_bytes_ / kGuessedRatio) return 1;
    const std::optional<Compression> compression = compression_of(file.path);
    if (!compression) return 1;
    ratio_ = *compression == Compression::none ? 1 : kGuessedRatio;
    if (is_whole_file(job_.input[file.entry].format)) return 1;
    return pieces(file.bytes * ratio_, unit_bytes_);
  }

  void add_whole(const InputFile& file, std::uint32_t number) {
    const std::uint64_t bytes = file.bytes * ratio_;
    if (!open_.pieces.empty() && open_.estimated_bytes + bytes + kOpeningBytes > unit_bytes_) close_unit();
    add_piece(file, number, 0, file.bytes);
  }

  void add_piece(const InputFile& file, std::uint32_t number, std::uint64_t begin, std::uint64_t end) {
    open_.pieces.push_back({number, file.entry, file.path, file.name, file.bytes, begin, end, file.modified_ns});
    open_.estimated_bytes += (end - begin) * ratio_ + kOpeningBytes;
  }

  void close_unit() {
    if (open_.pieces.empty()) return;
    open_.number = units_.size();
    units_.push_back(std::exchange(open_, {}));
  }

  const Job& job_;
  std::uint64_t unit_bytes_;
  std::uint64_t ratio_ = 1;  ///< decompressed bytes per byte of the file at hand
  Unit open_;
  std::vector<Unit> units_;
};

}  // namespace

std::uint64_t effective_unit_bytes(const Job& job) { return std::min(job.unit_bytes, job.memory_per_rank / 8); }

std::vector<Unit> make_units(std::span<const InputFile> files, const Job& job, std::uint64_t ranks) {
  return make_units(files, job, {effective_unit_bytes(job), ranks});
}

std::vector<Unit> make_units(std::span<const InputFile> files, const Job& job, const UnitCut& cut) {
  if (files.size() > UINT32_MAX) fail(ErrorKind::plan, "{} input files; at most {}", files.size(), UINT32_MAX);
  UnitMaker maker(files, job, cut);
  for (std::size_t i = 0; i < files.size(); ++i) maker.add(files[i], static_cast<std::uint32_t>(i));
  return maker.finish();
}

}  // namespace quern
