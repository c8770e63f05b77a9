#include "write/document_check.hpp"

#include "quern/dataset/dataset_schema.hpp"

#include <algorithm>

namespace quern {

void DocumentCheck::add(const DocumentPart& part, std::size_t i) {
  row_ = part.first + i;
  record_ = part.record[i];
  if (part.start[i + 1] == part.start[i]) {
    fail(ErrorKind::check, "{}: record {}: document {} has no token, not even an end-of-text", reader_.path(), record_, row_);
  }
  const std::uint32_t copy = part.copy_of(i);
  const std::uint64_t size = part.cluster_size.empty() ? 1 : part.cluster_size[i];
  if (size == 0) fail(ErrorKind::check, "{}: /documents/cluster_size: row {} is 0: it stands for itself at least", reader_.path(), row_);
  add_extras(part, i);
  if (copy > 0) {
    seal_ = ContentDigest::combine(seal_, seal_of_copy(row_, part.place[i], part.source[i], size, part.own_ids[i]));
    return;
  }
  kept_.add(hash_of_kept(record_, part.place[i].file, part.place[i].offset, part.source[i], part.own_ids[i]));
  duplicates_.add(hash_of_record(record_), size - 1);
  sizes_are_bounds_ = sizes_are_bounds_ || size == UINT32_MAX;
}

void DocumentCheck::add_extras(const DocumentPart& part, std::size_t i) {
  const Provenance& p = reader_.provenance();
  const bool language = !p.languages.empty();
  if (!language && p.signals.empty() && p.flags.empty() && !reader_.has_metadata()) return;
  std::vector<double> signals;
  for (const std::vector<double>& signal : part.signals) signals.push_back(signal[i]);
  const std::string_view label = language ? reader_.language_name(part.language[i], record_) : std::string_view();
  seal_ = ContentDigest::combine(seal_, seal_of_extras(record_, label, language ? part.language_score[i] : 0,
                                                       reader_.has_metadata() ? part.metadata[i] : std::string_view(), signals,
                                                       p.flags.empty() ? 0 : part.flags[i]));
}

void DocumentCheck::add_tokens(std::span<const std::uint32_t> tokens) {
  last_token_ = tokens.back();
  const std::uint64_t entries = reader_.provenance().vocab_size;
  if (*std::max_element(tokens.begin(), tokens.end()) < entries) return;
  const auto above = std::find_if(tokens.begin(), tokens.end(), [&](std::uint32_t t) { return t >= entries; });
  fail(ErrorKind::check, "{}: record {}: document {} has token {}, the vocabulary {} entries", reader_.path(), record_, row_, *above, entries);
}

void DocumentCheck::end() const {
  const std::uint64_t end_of_text = reader_.provenance().end_of_text;
  if (last_token_ == end_of_text) return;
  fail(ErrorKind::check, "{}: record {}: document {} ends with token {}, not with the end-of-text {}", reader_.path(), record_, row_, last_token_, end_of_text);
}

}  // namespace quern
