#include "quern/tokenize/tokenizer.hpp"

#include "quern/base/error.hpp"
#include "quern/format/tiktoken.hpp"
#include "quern/format/tokenizer_json.hpp"
#include "quern/store/file.hpp"
#include "quern/text/nfc.hpp"
#include "quern/text/unicode.hpp"
#include "tokenize/merger.hpp"
#include "tokenize/tokenizer_data.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

bool is_json_object(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != bytes.npos && bytes[first] == '{';
}

TokenizerParts parts_of(const TokenizerFiles& files, std::string_view pattern) {
  const std::string_view bytes = files.bytes;
  if (bytes.starts_with("\x28\xB5\x2F\xFD") || bytes.starts_with("\x1F\x8B")) {
    fail(ErrorKind::plan, "{}: the file is compressed; decompress it first", files.path);
  }
  if (is_json_object(bytes)) {
    return looks_like_tokenizer_json(bytes) ? parts_of_tokenizer_json(files, pattern)
                                            : parts_of_gpt2(files.path, bytes, files.sibling, pattern);
  }
  if (looks_like_tiktoken(bytes)) return parts_of_tiktoken(files, pattern);
  if (files.sibling.empty()) {
    fail(ErrorKind::plan, "{}: neither a tokenizer.json, nor a tiktoken file, nor one of GPT-2's vocab.bpe and encoder.json; other kinds (SentencePiece, WordPiece) "
         "are not read (docs/formats/tokenizers.md)", files.path);
  }
  return parts_of_gpt2(files.path, files.sibling, bytes, pattern);
}

/// Which tokens their own bytes become: the encoder takes these without merging.
std::vector<bool> whole_tokens(const TokenizerData& data) {
  std::vector<bool> whole(data.vocabulary.size(), false);
  Merger merger(data.merges, data.vocabulary);
  for (std::uint32_t id = 0; id < data.vocabulary.size(); ++id) {
    if (!data.vocabulary.has(id) || data.index.find(data.vocabulary, data.vocabulary.bytes(id)) != id) continue;
    if (data.whole_first) {
      whole[id] = true;
      continue;
    }
    const auto ids = merger.merge(data.vocabulary.bytes(id));
    whole[id] = ids.size() == 1 && ids[0] == id;
  }
  return whole;
}

void add_text(Hasher128& hasher, std::string_view text) {
  hasher.add_value(static_cast<std::uint64_t>(text.size()));
  hasher.add(text);
}

Hash128 digest_of(const TokenizerData& data) {
  Hasher128 hasher;
  add_text(hasher, "quern tokenizer 1");
  add_text(hasher, kUnicodeVersion);
  for (const bool flag : {data.whole_first, data.nfc, data.add_prefix_space}) hasher.add_value(flag);
  hasher.add_value(data.pattern);
  hasher.add_value(data.vocabulary.size());
  for (std::uint32_t id = 0; id < data.vocabulary.size(); ++id) {
    hasher.add_value(data.vocabulary.has(id));
    if (data.vocabulary.has(id)) add_text(hasher, data.vocabulary.bytes(id));
    hasher.add_value(id < data.whole.size() && data.whole[id]);
  }
  for (const Merge& merge : data.merges.list()) hasher.add_value(std::array{merge.left, merge.right, merge.id});
  for (const AddedToken& token : data.added) {
    if (token.special) continue;
    hasher.add_value(token.id);
    for (const bool flag : {token.single_word, token.lstrip, token.rstrip, token.normalized}) hasher.add_value(flag);
  }
  return hasher.digest();
}

void check_bytes(const TokenizerParts& parts, const Merges& merges) {
  if (merges.has_all_bytes() || parts.drops_unknown_bytes) return;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (merges.byte_id(static_cast<std::uint8_t>(byte)) != kNoToken) continue;
    fail(ErrorKind::plan, "{}: no token for byte 0x{:02x}: the vocabulary cannot encode every text", parts.path, byte);
  }
}

/// The name of the sibling of GPT-2's files, by the end of the name; empty when it has none.
std::string sibling_of(const std::string& path) {
  static constexpr std::array<std::array<std::string_view, 2>, 4> kSiblings = {{{"encoder.json", "vocab.bpe"},
                                                                                {"vocab.bpe", "encoder.json"},
                                                                                {"vocab.json", "merges.txt"},
                                                                                {"merges.txt", "vocab.json"}}};
  for (const auto& [end, other] : kSiblings) {
    if (path.ends_with(end)) return path.substr(0, path.size() - end.size()) + std::string(other);
  }
  return {};
}

}  // namespace

