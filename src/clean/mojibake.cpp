#include "edits.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/unicode.hpp"
#include "quern/text/utf8.hpp"
#include "scan.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace quern {

namespace {

// The characters of windows-1252 from 0x80 to 0x9F (WHATWG Encoding Standard); where it has none the C1 control of that number stands.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
};

/// The byte that windows-1252 or latin-1 has for a character beyond ASCII; 0 when both have none.
std::uint8_t byte_of(char32_t c) noexcept {
  if (c >= 0x80 && c <= 0xFF) return static_cast<std::uint8_t>(c);
  if (c < 0x0152 || c > 0x2122) return 0;
  const auto found = std::find(kWindows1252.begin(), kWindows1252.end(), c);
  return found == kWindows1252.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(0x80 + (found - kWindows1252.begin()));
}

/// What may follow a letter in a text that is as it should be, though its byte continues a sequence: quotes that close, dashes,
/// the ellipsis, the trademark, the bullet, no-break space, the acute accent in the place of an apostrophe.
constexpr bool may_follow_letter(std::uint8_t byte) noexcept {
  constexpr std::array<std::uint8_t, 15> kBytes = {0x85, 0x8B, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9B, 0xA0, 0xAB, 0xB4, 0xBB};
  return std::find(kBytes.begin(), kBytes.end(), byte) != kBytes.end();
}

/// A maximal row of characters beyond ASCII that byte_of() knows.
struct Run {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool decodes = false;  ///< its bytes are UTF-8 of characters that a text may hold
  bool telling = false;  ///< ...which cannot well be chance
};

/// What a run's bytes say. `bytes` are well-formed UTF-8.
bool is_telling(std::string_view bytes) noexcept {
  std::size_t sequences = 0;
  bool long_or_latin = false;
  bool odd = false;
  for (std::size_t at = 0; at < bytes.size(); ++sequences) {
    const auto lead = static_cast<std::uint8_t>(bytes[at]);
    const std::size_t begin = at;
    next_code_point(bytes, at);
    long_or_latin |= at - begin > 2 || lead <= 0xC5;
    for (std::size_t i = begin + 1; i < at; ++i) odd |= !may_follow_letter(static_cast<std::uint8_t>(bytes[i]));
  }
  return odd && (long_or_latin || sequences > 1);
}

bool all_assigned(std::string_view s) noexcept {
  for (std::size_t at = 0; at < s.size();) {
    const Category c = category(next_code_point(s, at));
    if (c == Category::Cn || c == Category::Co) return false;
  }
  return true;
}

// A lead byte C2..F4 is one of the characters U+00C2..U+00F4, and a run with letters has one of U+00C0..U+00FF: all are C3 and a byte.
constexpr auto kLetter = [](std::uint8_t byte, std::uint8_t) noexcept -> std::uint8_t { return byte == 0xC3; };

class Repair {
 public:
  explicit Repair(std::string& text) : text_(text) {}

  /// Returns whether anything changed.
  bool run() {
    find_runs();
    const auto known = [](const Run& run) { return run.telling; };
    if (std::none_of(runs().begin(), runs().end(), [](const Run& run) { return run.decodes; })) return false;
    const auto telling = static_cast<std::size_t>(std::count_if(runs().begin(), runs().end(), known));
    Edits edits(text_);
    for (const Run& run : runs()) {
      if (run.telling || telling > foreign_) edits.replace(run.begin, run.end, bytes_of(run));
    }
    return edits.finish();
  }

 private:
  static std::vector<Run>& runs() {
    thread_local std::vector<Run> kept;
    return kept;
  }

  void find_runs() {
    runs().clear();
    if (runs().capacity() > 1u << 16) runs().shrink_to_fit();
    const std::string_view s = text_;
    Scan scan(s, kLetter);
    std::size_t last_end = 0;
    for (std::size_t at = scan.next(0); at < s.size(); at = scan.next(last_end)) {
      Run run = run_at(start_of_run(at, last_end));
      last_end = run.end;
      if (run.decodes) {
        runs().push_back(run);
      } else {
        ++foreign_;
      }
    }
  }

  /// Characters before the letter that belong to its run.
  std::size_t start_of_run(std::size_t at, std::size_t least) const noexcept {
    while (at > least && static_cast<std::uint8_t>(text_[at - 1]) >= 0x80) {
      std::size_t before = at - 1;
      while ((static_cast<std::uint8_t>(text_[before]) & 0xC0) == 0x80) --before;
      std::size_t end = before;
      if (byte_of(next_code_point(text_, end)) == 0) break;
      at = before;
    }
    return at;
  }

  Run run_at(std::size_t begin) {
    Run run{begin, begin};
    bytes_.clear();
    while (run.end < text_.size() && static_cast<std::uint8_t>(text_[run.end]) >= 0x80) {
      std::size_t end = run.end;
      const std::uint8_t byte = byte_of(next_code_point(text_, end));
      if (byte == 0) break;
      bytes_ += static_cast<char>(byte);
      run.end = end;
    }
    run.decodes = bytes_.size() > 1 && is_valid_utf8(bytes_) && all_assigned(bytes_);
    run.telling = run.decodes && is_telling(bytes_);
    return run;
  }

  std::string_view bytes_of(const Run& run) {
    bytes_.clear();
    for (std::size_t at = run.begin; at < run.end;) bytes_ += static_cast<char>(byte_of(next_code_point(text_, at)));
    return bytes_;
  }

  std::string& text_;
  std::string bytes_;
  std::size_t foreign_ = 0;  ///< runs with letters that are as they should be
};

}  // namespace

Reason apply(const MojibakeSpec& spec, std::string& text) {
  for (std::uint32_t i = 0; i < spec.times && Repair(text).run(); ++i) {
  }
  return Reason::none;
}

}  // namespace quern
