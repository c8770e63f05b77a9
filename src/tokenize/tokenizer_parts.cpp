#include "quern/base/error.hpp"
#include "quern/format/gpt2_bpe.hpp"
#include "quern/format/tiktoken.hpp"
#include "quern/format/tokenizer_json.hpp"
#include "tokenize/tokenizer_data.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace quern {

namespace {

const std::vector<std::string> kEndings = {"<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>"};

/// Puts the tokens of a byte-level vocabulary into the parts. A token with characters outside the alphabet stands for its own text and
/// is what no bytes become; so is an added token that a file also lists here, unless it is written the same in both ways.
void add_byte_level_vocab(const std::vector<VocabEntry>& vocab, TokenizerParts& parts) {
  parts.index = TokenIndex(vocab.size());
  for (const VocabEntry& entry : vocab) {
    const auto bytes = from_byte_level(entry.token);
    const bool is_added = parts.vocabulary.has(entry.id);
    if (is_added && parts.vocabulary.bytes(entry.id) != entry.token) {
      fail(ErrorKind::plan, "{}: id {} is \"{}\" in added_tokens or twice in the vocabulary, and \"{}\"", parts.path, entry.id,
           parts.vocabulary.bytes(entry.id), entry.token);
    }
    if (!is_added) parts.vocabulary.add(entry.id, bytes.value_or(entry.token), parts.path);
    if (!bytes || (is_added && *bytes != entry.token)) continue;
    if (parts.index.add(parts.vocabulary, entry.id) != kNoToken) {
      fail(ErrorKind::plan, "{}: token \"{}\" is in the vocabulary twice", parts.path, entry.token);
    }
  }
}

/// A token has one id: that of the vocabulary, if it is there too.
void check_added_ids(const std::vector<VocabEntry>& vocab, const TokenizerParts& parts) {
  std::map<std::string_view, std::uint32_t> added;
  for (const AddedToken& token : parts.added) {
    if (added.try_emplace(token.content, token.id).second) continue;
    fail(ErrorKind::plan, "{}: added_tokens: \"{}\" is listed twice", parts.path, token.content);
  }
  for (const VocabEntry& entry : vocab) {
    const auto found = added.find(entry.token);
    if (found == added.end() || found->second == entry.id) continue;
    fail(ErrorKind::plan, "{}: \"{}\" has id {} in added_tokens and {} in the vocabulary", parts.path, entry.token, found->second,
         entry.id);
  }
}

std::uint32_t token_of_merge(const TokenizerParts& parts, const std::string& token, std::size_t number) {
  const auto bytes = from_byte_level(token);
  const std::uint32_t id = bytes ? parts.index.find(parts.vocabulary, *bytes) : kNoToken;
  if (id == kNoToken) fail(ErrorKind::plan, "{}: merge {}: \"{}\" is not in the vocabulary", parts.path, number, token);
  return id;
}

void add_merges(const std::vector<MergeEntry>& merges, TokenizerParts& parts) {
  parts.merges.reserve(merges.size());
  for (const MergeEntry& merge : merges) {
    const std::size_t number = parts.merges.size();
    parts.merges.push_back({token_of_merge(parts, merge.left, number), token_of_merge(parts, merge.right, number),
                            token_of_merge(parts, merge.left + merge.right, number)});
  }
}

/// cl100k_base is also the name of the pattern that files have from before it was changed.
bool is_another_name(Pattern wanted, Pattern said) {
  return wanted == said || (wanted == Pattern::cl100k && said == Pattern::llama3);
}

Pattern pattern_of_json(const TokenizerJson& json, const TokenizerFiles& files, std::string_view wanted) {
  Pattern pattern = Pattern::gpt2;
  if (!json.split_regex.empty()) {
    const auto known = pattern_of_regex(json.split_regex);
    if (!known) {
      fail(ErrorKind::plan, "{}: pre_tokenizer: the Split regex is not one that quern has a scanner for: {}\nKnown are those of {}",
           files.path, json.split_regex, list_of_patterns());
    }
    pattern = *known;
  }
  if (!wanted.empty() && !is_another_name(pattern_of(wanted), pattern)) {
    fail(ErrorKind::plan, "{}: pattern \"{}\" is asked for, but pre_tokenizer says another; leave the pattern out", files.path, wanted);
  }
  return pattern;
}

struct SpecialToken {
  std::string name;
  std::uint32_t id;
};

/// Ids above the published number of ranks, as openai_public.py of tiktoken and Llama 3's tokenizer.py give them.
struct PublishedSpecials {
  Pattern pattern;
  std::uint32_t ranks;
  std::vector<SpecialToken> tokens;
};

const std::vector<PublishedSpecials>& published_specials() {
  static const std::vector<PublishedSpecials> all = {
      {Pattern::gpt2, 50256, {{"<|endoftext|>", 50256}}},
      {Pattern::cl100k,
       100256,
       {{"<|endoftext|>", 100257},
        {"<|fim_prefix|>", 100258},
        {"<|fim_middle|>", 100259},
        {"<|fim_suffix|>", 100260},
        {"<|endofprompt|>", 100276}}},
      {Pattern::o200k, 199998, {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}}},
      {Pattern::qwen2, 151643, {{"<|endoftext|>", 151643}, {"<|im_start|>", 151644}, {"<|im_end|>", 151645}}},
  };
  return all;
}