TokenizerData::TokenizerData(TokenizerParts parts)
    : path(parts.path), pattern(parts.pattern), vocabulary(std::move(parts.vocabulary)), index(std::move(parts.index)),
      merges(byte_ids_of(vocabulary, index), std::move(parts.merges)), whole_first(parts.whole_first), nfc(parts.nfc),
      add_prefix_space(parts.add_prefix_space), added(std::move(parts.added)), endings(std::move(parts.endings)) {
  check_bytes(parts, merges);
  whole = whole_tokens(*this);
  for (const AddedToken& token : added) {
    if (token.special) continue;
    std::string content = token.content;
    if (token.normalized && nfc) normalize_nfc(content);
    (token.normalized ? normal_added : raw_added).add(token, content);
  }
  digest = digest_of(*this);
}

TokenizerFiles read_tokenizer_files(const std::string& path) {
  TokenizerFiles files{path, read_file(path, ErrorKind::plan), {}, {}};
  const std::string sibling = sibling_of(path);
  if (sibling.empty()) return files;
  if (!path_exists(sibling)) fail(ErrorKind::plan, "{}: its other half, {}, is not there", path, sibling);
  files.sibling = read_file(sibling, ErrorKind::plan);
  files.sibling_path = sibling;
  return files;
}

Tokenizer Tokenizer::from_files(const TokenizerFiles& files, std::string_view pattern) {
  return Tokenizer(std::make_shared<const TokenizerData>(parts_of(files, pattern)));
}

Tokenizer load_tokenizer(const std::string& path, std::string_view pattern) {
  return Tokenizer::from_files(read_tokenizer_files(path), pattern);
}

std::uint32_t Tokenizer::vocab_size() const noexcept { return data_->vocabulary.size(); }
bool Tokenizer::has(std::uint32_t id) const noexcept { return data_->vocabulary.has(id); }

std::string_view Tokenizer::bytes(std::uint32_t id) const {
  if (!has(id)) fail(ErrorKind::check, "{}: token id {} is not in the vocabulary", data_->path, id);
  return data_->vocabulary.bytes(id);
}

std::optional<std::uint32_t> Tokenizer::find(std::string_view text) const noexcept {
  for (const AddedToken& token : data_->added) {
    if (token.content == text) return token.id;
  }
  const std::uint32_t id = data_->index.find(data_->vocabulary, text);
  if (id == kNoToken) return std::nullopt;
  return id;
}

std::uint32_t Tokenizer::end_of_text(std::string_view name) const {
  if (!name.empty()) {
    if (const auto id = find(name)) return *id;
    fail(ErrorKind::plan, "{}: the end-of-text token \"{}\" is not in the vocabulary", data_->path, name);
  }
  for (const std::string& usual : data_->endings) {
    if (const auto id = find(usual)) return *id;
  }
  fail(ErrorKind::plan, "{}: none of the usual end-of-text tokens ({}) is in the vocabulary; name one with tokenizer.end_of_text",
       data_->path, fmt::join(data_->endings, ", "));
}

std::string Tokenizer::decode(std::span<const std::uint32_t> ids) const {
  const Vocabulary& vocabulary = data_->vocabulary;
  std::size_t length = 0;
  for (const std::uint32_t id : ids) length += vocabulary.has(id) ? vocabulary.bytes(id).size() : bytes(id).size();
  std::string text(length + Vocabulary::kWritten, '\0');
  char* to = text.data();
  for (const std::uint32_t id : ids) to = vocabulary.put(id, to);
  text.resize(length);
  return text;
}

Hash128 Tokenizer::digest() const noexcept { return data_->digest; }
Pattern Tokenizer::pattern() const noexcept { return data_->pattern; }
const std::string& Tokenizer::path() const noexcept { return data_->path; }

bool Tokenizer::lossless() const noexcept {
  return !data_->nfc && !data_->add_prefix_space && data_->merges.has_all_bytes() &&
         std::none_of(data_->added.begin(), data_->added.end(),
                      [](const AddedToken& token) { return !token.special && (token.lstrip || token.rstrip); });
}

}  // namespace quern
