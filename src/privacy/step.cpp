#include "characters.hpp"
#include "quern/base/error.hpp"
#include "quern/base/wide.hpp"
#include "quern/privacy/pii.hpp"
#include "quern/text/utf8.hpp"

namespace quern {

namespace {

std::uint32_t kinds_of(const PiiSpec& spec) {
  std::uint32_t kinds = 0;
  for (std::size_t k = 0; k < kPiiKinds; ++k) {
    const auto kind = static_cast<PiiKind>(k);
    if (spec.action_of(kind) != PiiAction::ignore) kinds |= pii_bit(kind);
  }
  return kinds;
}

/// Pieces between white space.
std::uint64_t count_pieces(std::string_view text) {
  std::uint64_t pieces = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool white = is_white_space(next_code_point(text, at));
    pieces += !white && !inside;
    inside = !white;
  }
  return pieces;
}

/// More than limit / 10^6 matches for 1000 of `size`.
bool is_above(std::uint64_t limit_ppm, std::uint64_t matches, std::uint64_t size) {
  constexpr std::uint64_t kMillion = 1'000'000;
  return Uint128{matches} * 1000 * kMillion > Uint128{limit_ppm} * size;
}

}  // namespace

PiiStep::PiiStep(const PiiSpec& spec, Kernel kernel) : spec_(spec), finder_(kinds_of(spec), kernel) {
  if (spec.pseudonymizes() && !spec.key.is_there()) fail(ErrorKind::internal, "the step pii is to make pseudonyms without a key");
}

bool PiiStep::too_dense(std::string_view text, std::size_t matches) const {
  if (spec_.max_per_1000_words_ppm != kNoPiiLimit && is_above(spec_.max_per_1000_words_ppm, matches, count_pieces(text))) return true;
  return spec_.max_per_1000_chars_ppm != kNoPiiLimit && is_above(spec_.max_per_1000_chars_ppm, matches, count_code_points(text));
}

void PiiStep::replace(std::string& text, const std::vector<PiiMatch>& matches) const {
  std::string result;
  std::size_t from = 0;
  for (const PiiMatch& match : matches) {
    const PiiAction action = spec_.action_of(match.kind);
    if (action == PiiAction::count) continue;
    if (result.empty()) result.reserve(text.size() + 1024);
    result.append(text, from, match.begin - from);
    if (action == PiiAction::mask) {
      result += spec_.rule(match.kind).mask;
    } else {
      result += pii_pseudonym(match.kind, std::string_view(text).substr(match.begin, match.end - match.begin), spec_.key);
    }
    from = match.end;
  }
  if (from == 0) return;
  result.append(text, from);
  text = std::move(result);
}

Reason PiiStep::apply(std::string& text, PiiCounts& counts) const {
  std::vector<PiiMatch> matches;
  finder_.find(text, matches);
  if (matches.empty()) return Reason::none;
  for (const PiiMatch& match : matches) ++counts[match.kind];
  if (too_dense(text, matches.size())) return Reason::pii_density;
  replace(text, matches);
  return Reason::none;
}

}  // namespace quern
