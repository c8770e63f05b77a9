#include "engine/keep_order.hpp"

#include "quern/comm/order.hpp"
#include "quern/filter/signals.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace quern {

namespace {

/// Digits of a fixed number, and separators between them that may be there.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  std::optional<unsigned> digits(std::size_t n) {
    if (text_.size() < n) return std::nullopt;
    unsigned value = 0;
    for (const char c : text_.substr(0, n)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    text_.remove_prefix(n);
    return value;
  }
  bool skip(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }

 private:
  std::string_view text_;
};

/// Days from 0000-03-01 on.
std::int64_t days_of(unsigned year, unsigned month, unsigned day) {
  const std::int64_t y = static_cast<std::int64_t>(year) - (month <= 2 ? 1 : 0);
  const std::int64_t m = (static_cast<std::int64_t>(month) + 9) % 12;
  return 365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + static_cast<std::int64_t>(day) - 1;
}

}  // namespace

std::uint64_t seconds_of_date(std::string_view date) {
  DateReader reader(date);
  const auto year = reader.digits(4);
  if (!year) return 0;
  // Month, day, hour, minute and second, each as far as the text goes.
  std::array<unsigned, 5> part = {1, 1, 0, 0, 0};
  constexpr std::array<unsigned, 5> kMost = {12, 31, 23, 59, 60};
  constexpr std::array<std::string_view, 5> kSeparators = {"-", "-", "Tt ", ":", ":"};
  for (std::size_t i = 0; i < part.size(); ++i) {
    reader.skip(kSeparators[i]);
    const auto value = reader.digits(2);
    if (!value) break;
    if (*value > kMost[i] || (i < 2 && *value == 0)) return 0;
    part[i] = *value;
  }
  std::int64_t seconds = days_of(*year, part[0], part[1]) * 86'400 + part[2] * 3'600 + part[3] * 60 + part[4];
  if (reader.skip(".,")) {
    while (reader.digits(1)) {
    }
  }
  const char sign = reader.peek();
  if (reader.skip("+-")) {
    const auto hours = reader.digits(2);
    reader.skip(":");
    const std::int64_t offset = static_cast<std::int64_t>(hours.value_or(0)) * 3'600 + static_cast<std::int64_t>(reader.digits(2).value_or(0)) * 60;
    seconds -= sign == '+' ? offset : -offset;
  } else {
    reader.skip("Zz");
  }
  if (reader.peek() != '\0') return 0;  // something else: a number, a date of another form
  return seconds > 0 ? static_cast<std::uint64_t>(seconds) : 0;
}

std::uint64_t keep_key(const Job& job, std::string_view source, std::string_view date, double quality) {
  if (!job.dedup.near) return 0;
  switch (job.dedup.near->keep) {
    case Keep::first:
    case Keep::longest: return 0;
    case Keep::newest: return UINT64_MAX - 1 - seconds_of_date(date);
    case Keep::source_priority:
      return static_cast<std::uint64_t>(std::ranges::find(job.sources, source, &SourceSpec::name) - job.sources.begin());
    case Keep::best_quality: {
      const std::uint64_t key = order_key(quality);
      if (quality != quality) return UINT64_MAX - 1;  // behind all that have a value
      return job.dedup.near->lowest_quality ? key : UINT64_MAX - 2 - key;
    }
  }
  return 0;
}

std::vector<std::uint64_t> keep_order(const Records& records, const Setup& setup, std::size_t buffer_bytes, World& world) {
  const Keep keep = setup.job.dedup.near ? setup.job.dedup.near->keep : Keep::first;
  std::vector<std::uint64_t> keys(records.size());
  if (keep == Keep::first) {
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = records.first + i;
    return keys;
  }
  const auto key = [&](std::size_t i) { return keep == Keep::longest ? UINT32_MAX - records.text_bytes[i] : records.keep_key[i]; };
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = records.is_alive(i) ? key(i) : UINT64_MAX;
  return dense_ranks(keys, records.first, buffer_bytes, world);
}

}  // namespace quern
