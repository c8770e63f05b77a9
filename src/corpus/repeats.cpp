#include "quern/corpus/repeats.hpp"

#include "quern/base/heartbeat.hpp"
#include "quern/base/wide.hpp"
#include "quern/comm/exchange.hpp"

#include <algorithm>

namespace quern {

namespace {

struct UnitRow {
  std::uint64_t hash;
  std::uint64_t place;  ///< in keep order
  std::uint64_t record;
};

/// Rows that are held, and those on their way, in and out.
constexpr std::size_t kRowBytes = 3 * sizeof(UnitRow);

/// Distinct hashes of the units of a text that are long enough, ascending.
void hashes_of(std::string_view text, TextUnit unit, std::uint64_t min_chars, std::vector<std::uint64_t>& to) {
  to.clear();
  for_each_unit(text, unit, [&](const UnitOfText& found) {
    if (found.chars >= min_chars && found.chars > 0) to.push_back(found.hash);
  });
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

/// Parts of the hash space that are searched one after the other.
struct Pass {
  std::uint64_t number, of;
  /// Equal parts in each owner's range, so that every rank has work in every pass.
  bool takes(std::uint64_t hash, int ranks) const {
    const Uint128 scaled = static_cast<Uint128>(hash) * static_cast<unsigned>(ranks);
    const auto within = static_cast<std::uint64_t>(scaled);  // place in the owner's range
    return static_cast<std::uint64_t>((static_cast<Uint128>(within) * of) >> 64) == number;
  }
};

class Search {
 public:
  Search(RepeatTexts& texts, TextUnit unit, const RepeatSpec& spec, std::size_t budget_bytes, World& world)
      : texts_(texts), unit_(unit), spec_(spec), buffer_bytes_(std::max<std::size_t>(budget_bytes / 8, 1u << 16)), world_(world) {}

  std::uint64_t count_rows() {
    std::uint64_t rows = 0;
    for_each_document([&](std::uint64_t, std::uint64_t) { rows += hashes_.size(); });
    return rows;
  }

  void run(const Pass& pass) {
    gather(pass);
    std::sort(rows_.begin(), rows_.end(), [](const UnitRow& a, const UnitRow& b) {
      return a.hash != b.hash ? a.hash < b.hash : a.place < b.place;
    });
    answer();
    rows_.clear();
  }

  std::vector<Repeat> take_found() {
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  template <class Visit>
  void for_each_document(Visit visit) {
    texts_.rewind();
    std::uint64_t record = 0, place = 0;
    while (texts_.next(record, place, text_)) {
      hashes_of(text_, unit_, spec_.min_chars, hashes_);
      visit(record, place);
      beat();
    }
  }

  void gather(const Pass& pass) {
    texts_.rewind();
    std::uint64_t record = 0, place = 0;
    std::size_t at = 0;
    hashes_.clear();
    exchange_rows<UnitRow>(
        buffer_bytes_,
        [&](Outbox<UnitRow>& outbox) {
          while (true) {
            for (; at < hashes_.size() && !outbox.full(); ++at) {
              if (pass.takes(hashes_[at], world_.size())) outbox.add(owner_of(hashes_[at], world_.size()), {hashes_[at], place, record});
            }
            if (at < hashes_.size()) return true;
            if (!texts_.next(record, place, text_)) return false;
            hashes_of(text_, unit_, spec_.min_chars, hashes_);
            at = 0;
          }
        },
        [&](std::span<const UnitRow> came) { rows_.insert(rows_.end(), came.begin(), came.end()); }, world_);
  }

  /// Sends each document but the first of a repeated unit to its home.
  void answer() {
    std::size_t group = 0, at = 0;  // of the rows: where a unit's begin, and the next to be sent
    std::size_t end = 0;
    exchange_rows<Repeat>(
        buffer_bytes_,
        [&](Outbox<Repeat>& outbox) {
          while (!outbox.full()) {
            if (at == end) {
              group = end;
              while (end < rows_.size() && rows_[end].hash == rows_[group].hash) ++end;
              if (group == end) return false;
              at = is_repeated(group, end) ? behind_first(group, end) : end;
              continue;
            }
            outbox.add(texts_.home_of(rows_[at].record), {rows_[at].record, rows_[at].hash});
            ++at;
          }
          return true;
        },
        [&](std::span<const Repeat> came) { found_.insert(found_.end(), came.begin(), came.end()); }, world_);
  }

  /// Documents of one place have the same text, and count once.
  bool is_repeated(std::size_t group, std::size_t end) const {
    std::uint64_t places = 1;
    for (std::size_t i = group + 1; i < end && places <= spec_.max_documents; ++i) places += rows_[i].place != rows_[i - 1].place ? 1 : 0;
    return places > spec_.max_documents;
  }
  std::size_t behind_first(std::size_t group, std::size_t end) const {
    std::size_t i = group;
    while (i < end && rows_[i].place == rows_[group].place) ++i;
    return i;
  }

  RepeatTexts& texts_;
  TextUnit unit_;
  const RepeatSpec& spec_;
  std::size_t buffer_bytes_;
  World& world_;
  std::string text_;
  std::vector<std::uint64_t> hashes_;
  std::vector<UnitRow> rows_;
  std::vector<Repeat> found_;
};

}  // namespace

std::vector<Repeat> find_repeats(RepeatTexts& texts, TextUnit unit, const RepeatSpec& spec, std::size_t budget_bytes, World& world) {
  Search search(texts, unit, spec, budget_bytes, world);
  const std::uint64_t rows = world.sum(search.count_rows());
  const std::uint64_t room = std::max<std::uint64_t>(1, budget_bytes / kRowBytes) * static_cast<std::uint64_t>(world.size());
  const std::uint64_t passes = std::max<std::uint64_t>(1, (rows + room - 1) / room);
  for (std::uint64_t pass = 0; pass < passes; ++pass) search.run({pass, passes});
  return search.take_found();
}

}  // namespace quern
