#include "report/stages.hpp"

#include "quern/base/error.hpp"
#include "quern/base/verdict.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

constexpr std::array<StageAbout, kStages> kAbout = {{
    {"read", "quarantined"},
    {"clean", "extract and clean"},
    {"language", "language"},
    {"filter", "filters"},
    {"corpus", "corpus rules"},
    {"exact", "exact duplicates"},
    {"near", "near duplicates"},
    {"sources", "source shares"},
}};

struct Named {
  std::string_view reason;
  FunnelStage stage;
};
constexpr Named kNamed[] = {
    {"exact", FunnelStage::exact},           {"near", FunnelStage::near},           {"clean_empty", FunnelStage::clean},    {"extract_empty", FunnelStage::clean},
    {"refinedweb_lines", FunnelStage::clean}, {"pii_density", FunnelStage::clean},   {"language", FunnelStage::language},    {"language_score", FunnelStage::language},
    {"repeated", FunnelStage::corpus},       {"contamination", FunnelStage::corpus}, {"quantile", FunnelStage::corpus},      {"sampled", FunnelStage::sources},
    {"source_weight", FunnelStage::sources}, {"source_cap", FunnelStage::sources},
};

bool quarantines(std::string_view reason) {
  const auto found = std::ranges::find(kReasonNames, reason);
  return found != kReasonNames.end() && is_quarantine(static_cast<Reason>(found - kReasonNames.begin()));
}

std::uint64_t number(const nlohmann::ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

void check(const Funnel& funnel) {
  std::uint64_t records = funnel.kept;
  for (const FunnelRow& row : funnel.rows) records += row.records;
  if (records != funnel.records) {
    fail(ErrorKind::check, "report.json: the counts do not add up: {} records in, {} kept or with a reason", funnel.records, records);
  }
}

}  // namespace

const StageAbout& about(FunnelStage stage) { return kAbout[static_cast<std::size_t>(stage)]; }

FunnelStage stage_of(std::string_view reason) {
  const auto* const found = std::ranges::find(kNamed, reason, &Named::reason);
  if (found != std::end(kNamed)) return found->stage;
  return quarantines(reason) ? FunnelStage::read : FunnelStage::filter;
}

Funnel funnel_of(const nlohmann::ordered_json& report) {
  const auto object = [](const nlohmann::ordered_json& in, const char* key) { return in.value(key, nlohmann::ordered_json::object()); };
  const nlohmann::ordered_json counts = object(report, "counts"), bytes = object(counts, "text_bytes");
  Funnel funnel;
  funnel.records = number(object(report, "input"), "records");
  funnel.kept = number(counts, "kept");
  funnel.tokens = number(report, "tokens");
  funnel.has_bytes = !bytes.empty();
  funnel.bytes = funnel.kept_bytes = number(bytes, "kept");
  const nlohmann::ordered_json reasons = object(counts, "by_reason");
  for (const auto& [reason, n] : reasons.items()) {
    FunnelRow row{reason, stage_of(reason), n.get<std::uint64_t>(), number(object(bytes, "by_reason"), reason.c_str())};
    funnel.bytes += row.bytes;
    funnel.rows.push_back(std::move(row));
  }
  std::sort(funnel.rows.begin(), funnel.rows.end(), [](const FunnelRow& a, const FunnelRow& b) {
    return a.stage != b.stage ? a.stage < b.stage : a.records != b.records ? a.records > b.records : a.reason < b.reason;
  });
  check(funnel);
  return funnel;
}

}  // namespace quern
