#include "quern/store/lease.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

namespace quern {

namespace {

constexpr std::string_view kPrefix = "lease.";
constexpr std::string_view kReleased = "released\n";
constexpr std::size_t kMostBytes = 4096;  // of a lease file

/// A process, so that nobody else is taken for it: numbers of processes come again, after a restart of the machine and in another container.
struct Holder {
  std::string host, boot, processes, started, job, restart;
  std::uint64_t pid = 0;
};

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

/// Since when the process runs, in ticks of its machine (proc(5), field 22 of stat); empty when it does not.
std::string start_of(std::uint64_t pid) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", pid));
  // The name, in brackets, may hold blanks and brackets: the fields begin behind the last one, with the third.
  const std::size_t close = line.rfind(')');
  if (close == std::string::npos) return {};
  std::istringstream fields(line.substr(close + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) {
    fields >> field;
    if (i == 3 && (field == "Z" || field == "X")) return {};  // has ended, and nobody has asked how
  }
  return field;
}

Holder this_process() {
  std::array<char, HOST_NAME_MAX + 1> host = {};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {'?'};
  std::error_code ignored;
  Holder holder;
  holder.host = host.data();
  holder.boot = first_line("/proc/sys/kernel/random/boot_id");
  holder.processes = std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
  holder.pid = static_cast<std::uint64_t>(::getpid());
  holder.started = start_of(holder.pid);
  holder.job = variable("SLURM_JOB_ID");
  holder.restart = variable("SLURM_RESTART_COUNT");
  return holder;
}

std::string to_text(const Holder& holder) {
  return fmt::format("host {}\npid {}\nboot {}\nprocesses {}\nstarted {}\njob {}\nrestart {}\n", holder.host, holder.pid, holder.boot,
                     holder.processes, holder.started, holder.job, holder.restart);
}

Holder from_text(const std::string& text) {
  Holder holder;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string key = line.substr(0, blank), value = line.substr(std::min(blank + 1, line.size()));
    if (key == "host") holder.host = value;
    if (key == "pid") holder.pid = std::strtoull(value.c_str(), nullptr, 10);
    if (key == "boot") holder.boot = value;
    if (key == "processes") holder.processes = value;
    if (key == "started") holder.started = value;
    if (key == "job") holder.job = value;
    if (key == "restart") holder.restart = value;
  }
  return holder;
}

std::string lease_path(const std::string& folder, std::uint64_t epoch) { return fmt::format("{}/{}{}", folder, kPrefix, epoch); }

/// Epochs of the leases in the folder, ascending.
std::vector<std::uint64_t> epochs_in(const std::string& folder) {
  std::vector<std::uint64_t> epochs;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    if (!name.starts_with(kPrefix)) continue;
    std::uint64_t epoch = 0;
    const auto [stop, wrong] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), epoch);
    if (wrong == std::errc() && stop == name.data() + name.size()) epochs.push_back(epoch);
  }
  if (error) fail(ErrorKind::store, "{}: cannot list the folder: {}", folder, error.message());
  std::sort(epochs.begin(), epochs.end());
  return epochs;
}

std::string lease_text(const std::string& folder, std::uint64_t epoch) {
  const File file(lease_path(folder, epoch), File::Mode::read);
  std::string text(kMostBytes, '\0');
  text.resize(file.read_some_at(0, text.data(), text.size()));
  return text;
}

/// What the alive file says; empty when there is none.
std::string signs_of_life(const std::string& folder) {
  const std::string path = folder + "/" + kAliveFileName;
  return path_exists(path) ? read_file(path) : std::string();
}

bool changes_within(const std::string& folder, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kStep{250};
  const std::string before = signs_of_life(folder);
  for (std::chrono::milliseconds waited{0}; waited < patience; waited += kStep) {
    std::this_thread::sleep_for(kStep);
    if (signs_of_life(folder) != before) return true;
  }
  return false;
}

/// The last lease's text. Between making it and writing into it another run may look: an empty one is given a moment.
std::string settled_text(const std::string& folder, std::uint64_t epoch) {
  constexpr int kTries = 40;
  std::string text = lease_text(folder, epoch);
  for (int i = 0; i < kTries && text.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    text = lease_text(folder, epoch);
  }
  return text;
}

bool lives(const Holder& holder, const std::string& folder, std::chrono::milliseconds patience) {
  const Holder me = this_process();
  if (holder.boot == me.boot && holder.processes == me.processes) return !holder.started.empty() && start_of(holder.pid) == holder.started;
  if (!holder.job.empty() && holder.job == me.job && holder.restart != me.restart) return false;
  return changes_within(folder, patience);
}

void make_lease(const std::string& folder, std::uint64_t epoch, unsigned permissions) {
  const std::string path = lease_path(folder, epoch);
  File file;
  try {
    file = File(path, File::Mode::create, permissions);
  } catch (const Error&) {
    const std::vector<std::uint64_t> now = epochs_in(folder);
    if (now.empty() || now.back() < epoch) throw;  // nobody else made it: the disk is full or broken
    fail(ErrorKind::refused, "{}: another run took this work folder at the same moment", folder);
  }
  try {
    file.append(to_text(this_process()));
    file.sync();
    file.close();
  } catch (const Error&) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);  // one that names nobody would make the next run wait for signs of life
    throw;
  }
}

}  // namespace

Lease Lease::take(const std::string& folder, std::chrono::milliseconds patience, unsigned permissions) {
  const std::vector<std::uint64_t> epochs = epochs_in(folder);
  const std::uint64_t last = epochs.empty() ? 0 : epochs.back();
  if (last != 0) {
    const std::string text = settled_text(folder, last);
    const Holder holder = from_text(text);
    if (text != kReleased && lives(holder, folder, patience)) {
      fail(ErrorKind::refused, "{}: another run holds this work folder: process {} on {}. Wait for it, or give this run another `work`", folder,
           holder.pid, holder.host);
    }
  }
  make_lease(folder, last + 1, permissions);
  sync_folder(folder);
  for (const std::uint64_t epoch : epochs) remove_all(lease_path(folder, epoch));
  const Lease lease(folder, last + 1, permissions);
  lease.check();
  return lease;
}

void Lease::check() const {
  const std::string path = lease_path(folder_, epoch_);
  try {
    const File file(path, File::Mode::read);  // opened, not only looked for: a network file system then asks its server
  } catch (const Error&) {
    if (path_exists(path)) throw;
    fail(ErrorKind::refused, "{}: another run has taken over this work folder, or it was removed: this one ends", folder_);
  }
}

void Lease::release() const { publish_file(lease_path(folder_, epoch_), kReleased, permissions_); }

void Lease::remove() const { remove_all(lease_path(folder_, epoch_)); }

bool lease_is_held(const std::string& folder, std::chrono::milliseconds patience) {
  const std::vector<std::uint64_t> epochs = epochs_in(folder);
  if (epochs.empty()) return false;
  const std::string text = settled_text(folder, epochs.back());
  return text != kReleased && lives(from_text(text), folder, patience);
}

std::string lease_holder(const std::string& folder) {
  const std::vector<std::uint64_t> epochs = epochs_in(folder);
  if (epochs.empty()) return {};
  const std::string text = lease_text(folder, epochs.back());
  if (text == kReleased) return {};
  const Holder holder = from_text(text);
  return fmt::format("process {} on {}", holder.pid, holder.host);
}

}  // namespace quern
