#pragma once
// Vocabularies for tests, and the plainest encoders of them: the references that the fast one is held against.

#include "quern/format/gpt2_bpe.hpp"
#include "quern/format/tokenizer_json.hpp"
#include "quern/tokenize/pre_tokenizer.hpp"
#include "quern/tokenize/tokenizer.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

inline std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

/// All bytes as ranks 0 to 255, then `tokens`.
inline std::vector<std::string> with_bytes(const std::vector<std::string>& tokens) {
  std::vector<std::string> all;
  for (int byte = 0; byte < 256; ++byte) all.emplace_back(1, static_cast<char>(byte));
  all.insert(all.end(), tokens.begin(), tokens.end());
  return all;
}

inline std::string tiktoken_file(const std::vector<std::string>& tokens) {
  std::string file;
  for (std::size_t rank = 0; rank < tokens.size(); ++rank) file += base64(tokens[rank]) + " " + std::to_string(rank) + "\n";
  return file;
}

/// All bytes, then a token for each merge (two strings of bytes), in byte-level writing; GPT-2's pre-tokenizer.
inline TokenizerJson json_of(const std::vector<std::pair<std::string, std::string>>& merges) {
  TokenizerJson json;
  for (const std::string& byte : with_bytes({})) json.vocab.push_back({to_byte_level(byte), static_cast<std::uint32_t>(json.vocab.size())});
  std::map<std::string, bool> known;
  for (const auto& [left, right] : merges) {
    if (known.try_emplace(left + right, true).second && left.size() + right.size() > 1) {
      json.vocab.push_back({to_byte_level(left + right), static_cast<std::uint32_t>(json.vocab.size())});
    }
    json.merges.push_back({to_byte_level(left), to_byte_level(right)});
  }
  return json;
}

inline Tokenizer tokenizer_of(const TokenizerJson& json) {
  return Tokenizer::from_files({"test.json", format_tokenizer_json(json), ""});
}

/// Joins the neighbours of the lowest rank, the leftmost first, until none has a rank. Quadratic.
template <class Rank>
std::vector<std::string> join_plainly(std::string_view bytes, Rank rank_of) {
  std::vector<std::string> parts;
  for (const char byte : bytes) parts.emplace_back(1, byte);
  std::vector<std::uint32_t> ranks;  // of a part with the next
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) ranks.push_back(rank_of(parts[i], parts[i + 1]));
  while (!ranks.empty()) {
    const auto best = std::min_element(ranks.begin(), ranks.end());
    if (*best == UINT32_MAX) break;
    const auto at = static_cast<std::size_t>(best - ranks.begin());
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    ranks.erase(best);
    if (at < ranks.size()) ranks[at] = rank_of(parts[at], parts[at + 1]);
    if (at > 0) ranks[at - 1] = rank_of(parts[at - 1], parts[at]);
  }
  return parts;
}

/// tiktoken's rule: a pre-token that is a token is that; else join by the rank of the concatenation.
inline std::vector<std::uint32_t> encode_by_ranks(const std::vector<std::string>& tokens, Pattern pattern, std::string_view text) {
  std::map<std::string, std::uint32_t> ranks;
  for (std::size_t rank = 0; rank < tokens.size(); ++rank) ranks[tokens[rank]] = static_cast<std::uint32_t>(rank);
  const auto rank_of = [&](const std::string& left, const std::string& right) {
    const auto found = ranks.find(left + right);
    return found == ranks.end() ? UINT32_MAX : found->second;
  };
  const PreTokenizer pre_tokenizer(pattern);
  std::vector<std::uint32_t> ids;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = pre_tokenizer.next(text, at);
    const std::string piece(text.substr(at, end - at));
    if (const auto whole = ranks.find(piece); whole != ranks.end()) {
      ids.push_back(whole->second);
    } else {
      for (const std::string& part : join_plainly(piece, rank_of)) ids.push_back(ranks.at(part));
    }
    at = end;
  }
  return ids;
}

/// The rule of a merges list.
inline std::vector<std::uint32_t> encode_by_merges(const TokenizerJson& json, Pattern pattern, std::string_view text) {
  std::map<std::pair<std::string, std::string>, std::uint32_t> ranks;
  std::map<std::string, std::uint32_t> ids_of;
  for (const VocabEntry& entry : json.vocab) ids_of[*from_byte_level(entry.token)] = entry.id;
  for (std::size_t rank = 0; rank < json.merges.size(); ++rank) {
    ranks[{*from_byte_level(json.merges[rank].left), *from_byte_level(json.merges[rank].right)}] = static_cast<std::uint32_t>(rank);
  }
  const auto rank_of = [&](const std::string& left, const std::string& right) {
    const auto found = ranks.find({left, right});
    return found == ranks.end() ? UINT32_MAX : found->second;
  };
  const PreTokenizer pre_tokenizer(pattern);
  std::vector<std::uint32_t> ids;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = pre_tokenizer.next(text, at);
    for (const std::string& part : join_plainly(text.substr(at, end - at), rank_of)) ids.push_back(ids_of.at(part));
    at = end;
  }
  return ids;
}

}  // namespace quern
