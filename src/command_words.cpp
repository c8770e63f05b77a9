#include "command_words.hpp"

#include <algorithm>
#include <cctype>

namespace quern {

namespace {

/// `{a,b,c}`, as CLI11 prints the names of CLI::IsMember.
std::vector<std::string> choices_in(const std::string& type) {
  std::vector<std::string> choices;
  const std::size_t open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return choices;
  for (std::size_t at = open + 1; at < close;) {
    const std::size_t end = std::min(type.find(',', at), close);
    choices.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return choices;
}

std::string capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return text;
}

OptionWords words_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  OptionWords words;
  words.help = option.get_description();
  words.choices = choices_in(type);
  words.is_number = type.starts_with("INT") || type.starts_with("UINT") || type.starts_with("FLOAT") || type.starts_with("NONNEGATIVE") || type.starts_with("POSITIVE");
  words.is_required = option.get_required();
  words.is_repeatable = option.get_expected_max() > 1;
  words.name = option.get_positional() ? option.get_single_name() : "--" + option.get_lnames().front();
  if (!option.get_snames().empty()) words.short_name = "-" + option.get_snames().front();
  if (option.get_positional()) words.value = capitals(words.name);
  else if (option.get_items_expected_max() > 0) words.value = words.is_number ? "NUMBER" : capitals(option.get_lnames().front());
  return words;
}

}  // namespace

CommandWords words_of(const CLI::App& app) {
  CommandWords words{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) (option->get_positional() ? words.arguments : words.options).push_back(words_of(*option));
  return words;
}

std::vector<CommandWords> commands_of(const CLI::App& app) {
  std::vector<CommandWords> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) commands.push_back(words_of(*command));
  return commands;
}

}  // namespace quern
