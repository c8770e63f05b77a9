#pragma once
// The few kinds of failure that end a run. A bad document is never one of them: it is a value (Verdict + Reason).

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace quern {

/// Why a run cannot go on. The numbers are the exit codes of the program (docs/exit-codes.md).
enum class ErrorKind : int {
  internal = 1,  ///< a bug in quern: please report
  usage = 2,     ///< wrong command line
  plan = 3,      ///< job file, input list or tokenizer file cannot be used as given
  input = 4,     ///< input data are damaged and the job says to stop
  store = 5,     ///< a file could not be read, written, synced or renamed
  comm = 6,      ///< communication between ranks failed
  check = 7,     ///< a count or digest is not what it must be: the data set is wrong or was changed
  refused = 8,   ///< quern declines: the output belongs to another job, or another run holds the work folder
  stalled = 9,   ///< a rank did not go on for stall_timeout
  stopped = 10,  ///< told to end by a signal: what is done is recorded, and the same command goes on
  limits = 11,   ///< the data set is beyond a limit of the job and was not published
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }
  int exit_code() const noexcept { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
};

/// An error of another rank, thrown on this one too so that all end: that rank says what it was.
class SaidElsewhere : public Error {
 public:
  using Error::Error;
};

/// Throws Error with a formatted message. Messages name the path, offset, key or line, and the remedy.
template <class... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace quern
