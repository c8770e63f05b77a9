#pragma once

#include "quern/report/figures.hpp"

#include <nlohmann/json.hpp>

namespace quern {

/// `figures` of report.json (docs/formats/report.md); sources have their place beside it.
nlohmann::ordered_json figures_json(const Figures& figures);

}  // namespace quern
