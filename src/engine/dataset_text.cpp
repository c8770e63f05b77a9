#include "engine/dataset_text.hpp"

#include "engine/origin.hpp"
#include "quern/base/error.hpp"
#include "quern/text/utf8.hpp"
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
    // A vocabulary is a plain file.
    if (!entry.is_regular_file() || is_own_name(name)) continue;
    if (auto tokenizer = tokenizer_of(entry.path().string(), data.provenance().tokenizer_digest)) return tokenizer;
  }
  return std::nullopt;
}

DecodeTokens checked_decoder(const Tokenizer& tokenizer) {
  return [tokenizer](std::span<const std::uint32_t> ids) {
    std::string text = tokenizer.decode(ids);
    const std::size_t wrong = first_invalid_utf8(text);
    if (wrong != text.size()) {
      fail(ErrorKind::check, "a document's tokens give a text that is not UTF-8 at byte {} of {}: the tokens were changed (`quern verify`)", wrong, text.size());
    }
    return text;
  };
}

DecodeTokens checked_decoder(const DatasetReader& data) { return checked_decoder(vocabulary_of(data)); }

OpenDecoder decoder_of_datasets() {
  const auto known = std::make_shared<std::optional<Tokenizer>>();
  return [known](const DatasetReader& data) -> DecodeTokens {
    if (!*known || (*known)->digest() != data.provenance().tokenizer_digest) *known = vocabulary_of(data);
    return [tokenizer = **known](std::span<const std::uint32_t> ids) { return tokenizer.decode(ids); };
  };
}

void check_datasets(const Job& job, std::span<InputFile> files) {
  const OpenDecoder open = decoder_of_datasets();
  for (InputFile& file : files) {
    if (job.input[file.entry].format != InputFormat::dataset) continue;
    const DatasetReader data(file.path);
    open(data);
    if (data.shards()) file.beside_bytes = data.shape().n_tokens * data.token_bytes();
  }
}

}  // namespace quern
