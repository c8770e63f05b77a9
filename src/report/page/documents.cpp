// Languages and lengths of the kept documents.
#include "quern/base/numbers.hpp"
#include "report/page/chart.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"

#include <algorithm>
#include <cmath>

namespace quern::page {

namespace {

constexpr std::size_t kMostLanguages = 24;

std::string language_name(const Json& language) {
  const std::string label = word(language, "label");
  return label.empty() ? "(not known)" : label;
}

std::string language_bars(const Json& all) {
  std::uint64_t most = 1, sum = 0, others = 0;
  for (const Json& language : all) {
    most = std::max(most, count(language, "documents"));
    sum += count(language, "documents");
  }
  std::string lines;
  for (std::size_t l = 0; l < all.size(); ++l) {
    const std::uint64_t documents = count(all[l], "documents");
    if (l >= kMostLanguages) {
      others += documents;
      continue;
    }
    const std::string name = text(language_name(all[l]));
    lines += fmt::format("<li><span class=\"name\"><bdi>{}</bdi></span>{}<span class=\"n\">{}</span><span class=\"share\">{}</span></li>\n", name,
                         stacked_bar({{"language", documents, name}}, most), grouped(documents), percent(documents, sum));
  }
  const std::string rest = others == 0 ? "" : fmt::format("<p class=\"note\">and {} documents in {} more languages</p>\n", grouped(others), all.size() - kMostLanguages);
  return "<ol class=\"bars short\">\n" + lines + "</ol>\n" + rest;
}

/// Least length that belongs to a bin, of four to an octave.
std::uint64_t least_of(std::size_t bin) { return static_cast<std::uint64_t>(std::ceil(std::exp2(static_cast<double>(bin) / 4) - 1e-9)); }

std::string bin_name(std::size_t bin) {
  const std::uint64_t from = least_of(bin), to = least_of(bin + 1) - 1;
  return from >= to ? grouped(from) : fmt::format("{}–{}", grouped(from), grouped(to));
}

/// Powers of two along the axis, not too many.
std::vector<std::pair<double, std::string>> ticks_of(std::size_t first, std::size_t last) {
  const auto bins = static_cast<double>(last - first);
  const std::size_t every = 4 * ((last - first) / 4 / 7 + 1);
  std::vector<std::pair<double, std::string>> ticks;
  for (std::size_t bin = (first + 3) / 4 * 4; bin <= last; bin += every) {
    const std::uint64_t length = std::uint64_t{1} << (bin / 4);
    ticks.emplace_back(static_cast<double>(bin - first) / bins, length < 10'000 ? grouped(length) : short_count(length));
  }
  return ticks;
}

/// The length that half of the documents do not reach, to a quarter of an octave.
std::uint64_t median_of(const Json& counts, std::uint64_t documents) {
  std::uint64_t before = 0;
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    before += counts[bin].get<std::uint64_t>();
    if (2 * before >= documents) return least_of(bin);
  }
  return 0;
}

}  // namespace

std::string languages(const Json& report) {
  const Json& all = at(report, "figures/languages");
  if (!all.is_array() || all.empty()) return {};
  Table table({"language", "documents", "tokens"});
  for (const Json& language : all) {
    table.add({"<bdi>" + text(language_name(language)) + "</bdi>", grouped(count(language, "documents")), grouped(count(language, "tokens"))});
  }
  return section("languages", "Languages", "Of the documents in the data set.", language_bars(all) + table.behind("All languages, with tokens"));
}

std::string lengths(const Json& report) {
  const Json& counts = at(report, "figures/lengths/documents");
  if (!counts.is_array()) return {};
  std::uint64_t documents = 0;  // as often as they stand in the data set
  std::size_t first = counts.size(), last = 0;
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    if (counts[bin].get<std::uint64_t>() == 0) continue;
    documents += counts[bin].get<std::uint64_t>();
    first = std::min(first, bin);
    last = bin + 1;
  }
  if (first >= last) return {};
  std::vector<Column> columns;
  Table table({"tokens", "documents"});
  for (std::size_t bin = first; bin < last; ++bin) {
    columns.push_back({counts[bin].get<std::uint64_t>(), bin_name(bin) + " tokens"});
    if (columns.back().size > 0) table.add({bin_name(bin), grouped(columns.back().size)});
  }
  const std::string lead = fmt::format("Tokens of a document, its end-of-text included: {} on average, half of them below about {}, from {} to {}. "
                                       "The axis is logarithmic.",
                                       grouped(count(report, "tokens") / documents), grouped(median_of(counts, documents)),
                                       grouped(count(report, "figures/lengths/shortest")), grouped(count(report, "figures/lengths/longest")));
  const std::string picture = histogram(columns, ticks_of(first, last), "Documents by tokens: the table below has the numbers");
  return section("lengths", "Document lengths", lead, picture + table.behind("The same as a table"));
}

}  // namespace quern::page
