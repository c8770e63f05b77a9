#include "manual_page.hpp"

#include "command_words.hpp"

#include <fmt/format.h>

namespace quern {

namespace {

constexpr std::string_view kDate = "2026-11-20";  // of the page's frame: it is the same whenever it is made

/// Text in which nothing is a request or an escape of roff. A hyphen of the command line stays one when it is copied from the page.
std::string escaped(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if (c == '~') out += "\\(ti";
    else if (c == '^') out += "\\(ha";
    else if (c == '`') out += "\\(ga";
    else if (c == '\'') out += "\\(aq";
    else out += c;
  }
  return out;
}

class Page {
 public:
  Page(const CLI::App& app, std::string_view version) : app_(app) {
    line(".TH QUERN 1 {} \"quern {}\" \"User Commands\"", kDate, version);
    line(".SH NAME\nquern \\- from raw text to training data for language models");
    synopsis();
    line(".SH DESCRIPTION\n{}", escaped(app.get_description()));
    line(".PP\nCommands that work on a corpus or a data set are started with\n.BR mpirun (1)\nor\n.BR srun (1)\nwhere they are to have more than one rank.");
    commands();
    footer();
    line(".SH SEE ALSO\n.BR mpirun (1),\n.BR srun (1)");
  }

  std::string text() { return std::move(text_); }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }

  void synopsis() {
    line(".SH SYNOPSIS");
    bool first = true;
    for (const CommandWords& command : commands_of(app_)) {
      if (!first) line(".br");
      first = false;
      usage(command);
    }
  }

  void usage(const CommandWords& command) {
    std::string words = fmt::format("\\fBquern {}\\fR", escaped(command.name));
    if (command.options.size() > 1) words += " [\\fIoptions\\fR]";
    for (const OptionWords& argument : command.arguments) {
      const std::string name = fmt::format("\\fI{}\\fR", escaped(argument.value));
      words += argument.is_required ? " " + name : " [" + name + "]";
    }
    line("{}", words);
  }

  void commands() {
    line(".SH COMMANDS");
    for (const CommandWords& command : commands_of(app_)) {
      line(".SS quern {}", escaped(command.name));
      usage(command);
      line(".PP\n{}.", escaped(command.help));
      for (const OptionWords& argument : command.arguments) entry(fmt::format("\\fI{}\\fR", escaped(argument.value)), argument);
      for (const OptionWords& option : command.options) {
        if (option.name == "--help") continue;
        const std::string name = fmt::format("\\fB{}\\fR", escaped(option.name));
        entry(option.value.empty() ? name : fmt::format("{} \\fI{}\\fR", name, escaped(option.value)), option);
      }
    }
  }

  void entry(const std::string& head, const OptionWords& option) {
    const bool goes_on = !option.choices.empty() || option.is_repeatable;
    line(".TP\n{}\n{}{}", head, escaped(option.help), goes_on ? "." : "");
    if (!option.choices.empty()) line("One of: {}.", escaped(fmt::format("{}", fmt::join(option.choices, ", "))));
    if (option.is_repeatable) line("May be given more than once.");
  }

  /// The examples as they stand, and the exit codes as a text.
  void footer() {
    const std::string footer = app_.get_footer();
    const std::size_t codes = std::min(footer.find("Exit codes:"), footer.size());
    std::string_view examples = std::string_view(footer).substr(0, codes);
    if (const std::size_t head = examples.find("Examples:\n"); head != std::string_view::npos) examples.remove_prefix(head + 10);
    line(".SH EXAMPLES\n.nf");
    for (std::size_t at = 0; at < examples.size();) {
      const std::size_t end = std::min(examples.find('\n', at), examples.size());
      if (end > at) line("{}", escaped(examples.substr(at, end - at)));
      at = end + 1;
    }
    line(".fi");
    if (codes < footer.size()) line(".SH EXIT STATUS\n{}", escaped(footer.substr(codes + 12)));
  }

  const CLI::App& app_;
  std::string text_;
};

}  // namespace

std::string manual_page(const CLI::App& app, std::string_view version) { return Page(app, version).text(); }

}  // namespace quern
