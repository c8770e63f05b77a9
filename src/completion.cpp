#include "completion.hpp"

#include "command_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace quern {

namespace {

class Script {
 public:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  std::string text() { return std::move(text_); }

 private:
  std::string text_;
};

/// In single quotes, for every shell; `special` characters with a backslash, where the text is parsed once more.
std::string quoted(std::string_view text, std::string_view special, std::string_view quote) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += quote;
      continue;
    }
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out + '\'';
}

constexpr std::string_view kPosixQuote = "'\\''";

std::string option_names(const CommandWords& command) {
  std::string names;
  for (const OptionWords& option : command.options) names += (names.empty() ? "" : " ") + option.name;
  return names;
}

// ---- bash ----

void bash_values(const CommandWords& command, Script& script) {
  for (const OptionWords& option : command.options) {
    if (option.value.empty()) continue;
    const std::string pattern = fmt::format("    '{} {}')", command.name, option.name);
    if (!option.choices.empty()) script.line("{} words='{}'; given=yes ;;", pattern, fmt::join(option.choices, " "));
    else if (option.is_number) script.line("{} return ;;", pattern);
    else script.line("{} files=yes ;;", pattern);
  }
}

std::string bash(const CLI::App& app) {
  const auto commands = commands_of(app);
  Script script;
  script.line("# Completion of quern for bash, made by `quern completion bash` from the definition of its command line.\n_quern() {{");
  script.line("  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' files='' given='' i");
  script.line("  COMPREPLY=()\n  for ((i = 1; i < COMP_CWORD; ++i)); do\n    if [[ ${{COMP_WORDS[i]}} != -* ]]; then command=${{COMP_WORDS[i]}}; break; fi\n  done");
  script.line("  case \"$command $before\" in");
  for (const CommandWords& command : commands) bash_values(command, script);
  script.line("  esac\n  if [[ -z $files && -z $given ]]; then\n    case $command in");
  std::string names;
  for (const CommandWords& command : commands) names += command.name + " ";
  script.line("      '') words='{}{}' ;;", names, option_names(words_of(app)));
  for (const CommandWords& command : commands) {
    script.line("      {})", command.name);
    script.line("        if [[ $current == -* ]]; then words='{}'", option_names(command));
    const bool has_choices = !command.arguments.empty() && !command.arguments.front().choices.empty();
    if (has_choices) script.line("        else words='{}'", fmt::join(command.arguments.front().choices, " "));
    else if (!command.arguments.empty()) script.line("        else files=yes");
    script.line("        fi ;;");
  }
  script.line("    esac\n  fi\n  if [[ -n $files ]]; then\n    compopt -o filenames 2>/dev/null\n    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")");
  script.line("  else\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n  fi\n}}\ncomplete -F _quern quern");
  return script.text();
}

// ---- zsh ----

/// What stands behind the help of an option or argument: message and action.
std::string zsh_action(const OptionWords& option) {
  if (!option.choices.empty()) return fmt::format(":{}:({})", option.value, fmt::join(option.choices, " "));
  return fmt::format(":{}:{}", option.value, option.is_number ? " " : "_files");
}

std::string zsh_option(const OptionWords& option) {
  const std::string spec = fmt::format("{}{}[", option.is_repeatable ? "*" : "", option.name);
  std::string help;
  for (const char c : option.help) help += c == '[' || c == ']' || c == ':' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return quoted(fmt::format("{}{}]{}", spec, help, option.value.empty() ? "" : zsh_action(option)), "", kPosixQuote);
}

std::string zsh(const CLI::App& app) {
  const auto commands = commands_of(app);
  Script script;
  script.line("#compdef quern\n# Completion of quern for zsh, made by `quern completion zsh` from the definition of its command line.\n_quern() {{");
  script.line("  local context state line\n  typeset -A opt_args\n  local -a commands\n  commands=(");
  for (const CommandWords& command : commands) script.line("    {}", quoted(command.name + ":" + command.help, "", kPosixQuote));
  script.line("  )\n  _arguments -C \\");
  for (const OptionWords& option : words_of(app).options) script.line("    {} \\", zsh_option(option));
  script.line("    '1:command:->command' '*::argument:->argument'\n  case $state in\n    command) _describe command commands ;;\n    argument)\n      case $words[1] in");
  for (const CommandWords& command : commands) {
    script.line("        {})\n          _arguments \\", command.name);
    for (const OptionWords& option : command.options) script.line("            {} \\", zsh_option(option));
    std::size_t number = 0;
    for (const OptionWords& argument : command.arguments) script.line("            '{}{}' \\", ++number, zsh_action(argument));
    script.line("            && return ;;");
  }
  script.line("      esac ;;\n  esac\n}}\nif [ \"$funcstack[1]\" = _quern ]; then _quern \"$@\"; else compdef _quern quern; fi");
  return script.text();
}

// ---- fish ----

std::string fish_text(std::string_view text) { return quoted(text, "\\", "\\'"); }

void fish_option(const OptionWords& option, const std::string& condition, Script& script) {
  std::string value;
  if (!option.choices.empty()) value = fmt::format(" -x -a {}", fish_text(fmt::format("{}", fmt::join(option.choices, " "))));
  else if (!option.value.empty()) value = option.is_number ? " -x" : " -r -F";
  script.line("complete -c quern -n {} -l {}{} -d {}", fish_text(condition), option.name.substr(2), value, fish_text(option.help));
}

std::string fish(const CLI::App& app) {
  Script script;
  script.line("# Completion of quern for fish, made by `quern completion fish` from the definition of its command line.");
  for (const OptionWords& option : words_of(app).options) fish_option(option, "__fish_use_subcommand", script);
  for (const CommandWords& command : commands_of(app)) {
    script.line("complete -c quern -n __fish_use_subcommand -f -a {} -d {}", command.name, fish_text(command.help));
    const std::string condition = "__fish_seen_subcommand_from " + command.name;
    for (const OptionWords& option : command.options) fish_option(option, condition, script);
    if (command.arguments.empty()) script.line("complete -c quern -n {} -f", fish_text(condition));
    for (const OptionWords& argument : command.arguments) {
      if (!argument.choices.empty()) script.line("complete -c quern -n {} -f -a {}", fish_text(condition), fish_text(fmt::format("{}", fmt::join(argument.choices, " "))));
    }
  }
  return script.text();
}

}  // namespace

std::string completion(const CLI::App& app, std::string_view shell) {
  if (shell == "bash") return bash(app);
  if (shell == "zsh") return zsh(app);
  if (shell == "fish") return fish(app);
  return {};
}

}  // namespace quern
