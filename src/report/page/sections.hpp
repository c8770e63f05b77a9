#pragma once
// The sections of the page, each from the report it is given. A section without anything to show is empty.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace quern::page {

using Json = nlohmann::ordered_json;

/// The value at a path like "run/steps", or an empty object.
const Json& at(const Json& report, std::string_view path);
std::uint64_t count(const Json& object, std::string_view path);
double real(const Json& object, std::string_view path);
std::string word(const Json& object, std::string_view path);

std::string head(const Json& report);
std::string funnel(const Json& report);
std::string reasons_by_source(const Json& report);
std::string languages(const Json& report);
std::string lengths(const Json& report);
std::string signals(const Json& report);
std::string clusters(const Json& report);
std::string steps(const Json& report);
std::string quarantine(const Json& report);
std::string job(const Json& report);
std::string provenance(const Json& report);

/// The style sheet (src/report/page/page.css).
extern const std::string_view kStyle;

}  // namespace quern::page
