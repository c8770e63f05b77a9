#pragma once
// The command line as data, from the definition that parses it: what the manual page and the completions are made of.

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace quern {

struct OptionWords {
  std::string name;  ///< `--to`; of a positional argument its name
  std::string short_name, help;
  std::string value;                 ///< what it takes, in capitals; empty: nothing
  std::vector<std::string> choices;  ///< all values that it takes; empty: not a list of names
  bool is_number = false, is_required = false, is_repeatable = false;
};

struct CommandWords {
  std::string name, help;
  std::vector<OptionWords> options, arguments;
};

/// Of the program itself: its options, without its commands.
CommandWords words_of(const CLI::App& app);
/// All commands, in the order of their definition.
std::vector<CommandWords> commands_of(const CLI::App& app);

}  // namespace quern
