#include "near/cover_finish.hpp"

#include "quern/base/heartbeat.hpp"

#include <cstring>

namespace quern {

namespace {

struct Undecided {
  std::uint64_t place;
  SpoolRef ref;
  Sketch sketch;
  std::uint64_t removed;  ///< by a leader that was kept before
};

struct Decision {
  std::uint64_t place;
  std::uint64_t kept;
};

/// What is left of the problem: documents in keep order, and for each bucket the number of leaders it has named.
struct Residue {
  std::vector<Undecided> documents;
  std::vector<std::vector<std::uint32_t>> buckets_of;     ///< per document
  std::vector<std::uint64_t> leaders;                     ///< per bucket, named before
  std::vector<std::vector<std::uint32_t>> new_leaders;    ///< per bucket, documents kept here

  std::uint32_t index_of(std::uint64_t place) const {
    const auto found = std::lower_bound(documents.begin(), documents.end(), place, [](const Undecided& d, std::uint64_t p) { return d.place < p; });
    return static_cast<std::uint32_t>(found - documents.begin());
  }
};

std::string pack_undecided(const CoverHome& cover_home, const Home& home) {
  std::string bytes;
  cover_home.for_each_undecided([&](std::size_t slot) {
    const Undecided row{home.place(slot), home.ref(slot), home.sketch(slot), cover_home.has_keeper(slot) ? 1u : 0u};
    bytes.append(reinterpret_cast<const char*>(&row), sizeof row);
  });
  return bytes;
}

/// `residue` as CoverOwner::residue() writes it.
void add_buckets(std::span<const std::uint64_t> residue, Residue& problem) {
  for (std::size_t at = 0; at < residue.size();) {
    const auto bucket = static_cast<std::uint32_t>(problem.leaders.size());
    problem.leaders.push_back(residue[at]);
    const std::uint64_t members = residue[at + 1];
    at += 2;
    for (std::uint64_t i = 0; i < members; ++i) problem.buckets_of[problem.index_of(residue[at++])].push_back(bucket);
  }
  problem.new_leaders.resize(problem.leaders.size());
}

Residue gather_residue(const CoverOwner& owner, const CoverHome& cover_home, const Home& home, World& world) {
  Residue problem;
  // Home ranks hold ascending parts of the keep order, so their documents joined in rank order are in keep order.
  for (const std::string& part : world.gather_bytes(pack_undecided(cover_home, home))) {
    const auto rows = rows_in<Undecided>(part);
    problem.documents.insert(problem.documents.end(), rows.begin(), rows.end());
  }
  problem.buckets_of.resize(problem.documents.size());
  const std::vector<std::uint64_t> mine = owner.residue();
  for (const std::string& part : world.gather_bytes({reinterpret_cast<const char*>(mine.data()), mine.size() * sizeof mine[0]})) {
    add_buckets(rows_in<std::uint64_t>(part), problem);
  }
  return problem;
}

bool is_similar_to_a_leader(const Residue& problem, std::size_t document, Comparer& comparer) {
  std::vector<std::uint32_t> leaders;
  for (const std::uint32_t bucket : problem.buckets_of[document]) {
    leaders.insert(leaders.end(), problem.new_leaders[bucket].begin(), problem.new_leaders[bucket].end());
  }
  std::sort(leaders.begin(), leaders.end());
  leaders.erase(std::unique(leaders.begin(), leaders.end()), leaders.end());
  const Undecided& member = problem.documents[document];
  return std::any_of(leaders.begin(), leaders.end(), [&](std::uint32_t l) {
    const Undecided& leader = problem.documents[l];
    return comparer.similar(comparer.compare({leader.place, leader.sketch, leader.ref}, {member.place, member.sketch, member.ref}));
  });
}

std::vector<Decision> decide_in_keep_order(Residue& problem, Comparer& comparer) {
  std::vector<Decision> decisions;
  for (std::size_t d = 0; d < problem.documents.size(); ++d) {
    beat();
    const bool kept = problem.documents[d].removed == 0 && !is_similar_to_a_leader(problem, d, comparer);
    decisions.push_back({problem.documents[d].place, kept ? 1u : 0u});
    if (!kept) continue;
    for (const std::uint32_t bucket : problem.buckets_of[d]) {
      if (problem.leaders[bucket]++ < kLeadersPerBucket) problem.new_leaders[bucket].push_back(static_cast<std::uint32_t>(d));
    }
  }
  return decisions;
}

}  // namespace

void finish_on_root(const CoverOwner& owner, CoverHome& cover_home, const Home& home, Comparer& comparer, World& world) {
  Residue problem = gather_residue(owner, cover_home, home, world);
  const std::vector<Decision> decisions = decide_in_keep_order(problem, comparer);
  for (const Decision& decision : world.all_gather<Decision>(decisions)) cover_home.accept(decision.place, decision.kept != 0);
}

}  // namespace quern
