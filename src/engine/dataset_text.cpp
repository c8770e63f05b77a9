#include "engine/dataset_text.hpp"

#include "engine/report_files.hpp"
#include "quern/base/error.hpp"
#include "quern/tokenize/pattern.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

namespace {

/// The vocabulary in this file, if the file is one and, read with some pattern, is the one that made the data set.
std::optional<Tokenizer> tokenizer_of(const std::string& path, const Hash128& digest) {
  std::vector<std::string_view> patterns = {""};
  patterns.insert(patterns.end(), pattern_names().begin(), pattern_names().end());
  for (const std::string_view pattern : patterns) {
    try {
      Tokenizer tokenizer = load_tokenizer(path, pattern);
      if (tokenizer.digest() == digest) return tokenizer;
    } catch (const Error&) {
      continue;  // not a vocabulary, or not with this pattern
    }
  }
  return std::nullopt;
}

/// Throws Error{plan} with the remedy.
Tokenizer vocabulary_of(const DatasetReader& data) {
  std::optional<Tokenizer> tokenizer = tokenizer_beside(data);
  if (!tokenizer) {
    fail(ErrorKind::plan, "{}: the vocabulary it was made with (digest {}) does not lie beside it: put the file that the run left there back",
         data.path(), data.provenance().tokenizer_digest.hex());
  }
  if (!tokenizer->lossless()) {
    fail(ErrorKind::plan, "{}: was made with {}, whose tokens do not give the texts back as they were: read the data set's own input instead",
         data.path(), tokenizer->path());
  }
  return *tokenizer;
}

}  // namespace

std::optional<Tokenizer> tokenizer_beside(const DatasetReader& data) {
  const std::filesystem::path folder = std::filesystem::path(data.path()).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder)) {
    const std::string name = entry.path().filename().string();
    if (name == kDatasetFileName || is_report_file(name)) continue;
    if (auto tokenizer = tokenizer_of(entry.path().string(), data.provenance().tokenizer_digest)) return tokenizer;
  }
  return std::nullopt;
}

OpenDecoder decoder_of_datasets() {
  const auto known = std::make_shared<std::optional<Tokenizer>>();
  return [known](const DatasetReader& data) -> DecodeTokens {
    if (!*known || (*known)->digest() != data.provenance().tokenizer_digest) *known = vocabulary_of(data);
    return [tokenizer = **known](std::span<const std::uint32_t> ids) { return tokenizer.decode(ids); };
  };
}

void check_datasets(const Job& job, std::span<const InputFile> files) {
  const OpenDecoder open = decoder_of_datasets();
  for (const InputFile& file : files) {
    if (job.input[file.entry].format == InputFormat::dataset) open(DatasetReader(file.path));
  }
}

}  // namespace quern
