#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>

namespace quern {

/// A script with which a shell (bash, zsh or fish) completes commands, options, names that an option takes, and files. From the definition of
/// the command line. Empty for another shell.
std::string completion(const CLI::App& app, std::string_view shell);

}  // namespace quern
