#include "quern/text/list_lines.hpp"

#include "quern/base/error.hpp"
#include "quern/text/nfc.hpp"
#include "quern/text/unicode.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>

namespace quern {

namespace {

std::string_view without_outer_space(std::string_view s) noexcept {
  std::size_t begin = s.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t from = at;
    if (is_white_space(next_code_point(s, at))) continue;
    begin = std::min(begin, from);
    end = at;
  }
  return begin < end ? s.substr(begin, end - begin) : std::string_view{};
}

}  // namespace

std::vector<ListLine> list_lines(std::string_view bytes, const std::string& path, ListComments comments) {
  if (bytes.starts_with("\uFEFF")) bytes.remove_prefix(3);
  std::vector<ListLine> lines;
  for (std::uint64_t number = 1; !bytes.empty(); ++number) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (!is_valid_utf8(line)) fail(ErrorKind::plan, "{}:{}: is not UTF-8. A list has one entry per line, in UTF-8.", path, number);
    const std::string_view entry = without_outer_space(line);
    if (entry.empty() || (comments == ListComments::hash && entry.front() == '#')) continue;
    ListLine& added = lines.emplace_back(ListLine{std::string(entry), number});
    normalize_nfc(added.text);
  }
  return lines;
}

}  // namespace quern
