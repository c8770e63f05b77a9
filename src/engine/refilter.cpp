#include "engine/origin.hpp"
#include "engine/publish.hpp"
#include "engine/quantiles.hpp"
#include "engine/report_files.hpp"
#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/engine/engine.hpp"
#include "quern/filter/signals.hpp"
#include "quern/filter/stored_rules.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"
#include "quern/write/rewrite.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <ostream>

namespace quern {

namespace {

constexpr std::uint64_t kDocumentsAtOnce = 64u << 10;

/// The signals that a data set keeps; one that this program does not know is none of it.
std::vector<Signal> stored_signals(const DatasetReader& data) {
  std::vector<Signal> stored;
  for (std::size_t i = 0; i < kSignals; ++i) {
    if (std::ranges::count(data.provenance().signals, kSignalAbout[i].name) > 0) stored.push_back(static_cast<Signal>(i));
  }
  return stored;
}

/// What the filters say of the documents of one rank.
class Refilter {
 public:
  Refilter(const DatasetReader& data, const DatasetShare& share, World& world)
      : data_(data), share_(share), world_(world), reasons_(share.end_document - share.first_document, Reason::none) {
    columns_.fill(kNoColumn);
    const std::vector<std::string>& names = data.provenance().signals;
    for (const Signal signal : stored_signals(data)) {
      columns_[static_cast<std::size_t>(signal)] = static_cast<std::size_t>(std::ranges::find(names, name(signal)) - names.begin());
    }
  }

  void apply(const FilterSpec& filter) {
    if (const auto* quantile = std::get_if<QuantileSpec>(&filter)) return apply_quantile(*quantile);
    for_each_document([&](std::size_t d, std::uint32_t, const StoredSignals& stored) {
      if (reasons_[d] == Reason::none) reasons_[d] = judge_stored(filter, stored);
    });
  }
  const std::vector<Reason>& reasons() const { return reasons_; }

 private:
  template <class Visit>
  void for_each_document(Visit visit) const {
    for (std::uint64_t first = share_.first_document; first < share_.end_document;) {
      const DocumentPart part = data_.documents(first, std::min(kDocumentsAtOnce, share_.end_document - first));
      for (std::size_t i = 0; i < part.record.size(); ++i) {
        visit(first + i - share_.first_document, part.copy_of(i), [&](Signal signal) -> std::optional<double> {
          const std::size_t column = columns_[static_cast<std::size_t>(signal)];
          if (column == kNoColumn) return std::nullopt;
          return part.signals[column][i];
        });
      }
      first += part.record.size();
    }
  }

  /// As in a run (engine/quantiles.hpp): a document counts once, however often it stands there.
  void apply_quantile(const QuantileSpec& spec) {
    std::vector<std::uint64_t> keys(reasons_.size(), kNoQuantileKey), counted = keys;
    for_each_document([&](std::size_t d, std::uint32_t copy, const StoredSignals& stored) {
      if (reasons_[d] != Reason::none) return;
      keys[d] = quantile_key(spec, stored(*spec.signal).value_or(NAN));
      if (copy == 0) counted[d] = keys[d];
    });
    const auto last = last_that_stays(spec, counted, world_);
    for (std::size_t d = 0; d < keys.size() && last; ++d) {
      if (keys[d] != kNoQuantileKey && keys[d] > *last) reasons_[d] = Reason::quantile;
    }
  }

  static constexpr std::size_t kNoColumn = SIZE_MAX;

  const DatasetReader& data_;
  const DatasetShare& share_;
  World& world_;
  std::array<std::size_t, kSignals> columns_;  ///< of each signal in the data set
  std::vector<Reason> reasons_;
};

Hash128 plan_digest_of(const DatasetReader& data, const std::string& filters) {
  Hasher128 hasher;
  hasher.add("refilter");
  hasher.add(data.content_digest().hex());
  hasher.add(data.seal().hex());
  hasher.add(filters);
  return hasher.digest();
}

/// What lies beside the data file goes with it: the vocabulary, the table of contamination. Shards are written anew.
void copy_companions(const std::string& from, const std::string& to) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    if (!at->is_regular_file() || is_own_name(name)) continue;
    publish_file(to + "/" + name, read_file(at->path()));
  }
  if (error) fail(ErrorKind::store, "{}: cannot list the folder: {}", from, error.message());
}

