#pragma once

#include <cstddef>
#include <string_view>

namespace quern {

/// A country code of E.164 and how many digits may follow it.
struct PhoneCode {
  std::size_t length = 0;  ///< of the code; 0: there is none
  std::size_t least = 0;
  std::size_t most = 0;
};

/// `digits`: of the number after the `+`.
PhoneCode phone_code_of(std::string_view digits) noexcept;

/// North American Numbering Plan: area code and exchange begin with 2 to 9 and are not N11. 555 is of directories and of films.
bool is_north_american(std::string_view ten_digits) noexcept;

}  // namespace quern
