#include "engine/repeat.hpp"

#include "engine/draw.hpp"
#include "quern/comm/exchange.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

/// In millionths.
std::uint64_t times_of_source(const std::string& name, const Job& job) {
  const auto spec = std::ranges::find(job.sources, name, &SourceSpec::name);
  return spec == job.sources.end() ? kMillion : spec->repeat_ppm;
}

std::uint64_t times_of_cluster(const std::vector<ClusterRepeat>& rules, std::uint64_t size) {
  std::uint64_t times = kMillion;
  for (const ClusterRepeat& rule : rules) {
    if (size >= rule.at_least) times = rule.times_ppm;
  }
  return times;
}

}  // namespace

bool counts_clusters(const Job& job) { return job.dedup.exact || job.dedup.near; }

bool repeats_documents(const Job& job) {
  const auto is_repeated = [](const SourceSpec& spec) { return spec.repeat_ppm != kMillion; };
  return !job.output.repeat_by_cluster.empty() || std::ranges::any_of(job.sources, is_repeated);
}

std::uint64_t guessed_bytes_with_copies(const Setup& setup) {
  std::uint64_t bytes = 0;
  for (const InputFile& file : setup.files) {
    const Uint128 times = times_of_source(setup.job.input[file.entry].source, setup.job);
    bytes += static_cast<std::uint64_t>(guessed_text_bytes(file) * times / kMillion);
  }
  return bytes;
}

void count_clusters(Records& records, const Setup& setup, World& world) {
  if (!counts_clusters(setup.job)) return;
  records.cluster_size.assign(records.size(), 1);
  std::size_t next = 0;
  exchange_rows<std::uint64_t>(
      setup.job.memory_per_rank / 32,
      [&](Outbox<std::uint64_t>& outbox) {
        for (; next < records.size() && !outbox.full(); ++next) {
          if (records.kept[next] != kNoRecord) outbox.add(records.home_of(records.kept[next]), records.kept[next]);
        }
        return next < records.size();
      },
      [&](std::span<const std::uint64_t> came) {
        for (const std::uint64_t kept : came) {
          std::uint32_t& size = records.cluster_size[kept - records.first];
          if (size < UINT32_MAX) ++size;
        }
      },
      world);
}

void repeat_documents(Records& records, const Setup& setup) {
  if (!repeats_documents(setup.job)) return;
  constexpr std::uint64_t kOne = kMillion * kMillion;
  std::vector<std::uint64_t> of_source;
  for (const std::string& name : records.sources) of_source.push_back(times_of_source(name, setup.job));
  records.copies.assign(records.size(), 0);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records.is_alive(i)) continue;
    const std::uint64_t size = records.cluster_size.empty() ? 1 : records.cluster_size[i];
    const std::uint64_t times = of_source[records.source[i]] * times_of_cluster(setup.job.output.repeat_by_cluster, size);
    const bool one_more = falls_in(draw(setup.job.output.seed, Purpose::repeat, records.text_hash[i]), times % kOne, kOne);
    records.copies[i] = static_cast<std::uint16_t>(times / kOne + (one_more ? 1 : 0));
    if (records.copies[i] > 0) continue;
    records.verdict[i] = Verdict::removed;
    records.reason[i] = Reason::sampled;
  }
}

}  // namespace quern