/// Collective. `data`: what was written; `old`: of what. Duplicates are those of the old one, which were removed before.
RunReport report_of(const DatasetReader& data, const DatasetReader& old, const RefilterRequest& request, const StepClock& clock, World& world) {
  RunReport report = report_of_dataset(data, measure(data, world));
  report.output = request.to;
  report.duplicates = read_duplicate_examples(path_beside(old, kExamplesName), old.content_digest());
  report.ranks = world.size();
  report.steps = clock.gather(world);
  const std::uint64_t peak = peak_memory_bytes();
  report.peak_memory_bytes = world.all_gather<std::uint64_t>({&peak, 1});
  report.wall_s = clock.elapsed_s();
  return report;
}

}  // namespace

void refilter_dataset(const RefilterRequest& request, std::ostream& out, World& world) {
  StepClock clock(false);
  clock.begin("refilter");
  const RefilterJob job = load_refilter(request.sets);
  const DatasetReader data(request.path);
  check_stored(job.filter, stored_signals(data));
  OutputSpec output;
  output.path = std::filesystem::absolute(request.to).lexically_normal().string();
  while (output.path.size() > 1 && output.path.ends_with('/')) output.path.pop_back();
  const Publication publication(output, request.overwrite);
  const Hash128 plan_digest = plan_digest_of(data, job.canonical);
  const bool done = world.is_root() && publication.already_done(plan_digest);
  if (world.max(done ? 1 : 0) != 0) {
    if (world.is_root()) out << request.to << ": already done\n";
    return;
  }
  // The lease in a folder of its own says to others that somebody writes here.
  const std::string hold = output.path + ".quern-refilter";
  std::optional<Lease> lease;
  if (world.is_root()) {
    make_folders(hold, 0700);
    lease.emplace(Lease::take(hold, kLeasePatience, 0600));
    publication.begin(hold, lease->epoch(), 0);
  }
  world.barrier();
  const DatasetShare share = share_of(data, world);
  Refilter refilter(data, share, world);
  // As in a run, where quantiles are taken over what all other filters have left.
  const auto is_quantile = [](const FilterSpec& filter) { return std::holds_alternative<QuantileSpec>(filter); };
  for (const bool quantiles : {false, true}) {
    for (const FilterSpec& filter : job.filter) {
      if (is_quantile(filter) == quantiles) refilter.apply(filter);
    }
  }
  Provenance provenance;
  provenance.job = fmt::format(R"({}{},"of":{{"content_digest":"{}","job":{}}}}})", kRefilterJob, job.canonical, data.content_digest().hex(), data.provenance().job);
  provenance.plan_digest = plan_digest.hex();
  provenance.versions = versions_of_root(world);
  const std::string folder = publication.aside();
  const std::string written = folder + "/" + std::string(kDatasetFileName);
  rewrite_dataset(data, share, refilter.reasons(), provenance, written, world);
  clock.end();
  RunReport report = report_of(DatasetReader(written), data, request, clock, world);
  if (!world.is_root()) return;
  check_counts(report);
  const std::filesystem::path beside = std::filesystem::path(data.path()).parent_path();
  const std::string base_folder = beside.empty() ? "." : beside.string();
  report.placed_job = read_placed_job(fmt::format("{}/{}", base_folder, kReportName));
  copy_companions(base_folder, folder);
  publish_report(folder, report);
  put_origin(report, origin_of_refilter(data, base_folder), folder);
  publication.commit(hold);
  lease->release();
  lease.reset();
  remove_all(hold);
  out << report_table(report);
}

}  // namespace quern
