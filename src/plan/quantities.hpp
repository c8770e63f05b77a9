#pragma once
// Numbers of job files, from their decimal text, without floating point.

#include "plan/job_value.hpp"

#include <cstdint>
#include <string>

namespace quern {

inline constexpr std::uint64_t kMillion = 1'000'000;

/// A whole number without sign. Throws Error{plan}, as the others do.
std::uint64_t read_count(const JobValue& value);
/// A decimal number without sign or exponent, in millionths: at most 6 digits behind the point.
std::uint64_t read_millionths(const JobValue& value);
/// A number of bytes: 65536, 64MiB, 1.5GB, 512 kB. Units: B, kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (powers of 1024).
std::uint64_t read_bytes(const JobValue& value);
/// Permissions of a file, as chmod(1) takes them in octal: 0600, 640.
unsigned read_permissions(const JobValue& value);
bool read_flag(const JobValue& value);
/// Any scalar, as it is written.
const std::string& read_text(const JobValue& value);

/// "0.8" for 800000.
std::string millionths_text(std::uint64_t millionths);
/// The same number in the largest unit of 1024 that divides it: "64MiB".
std::string bytes_text(std::uint64_t bytes);

}  // namespace quern
