#pragma once
// Standard error when a line on it is drawn again and again while messages come between. Thread-safe; one per process, as standard error is.

#include <spdlog/sinks/sink.h>

#include <cstddef>
#include <memory>
#include <string>

namespace quern {

/// Whether standard error is a terminal.
bool stderr_is_terminal();

/// Its columns; under mpirun, where it is a pipe, those of the terminal of the session; else COLUMNS, else 80.
std::size_t terminal_columns();

/// Whether the terminal understands escape sequences (TERM is neither empty nor "dumb"), and whether it may show colours (NO_COLOR is not set).
bool terminal_takes_escapes();
bool terminal_takes_colour();

/// Draws the line in place of the one before. Where standard error takes nothing at the moment (a stopped terminal, a full pipe), and in the
/// background, nothing is done: it never waits. `bold`: so many of the first characters stand out.
void draw_status_line(const std::string& line, std::size_t bold = 0);
/// Takes the line away; the place is free for messages.
void erase_status_line();
/// Whether a message of the process could be written now without waiting.
bool stderr_takes_more();

/// Where spdlog writes messages: above the line, which is drawn again below.
std::shared_ptr<spdlog::sinks::sink> make_stderr_sink();

}  // namespace quern
