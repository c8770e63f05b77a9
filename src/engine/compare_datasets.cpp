#include "engine/compare_datasets.hpp"

#include "quern/base/heartbeat.hpp"
#include "quern/base/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 64u << 10;
constexpr std::uint64_t kTokensAtOnce = 1u << 20;
constexpr std::size_t kRecordsShown = 5;

using Lines = std::vector<std::string>;

void compare_texts(const char* what, const std::string& before, const std::string& now, Lines& lines) {
  if (before != now) lines.push_back(fmt::format("{}: {} then, {} now", what, before, now));
}

void compare_numbers(const std::string& what, std::uint64_t before, std::uint64_t now, Lines& lines) {
  if (before != now) lines.push_back(fmt::format("{}: {} then, {} now", what, grouped(before), grouped(now)));
}

std::map<std::string, std::string> by_name(const std::vector<std::string>& versions) {
  std::map<std::string, std::string> map;
  for (const std::string& line : versions) {
    const std::size_t space = std::min(line.find(' '), line.size());
    map[line.substr(0, space)] = line.substr(std::min(space + 1, line.size()));
  }
  return map;
}

/// Program and libraries: what may be the reason for any other difference.
Lines version_differences(const Provenance& before, const Provenance& now) {
  Lines lines;
  compare_texts("version of quern", before.quern_version, now.quern_version, lines);
  compare_texts("version of Unicode", before.unicode_version, now.unicode_version, lines);
  auto was = by_name(before.versions), is = by_name(now.versions);
  if (was.empty()) return lines;
  for (const auto& [name, version] : is) was.try_emplace(name, "none");
  for (const auto& [name, version] : was) compare_texts(fmt::format("version of {}", name).c_str(), version, is.contains(name) ? is[name] : "none", lines);
  return lines;
}

Lines count_differences(const DatasetReader& before, const DatasetReader& now) {
  const Provenance &p = before.provenance(), &q = now.provenance();
  Lines lines;
  compare_texts("tokenizer digest", p.tokenizer_digest.hex(), q.tokenizer_digest.hex(), lines);
  compare_numbers("records", p.records, q.records, lines);
  compare_numbers("kept", p.kept, q.kept, lines);
  compare_numbers("quarantined", p.quarantined, q.quarantined, lines);
  for (std::size_t r = 1; r < std::max(p.by_reason.size(), q.by_reason.size()); ++r) {
    const std::string& name = r < before.reasons().size() ? before.reasons()[r] : now.reasons()[r];
    compare_numbers("reason " + name, r < p.by_reason.size() ? p.by_reason[r] : 0, r < q.by_reason.size() ? q.by_reason[r] : 0, lines);
  }
  compare_numbers("tokens", p.tokens, q.tokens, lines);
  return lines;
}

/// What became of a record, in words.
std::string fate(const DatasetReader& data, const LedgerRow& row, std::uint64_t record) {
  std::string text(data.verdict_name(row, record));
  if (row.verdict != Verdict::kept) text += fmt::format(" ({})", data.reason_name(row, record));
  if (row.kept != kNoRecord) text += fmt::format(" for record {}", grouped(row.kept));
  if (row.similarity.denominator != 0) text += fmt::format(", similarity {}/{}", row.similarity.numerator, row.similarity.denominator);
  return text;
}

/// The first records that have other rows.
Lines ledger_differences(const DatasetReader& before, const DatasetReader& now) {
  Lines lines;
  const std::uint64_t records = std::min(before.shape().n_records, now.shape().n_records);
  for (std::uint64_t first = 0; first < records && lines.size() < kRecordsShown;) {
    const LedgerPart was = before.ledger(first, std::min(kRowsAtOnce, records - first)), is = now.ledger(first, std::min(kRowsAtOnce, records - first));
    const std::size_t rows = std::min(was.rows.size(), is.rows.size());
    for (std::size_t i = 0; i < rows && lines.size() < kRecordsShown; ++i) {
      const std::string then = fate(before, was.rows[i], first + i), today = fate(now, is.rows[i], first + i);
      if (then != today) lines.push_back(fmt::format("record {}: {} then, {} now", grouped(first + i), then, today));
      if (was.own_ids[i] != is.own_ids[i]) lines.push_back(fmt::format("record {}: id '{}' then, '{}' now", grouped(first + i), was.own_ids[i], is.own_ids[i]));
    }
    first += rows;
    beat();
  }
  return lines;
}

/// The place of the first token that differs.
Lines token_differences(const DatasetReader& before, const DatasetReader& now) {
  const std::uint64_t tokens = std::min(before.shape().n_tokens, now.shape().n_tokens);
  for (std::uint64_t first = 0; first < tokens;) {
    std::vector<std::uint32_t> was(std::min(kTokensAtOnce, tokens - first)), is(was.size());
    before.tokens(first, was);
    now.tokens(first, is);
    const auto [at, other] = std::ranges::mismatch(was, is);
    if (at != was.end()) return {fmt::format("token {} of /data: {} then, {} now", grouped(first + static_cast<std::uint64_t>(at - was.begin())), *at, *other)};
    first += was.size();
    beat();
  }
  return {};
}

void print(const char* head, const Lines& lines, std::ostream& out) {
  for (const std::string& line : lines) out << fmt::format("{:<14} {}\n", head, line);
}

bool compare(const DatasetReader& before, const DatasetReader& now, std::ostream& out) {
  const Lines versions = version_differences(before.provenance(), now.provenance());
  print("note", versions, out);
  if (before.content_digest() != now.content_digest()) {
    out << fmt::format("{:<14} content digest: {} then, {} now\n", "different", before.content_digest().hex(), now.content_digest().hex());
    for (const Lines& lines : {count_differences(before, now), ledger_differences(before, now), token_differences(before, now)}) print("different", lines, out);
    return false;
  }
  out << fmt::format("{:<14} content digest {}\n", "same", now.content_digest().hex());
  const bool same_makers = versions.empty() && before.provenance() == now.provenance();
  if (before.seal() == now.seal()) {
    out << fmt::format("{:<14} seal {}: every column\n", "same", now.seal().hex());
  } else if (same_makers) {
    out << fmt::format("{:<14} seal: {} then, {} now: a column beside the content (places, digests of files, languages, metadata, signals, marks)\n", "different",
                       before.seal().hex(), now.seal().hex());
    return false;
  } else {
    out << fmt::format("{:<14} the seals differ, since they cover the versions and the job\n", "note");
  }
  return true;
}

}  // namespace

bool compare_datasets(const DatasetReader& before, const DatasetReader& now, std::ostream& out, World& world) {
  const bool different = world.is_root() && !compare(before, now, out);
  return world.max(different ? 1 : 0) == 0;
}

}  // namespace quern