constexpr std::uint32_t kLlama3Ranks = 128000;

/// The 256 tokens after the ranks of Llama 3; those whose name changed between its versions are called reserved.
std::vector<SpecialToken> llama3_specials() {
  std::vector<SpecialToken> tokens;
  const auto add = [&](std::string name) {
    tokens.push_back({std::move(name), kLlama3Ranks + static_cast<std::uint32_t>(tokens.size())});
  };
  std::size_t reserved = 0;
  const auto reserve = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(fmt::format("<|reserved_special_token_{}|>", reserved++));
  };
  add("<|begin_of_text|>");
  add("<|end_of_text|>");
  reserve(4);
  add("<|start_header_id|>");
  add("<|end_header_id|>");
  reserve(1);
  add("<|eot_id|>");
  reserve(256 - tokens.size());
  return tokens;
}

/// A file with another number of ranks than the published one has only an end-of-text token, right after its ranks.
std::vector<SpecialToken> specials_of(Pattern pattern, std::uint32_t ranks) {
  if (pattern == Pattern::llama3 && ranks == kLlama3Ranks) return llama3_specials();
  for (const PublishedSpecials& published : published_specials()) {
    if (published.pattern == pattern && published.ranks == ranks) return published.tokens;
  }
  return {{"<|endoftext|>", ranks}};
}

}  // namespace

TokenizerParts parts_of_tokenizer_json(const TokenizerFiles& files, std::string_view pattern) {
  TokenizerJson json = parse_tokenizer_json(files.bytes, files.path);
  TokenizerParts parts;
  parts.path = files.path;
  parts.pattern = pattern_of_json(json, files, pattern);
  parts.whole_first = json.ignore_merges;
  parts.nfc = json.nfc;
  parts.add_prefix_space = json.add_prefix_space;
  parts.drops_unknown_bytes = json.unk_token.empty();
  parts.endings = kEndings;
  for (const AddedToken& token : json.added_tokens) parts.vocabulary.add(token.id, token.content, files.path);
  add_byte_level_vocab(json.vocab, parts);
  parts.added = std::move(json.added_tokens);
  check_added_ids(json.vocab, parts);
  add_merges(json.merges, parts);
  return parts;
}

TokenizerParts parts_of_tiktoken(const TokenizerFiles& files, std::string_view pattern) {
  if (pattern.empty()) {
    fail(ErrorKind::plan, "{}: a tiktoken file does not say how text is cut: name a pattern, one of {}", files.path, list_of_patterns());
  }
  TokenizerParts parts;
  parts.path = files.path;
  parts.pattern = pattern_of(pattern);
  parts.whole_first = true;
  parts.drops_unknown_bytes = false;
  parts.endings = kEndings;
  const std::vector<RankedToken> tokens = parse_tiktoken(files.bytes, files.path);
  parts.index = TokenIndex(tokens.size());
  for (const RankedToken& token : tokens) {
    parts.vocabulary.add(token.rank, token.bytes, files.path);
    const std::uint32_t known = parts.index.add(parts.vocabulary, token.rank);
    if (known != kNoToken) fail(ErrorKind::plan, "{}: ranks {} and {} are the same token", files.path, known, token.rank);
  }
  for (const SpecialToken& special : specials_of(parts.pattern, parts.vocabulary.size())) {
    parts.vocabulary.add(special.id, special.name, files.path);
    parts.added.push_back({.id = special.id, .content = special.name, .special = true});
  }
  const auto byte_ids = byte_ids_of(parts.vocabulary, parts.index);
  if (std::find(byte_ids.begin(), byte_ids.end(), kNoToken) == byte_ids.end()) parts.merges = merges_of_ranks(parts.vocabulary, byte_ids);
  return parts;
}

TokenizerParts parts_of_gpt2(const std::string& path, std::string_view encoder, std::string_view merges, std::string_view pattern) {
  TokenizerParts parts;
  parts.path = path;
  parts.pattern = pattern.empty() ? Pattern::gpt2 : pattern_of(pattern);
  parts.endings = kEndings;
  add_byte_level_vocab(parse_encoder_json(encoder, path), parts);
  add_merges(parse_vocab_bpe(merges, path), parts);
  return parts;
}

}  // namespace quern
