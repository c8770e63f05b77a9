#include "engine/batch_script.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <sstream>

namespace quern {

namespace {

constexpr std::uint64_t kEverything = std::numeric_limits<std::uint64_t>::max();

struct Option {
  std::string name, value;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stop, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string long_name(char letter) {
  switch (letter) {
    case 'N': return "nodes";
    case 'n': return "ntasks";
    case 'c': return "cpus-per-task";
    case 't': return "time";
    default: return {letter};
  }
}

/// The options of one #SBATCH line; a word beginning with # ends it.
std::vector<Option> options_of(const std::string& line) {
  std::istringstream words(line);
  std::vector<Option> options;
  for (std::string word; words >> word && word.front() != '#';) {
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      options.push_back({word.substr(2, equals == std::string::npos ? equals : equals - 2), equals == std::string::npos ? "" : word.substr(equals + 1)});
    } else if (word.size() > 1 && word.front() == '-') {
      options.push_back({long_name(word[1]), word.substr(2)});
    } else if (!options.empty() && options.back().value.empty()) {
      options.back().value = word;
    }
  }
  return options;
}

/// "4G" → bytes; a bare number is in MiB, as for Slurm.
std::optional<std::uint64_t> memory(std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  if (!text.empty() && (text.back() == 'B' || text.back() == 'b')) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  const char last = static_cast<char>(text.back() >= 'a' ? text.back() - 'a' + 'A' : text.back());
  std::size_t unit = kUnits.find(last);
  if (unit == std::string_view::npos) {
    unit = 1;
  } else {
    text.remove_suffix(1);
  }
  const auto value = number(text);
  if (!value || *value > (kEverything >> (10 * (unit + 1)))) return std::nullopt;
  return *value << (10 * (unit + 1));
}

/// Slurm's forms: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S.
std::optional<std::uint64_t> time_limit(const std::string& text) {
  if (text == "UNLIMITED" || text == "INFINITE" || text == "0") return kEverything;
  const std::size_t dash = text.find('-');
  const bool days_given = dash != std::string::npos;
  const auto days = days_given ? number(text.substr(0, dash)) : std::optional<std::uint64_t>(0);
  const std::vector<std::string> parts = split(std::string_view(text).substr(days_given ? dash + 1 : 0), ':');
  if (!days || parts.size() > 3) return std::nullopt;
  // By how many parts there are: seconds in the first, second and third.
  constexpr std::array<std::array<std::uint64_t, 3>, 3> kOfMinutes = {{{60, 0, 0}, {60, 1, 0}, {3600, 60, 1}}};
  constexpr std::array<std::uint64_t, 3> kOfHours = {3600, 60, 1};
  std::uint64_t seconds = *days * 86400;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = number(parts[i]);
    if (!part) return std::nullopt;
    seconds += *part * (days_given ? kOfHours[i] : kOfMinutes[parts.size() - 1][i]);
  }
  return seconds;
}

/// "B:USR1@120" → 120; other signals, and those that go to the ranks alone, are none that the shell hears.
std::optional<std::uint64_t> warning_to_shell(const std::string& text) {
  const std::size_t colon = text.find(':'), at = text.find('@');
  const std::string flags = colon == std::string::npos ? "" : text.substr(0, colon);
  const std::string signal = text.substr(colon == std::string::npos ? 0 : colon + 1, at == std::string::npos ? at : at - (colon + 1));
  if (flags.find('B') == std::string::npos || (signal != "USR1" && signal != "SIGUSR1" && signal != "10" && signal != "TERM")) return std::nullopt;
  return at == std::string::npos ? 60 : number(text.substr(at + 1));
}

void take(const Option& option, BatchOptions& options, bool& understood) {
  const auto set = [&](auto& place, const auto& value) {
    understood = value.has_value();
    place = value;
  };
  if (option.name == "nodes") set(options.nodes, number(split(option.value, '-').front()));
  if (option.name == "ntasks") set(options.tasks, number(option.value));
  if (option.name == "ntasks-per-node") set(options.tasks_per_node, number(option.value));
  if (option.name == "cpus-per-task") set(options.cpus_per_task, number(option.value));
  if (option.name == "mem-per-cpu") set(options.mem_per_cpu_bytes, memory(option.value));
  if (option.name == "mem") set(options.mem_per_node_bytes, memory(option.value));
  if (option.name == "time") set(options.time_s, time_limit(option.value));
  if (option.name == "signal") options.signal_s = warning_to_shell(option.value);
  if (option.name == "no-requeue") options.requeue = false;
  if (option.name == "requeue") options.requeue = true;
  if (option.name == "open-mode") options.appends = option.value == "append";
}

}  // namespace

std::uint64_t BatchOptions::ranks() const {
  if (tasks) return *tasks;
  return nodes.value_or(1) * tasks_per_node.value_or(1);
}

std::optional<std::uint64_t> BatchOptions::bytes_per_task() const {
  if (mem_per_cpu_bytes) return *mem_per_cpu_bytes == 0 ? kEverything : *mem_per_cpu_bytes * cpus_per_task.value_or(1);
  if (!mem_per_node_bytes) return std::nullopt;
  if (*mem_per_node_bytes == 0) return kEverything;
  const std::uint64_t on_a_node = tasks_per_node ? *tasks_per_node : (ranks() + nodes.value_or(1) - 1) / nodes.value_or(1);
  return *mem_per_node_bytes / std::max<std::uint64_t>(on_a_node, 1);
}

BatchOptions read_batch_options(std::string_view script, const std::string& name) {
  constexpr std::string_view kMark = "#SBATCH ";
  BatchOptions options;
  std::istringstream lines{std::string(script)};
  std::size_t number_of_line = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number_of_line;
    // sbatch reads no further than the first command.
    if (!line.empty() && line.front() != '#' && line.find_first_not_of(" \t\r") != std::string::npos) break;
    if (!line.starts_with(kMark)) continue;
    for (const Option& option : options_of(line.substr(kMark.size()))) {
      bool understood = true;
      take(option, options, understood);
      if (!understood) fail(ErrorKind::plan, "{}: line {}: --{} has the value '{}', which Slurm does not know", name, number_of_line, option.name, option.value);
    }
  }
  return options;
}

std::string with_options(std::string_view script, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string text(script);
  for (const auto& [option, value] : values) {
    const std::string before = "\n#SBATCH " + option + "=";
    const std::size_t begin = text.find(before);
    if (begin == std::string::npos) fail(ErrorKind::internal, "slurm/quern.sbatch has no line #SBATCH {}=", option);
    const std::size_t from = begin + before.size();
    text.replace(from, text.find('\n', from) - from, value);
  }
  return text;
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,+@%-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string slurm_time(std::uint64_t seconds) {
  const std::string clock = fmt::format("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
  return seconds < 86400 ? clock : fmt::format("{}-{}", seconds / 86400, clock);
}

}  // namespace quern
