#pragma once
// Reasons in the order in which documents meet them, gathered into stages for pictures.

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace quern {

enum class FunnelStage : std::uint8_t { read, clean, language, filter, corpus, exact, near, sources, count_ };
inline constexpr std::size_t kStages = static_cast<std::size_t>(FunnelStage::count_);

struct StageAbout {
  std::string_view id;      ///< of its colour in the style sheet
  std::string_view name;
};
const StageAbout& about(FunnelStage stage);

/// By the name of a reason; one that this program does not know is a filter's.
FunnelStage stage_of(std::string_view reason);

struct FunnelRow {
  std::string reason;
  FunnelStage stage = FunnelStage::filter;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;   ///< of cleaned text
};

/// A report.json as a funnel: what goes in, what each reason takes, what is kept.
struct Funnel {
  std::uint64_t records = 0, kept = 0, tokens = 0;
  bool has_bytes = false;
  std::uint64_t bytes = 0, kept_bytes = 0;  ///< of cleaned text; what goes in: of all that could be taken in
  std::vector<FunnelRow> rows;              ///< by stage, then most records first, then by name
};

/// Throws Error{check} when its counts do not add up.
Funnel funnel_of(const nlohmann::ordered_json& report);

}  // namespace quern
