#pragma once
// report.html: a report.json as a page to look at (docs/report.md).

#include <string>
#include <string_view>

namespace quern {

/// One file without a script that asks for nothing over a network. `report_json`: as docs/formats/report.md has it; what it does not have is left
/// out of the page. `examples_json`: texts of duplicates to be shown, or nothing.
/// Throws Error{check} when it is no report, or its counts do not add up. One process; memory: some times the report.
std::string report_page(std::string_view report_json, std::string_view examples_json = {});

}  // namespace quern
