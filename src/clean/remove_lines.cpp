#include "lines.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/list_lines.hpp"
#include "quern/text/phrase_finder.hpp"
#include "quern/text/string_set.hpp"

namespace quern {

namespace {

/// Simple case folding: of ASCII by itself, for most of most lines is.
void fold(std::string_view s, std::string& to) {
  to.clear();
  for (std::size_t at = 0; at < s.size();) {
    const auto byte = static_cast<unsigned char>(s[at]);
    if (byte < 0x80) {
      to += static_cast<char>(byte + (byte >= 'A' && byte <= 'Z' ? 32 : 0));
      ++at;
    } else {
      append_utf8(to, simple_fold(next_code_point(s, at)));
    }
  }
}

}  // namespace

class LineLists {
 public:
  explicit LineLists(const RemoveLinesSpec& spec) : folds_(spec.fold_case) {
    for (const std::string& line : entries(spec.equal)) equal_.add(line);
    containing_ = PhraseFinder(entries(spec.containing));
  }

  /// `line` without white space at its ends.
  bool have(std::string_view line, std::string& folded) const {
    if (folds_) {
      fold(line, folded);
      line = folded;
    }
    return equal_.has(line) || containing_.stands_in(line);
  }

 private:
  std::vector<std::string> entries(const std::vector<SideFile>& files) const {
    std::vector<std::string> all;
    for (const SideFile& file : files) {
      for (ListLine& line : list_lines(bytes_of(file), file.path, ListComments::none)) {
        std::string& entry = all.emplace_back();
        folds_ ? fold(line.text, entry) : entry.swap(line.text);
      }
    }
    return all;
  }

  bool folds_;
  StringSet equal_;
  PhraseFinder containing_;
};

RemoveLines prepare(const RemoveLinesSpec& spec) { return {std::make_shared<LineLists>(spec)}; }

Reason apply(const RemoveLines& step, std::string& text) {
  std::string folded;
  LineSink sink(text);
  for_each_line(text, [&](std::string_view line, std::size_t) {
    const std::string_view words = trimmed(line);
    if (words.empty() || !step.lists->have(words, folded)) sink.add(line);
  });
  sink.finish();
  return Reason::none;
}

}  // namespace quern
