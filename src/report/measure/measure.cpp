#include "report/measure/measure.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/wide.hpp"

#include <bit>
#include <numeric>

namespace quern {

std::uint32_t length_bin(std::uint64_t length) noexcept {
  const std::uint64_t n = std::clamp<std::uint64_t>(length, 1, UINT32_MAX);
  const Uint128 fourth = static_cast<Uint128>(n * n) * (n * n);
  const auto high = static_cast<std::uint64_t>(fourth >> 64);
  const auto width = static_cast<std::uint32_t>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(fourth)));
  return width - 1;
}

void measure_ledger(const DatasetReader& data, Figures& figures, World& world) {
  const std::size_t reasons = data.reasons().size(), sources = data.provenance().sources.size();
  std::vector<std::uint64_t> counts(sources * reasons, 0);
  const RowRange share = even_share(data.shape().n_records, world.rank(), world.size());
  for (std::uint64_t first = share.first; first < share.end; first += kRowsMeasuredAtOnce) {
    const std::uint64_t n = std::min(kRowsMeasuredAtOnce, share.end - first);
    const std::vector<Reason> reason = data.reason_codes(first, n);
    const std::vector<std::uint16_t> source = data.source_codes(first, n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto code = static_cast<std::size_t>(reason[i]);
      if (code >= reasons || source[i] >= sources) {
        fail(ErrorKind::check, "{}: /ledger: row {}: there is no source {} or no reason {}", data.path(), first + i, source[i], code);
      }
      ++counts[source[i] * reasons + code];
    }
    beat();
  }
  world.all_reduce_sum(counts);
  for (std::size_t s = 0; s < sources; ++s) {
    const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(s * reasons);
    figures.sources.push_back({data.provenance().sources[s], {begin, begin + static_cast<std::ptrdiff_t>(reasons)}, 0, 0});
  }
}

namespace {

/// Sums over the documents of one rank.
struct DocumentSums {
  std::vector<std::uint64_t> lengths, source_tokens, source_documents, language_documents, language_tokens;
  std::uint64_t shortest = UINT64_MAX, longest = 0;
};

void add_part(const DatasetReader& data, const DocumentPart& part, DocumentSums& sums) {
  for (std::size_t i = 0; i + 1 < part.start.size(); ++i) {
    const std::uint64_t tokens = part.start[i + 1] - part.start[i];
    ++sums.lengths[length_bin(tokens)];
    sums.shortest = std::min(sums.shortest, tokens);
    sums.longest = std::max(sums.longest, tokens);
    data.source_name(part.source[i], part.first + i);
    sums.source_tokens[part.source[i]] += tokens;
    ++sums.source_documents[part.source[i]];
    if (part.language.empty()) continue;
    data.language_name(part.language[i], part.first + i);
    ++sums.language_documents[part.language[i]];
    sums.language_tokens[part.language[i]] += tokens;
  }
}

std::vector<LanguageFigures> languages_of(const DatasetReader& data, const DocumentSums& sums) {
  std::vector<LanguageFigures> languages;
  for (std::size_t l = 0; l < sums.language_documents.size(); ++l) {
    if (sums.language_documents[l] == 0) continue;
    languages.push_back({data.provenance().languages[l], sums.language_documents[l], sums.language_tokens[l]});
  }
  std::stable_sort(languages.begin(), languages.end(), [](const auto& a, const auto& b) { return a.documents > b.documents; });
  return languages;
}

}  // namespace

void measure_documents(const DatasetReader& data, Figures& figures, World& world) {
  const std::size_t languages = data.provenance().languages.size();
  DocumentSums sums{std::vector<std::uint64_t>(kLengthBins, 0), std::vector<std::uint64_t>(figures.sources.size(), 0),
                    std::vector<std::uint64_t>(figures.sources.size(), 0), std::vector<std::uint64_t>(languages, 0), std::vector<std::uint64_t>(languages, 0)};
  const RowRange share = even_share(data.shape().n_docs, world.rank(), world.size());
  for (std::uint64_t first = share.first; first < share.end; first += kRowsMeasuredAtOnce) {
    add_part(data, data.measures(first, std::min(kRowsMeasuredAtOnce, share.end - first)), sums);
    beat();
  }
  for (auto* column : {&sums.lengths, &sums.source_tokens, &sums.source_documents, &sums.language_documents, &sums.language_tokens}) {
    world.all_reduce_sum(*column);
  }
  figures.shortest = data.shape().n_docs == 0 ? 0 : world.min(sums.shortest);
  figures.longest = world.max(sums.longest);
  figures.lengths = sums.lengths;
  for (std::size_t s = 0; s < figures.sources.size(); ++s) {
    figures.sources[s].tokens = sums.source_tokens[s];
    figures.sources[s].documents = sums.source_documents[s];
  }
  figures.languages = languages_of(data, sums);
}

Figures measure(const DatasetReader& data, World& world) {
  Figures figures;
  measure_ledger(data, figures, world);
  measure_documents(data, figures, world);
  measure_signals(data, figures, world);
  measure_clusters(data, figures, world);
  return figures;
}

}  // namespace quern
