#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>

namespace quern {

/// quern(1) in roff, from the definition of the command line: every command with its arguments and options, and the footer of the help text
/// (examples, exit codes).
std::string manual_page(const CLI::App& app, std::string_view version);

}  // namespace quern
