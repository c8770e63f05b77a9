#include "plan/quantities.hpp"

#include "quern/base/wide.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace quern {

namespace {

/// A decimal number: digits as one integer, and how many of them stand behind the point.
struct Decimal {
  std::uint64_t digits = 0;
  unsigned decimals = 0;
  std::string_view rest;  ///< what follows the number
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal number;
  bool point = false;
  std::size_t at = 0, count = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number.digits > (UINT64_MAX - digit) / 10) return std::nullopt;
    number.digits = number.digits * 10 + digit;
    number.decimals += point ? 1 : 0;
    ++count;
  }
  if (count == 0 || text[at - 1] == '.') return std::nullopt;
  number.rest = text.substr(at);
  return number;
}

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> kUnits = {{
    {"", 1}, {"B", 1}, {"kB", 1000}, {"KiB", 1ull << 10}, {"MB", 1000 * 1000}, {"MiB", 1ull << 20}, {"GB", 1000ull * 1000 * 1000},
    {"GiB", 1ull << 30}, {"TB", 1000ull * 1000 * 1000 * 1000}, {"TiB", 1ull << 40},
}};

std::optional<std::uint64_t> unit_bytes_of(std::string_view unit) {
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  if (unit == "KB") unit = "kB";
  for (const auto& [name, bytes] : kUnits) {
    if (unit == name) return bytes;
  }
  return std::nullopt;
}

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

std::uint64_t read_count(const JobValue& value) {
  const bool scalar = value.kind == JobValue::Kind::scalar && !value.quoted;
  const std::optional<Decimal> number = scalar ? parse_decimal(value.text) : std::nullopt;
  if (!number || !number->rest.empty() || value.text.find('.') != std::string::npos) {
    fail_at(value, fmt::format("a whole number is expected, not {}", describe(value)));
  }
  return number->digits;
}

std::uint64_t read_millionths(const JobValue& value) {
  constexpr unsigned kDecimals = 6;
  const bool scalar = value.kind == JobValue::Kind::scalar && !value.quoted;
  const std::optional<Decimal> number = scalar ? parse_decimal(value.text) : std::nullopt;
  if (!number || !number->rest.empty()) fail_at(value, fmt::format("a decimal number such as 0.8 is expected, not {}", describe(value)));
  if (number->decimals > kDecimals) {
    fail_at(value, fmt::format("at most {} digits behind the point are kept, {} has more", kDecimals, value.text));
  }
  const Uint128 millionths = static_cast<Uint128>(number->digits) * power_of_ten(kDecimals - number->decimals);
  if (millionths > UINT64_MAX) fail_at(value, value.text + " is too large");
  return static_cast<std::uint64_t>(millionths);
}

std::uint64_t read_bytes(const JobValue& value) {
  const std::optional<Decimal> number = value.kind == JobValue::Kind::scalar ? parse_decimal(value.text) : std::nullopt;
  if (!number) fail_at(value, fmt::format("a number of bytes such as 64MiB is expected, not {}", describe(value)));
  const std::optional<std::uint64_t> unit = unit_bytes_of(number->rest);
  if (!unit) {
    fail_at(value, fmt::format("'{}' is no unit of bytes; use B, kB, MB, GB, TB (1000) or KiB, MiB, GiB, TiB (1024)", number->rest));
  }
  if (number->decimals > 18) fail_at(value, value.text + " has too many digits behind the point");
  const Uint128 scaled = static_cast<Uint128>(number->digits) * *unit;
  const std::uint64_t divisor = power_of_ten(number->decimals);
  if (scaled % divisor != 0) fail_at(value, value.text + " is not a whole number of bytes");
  if (scaled / divisor > UINT64_MAX) fail_at(value, value.text + " is too large");
  return static_cast<std::uint64_t>(scaled / divisor);
}

unsigned read_permissions(const JobValue& value) {
  const bool scalar = value.kind == JobValue::Kind::scalar;
  std::string_view digits = value.text;
  if (digits.starts_with('0') && digits.size() == 4) digits.remove_prefix(1);
  unsigned permissions = 0;
  bool good = scalar && digits.size() == 3;
  for (const char digit : digits) {
    good = good && digit >= '0' && digit <= '7';
    permissions = permissions * 8 + static_cast<unsigned>(digit - '0');
  }
  if (!good) fail_at(value, fmt::format("permissions in octal such as 0640 are expected, not {}", describe(value)));
  if ((permissions & 0700) != 0600 || (permissions & 0111) != 0) {
    fail_at(value, fmt::format("{} will not do: the owner must be able to read and write (0600), and files of data are not executed", value.text));
  }
  return permissions;
}

bool read_flag(const JobValue& value) {
  if (value.kind == JobValue::Kind::scalar && !value.quoted) {
    if (value.text == "true" || value.text == "True" || value.text == "TRUE") return true;
    if (value.text == "false" || value.text == "False" || value.text == "FALSE") return false;
  }
  fail_at(value, fmt::format("true or false is expected, not {}", describe(value)));
}

const std::string& read_text(const JobValue& value) {
  if (value.kind != JobValue::Kind::scalar) fail_at(value, fmt::format("a text is expected, not {}", describe(value)));
  if (value.text.find('\0') != std::string::npos) fail_at(value, "a text cannot hold a zero byte");
  return value.text;
}

std::string millionths_text(std::uint64_t millionths) {
  std::string text = fmt::format("{}.{:06}", millionths / kMillion, millionths % kMillion);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> names = {"", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (unit + 1 < names.size() && bytes >= 1024 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, names[unit]);
}

}  // namespace quern
