#include "address.hpp"
#include "angle.hpp"
#include "characters.hpp"
#include "quern/privacy/pii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quern {

namespace {

std::string digits_of(std::string_view found) {
  std::string digits;
  std::ranges::copy_if(found, std::back_inserter(digits), is_digit);
  return digits;
}

std::string folded(std::string_view found) {
  std::string folded;
  for (std::size_t at = 0; at < found.size();) append_utf8(folded, simple_fold(next_code_point(found, at)));
  return folded;
}

/// `+` and all digits where the country is known: from +, from 00, and by the North American form. Else the digits as they are dialled.
std::string phone_form(std::string_view found) {
  std::string written(found);
  const bool is_international = found.front() == '+';
  if (const auto zero = written.find("(0)"); zero != std::string::npos && zero > 0 && is_international) written.erase(zero, 3);
  std::string digits = digits_of(written);
  if (is_international) return '+' + digits;
  if (digits.starts_with("00")) return '+' + digits.substr(2);
  if (digits.size() == 10 && digits[0] >= '2') return "+1" + digits;
  if (digits.size() == 11 && digits[0] == '1') return '+' + digits;
  return digits;
}

std::string ipv6_form(std::string_view found) {
  std::string form;
  for (const std::uint8_t byte : parse_ipv6(found).value_or(Ipv6{})) form += fmt::format("{:02x}", byte);
  return form;
}

/// Of the two numbers that angle_at finds.
std::string coordinates_form(std::string_view found) {
  std::string form;
  std::size_t from = 0;  // behind the first
  for (std::size_t at = 0; at < found.size();) {
    const auto angle = is_digit(found[at]) ? angle_at(found, at, from) : std::nullopt;
    if (angle) form += fmt::format("{}{}", form.empty() ? "" : ",", angle->ten_thousandths);
    at = angle ? angle->end : at + 1;
    if (angle) from = at;
  }
  return form;
}

}  // namespace

std::string pii_normal_form(PiiKind kind, std::string_view found) {
  switch (kind) {
    case PiiKind::email: return folded(found);
    case PiiKind::phone: return phone_form(found);
    case PiiKind::ipv6: return ipv6_form(found);
    case PiiKind::card:
    case PiiKind::ssn: return digits_of(found);
    case PiiKind::iban: {
      std::string iban;
      std::ranges::copy_if(found, std::back_inserter(iban), is_alnum);
      return iban;
    }
    case PiiKind::coordinates: return coordinates_form(found);
    default: return std::string(found);
  }
}

}  // namespace quern
