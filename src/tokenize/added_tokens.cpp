#include "tokenize/added_tokens.hpp"

#include "quern/text/unicode.hpp"
#include "tokenize/vocabulary.hpp"

namespace quern {

namespace {

/// `\w` of UTS #18, annex C: Alphabetic, marks, decimal digits, connector punctuation, join controls. Alphabetic beyond letters, marks
/// and letter numbers are the circled and squared Latin letters.
bool is_word_character(char32_t c) {
  if (is_letter(c) || is_mark(c) || c == 0x200C || c == 0x200D) return true;
  const Category kind = category(c);
  if (kind == Category::Nd || kind == Category::Nl || kind == Category::Pc) return true;
  return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) || (c >= 0x1F150 && c <= 0x1F169) ||
         (c >= 0x1F170 && c <= 0x1F189);
}

std::size_t start_of_last(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

char32_t last_of(std::string_view text) {
  std::size_t at = start_of_last(text);
  return next_code_point(text, at);
}

bool is_alone(std::string_view before, std::string_view after) {
  std::size_t at = 0;
  return (before.empty() || !is_word_character(last_of(before))) && (after.empty() || !is_word_character(next_code_point(after, at)));
}

std::size_t leading_white_space(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    if (!is_white_space(next_code_point(text, at))) break;
  }
  return end;
}

std::size_t without_trailing_white_space(std::string_view text) {
  while (!text.empty() && is_white_space(last_of(text))) text = text.substr(0, start_of_last(text));
  return text.size();
}

}  // namespace

std::uint32_t AddedTokens::child(std::uint32_t node, char byte) const {
  if (node == 0) return first_[static_cast<unsigned char>(byte)];
  for (const Edge& edge : nodes_[node].edges) {
    if (edge.byte == byte) return edge.node;
  }
  return 0;
}

void AddedTokens::add(const AddedToken& token, std::string_view content) {
  std::uint32_t node = 0;
  for (const char byte : content) {
    std::uint32_t next = child(node, byte);
    if (next == 0) {
      next = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
      nodes_[node].edges.push_back({byte, next});
      if (node == 0) first_[static_cast<unsigned char>(byte)] = next;
    }
    node = next;
  }
  if (nodes_[node].token < 0) nodes_[node].token = static_cast<std::int32_t>(tokens_.size());
  tokens_.push_back(token);
}

bool AddedTokens::find(std::string_view text, std::size_t from, Match& match) const {
  for (; from < text.size(); ++from) {
    std::uint32_t node = first_[static_cast<unsigned char>(text[from])];
    match.token = nullptr;
    for (std::size_t at = from + 1; node != 0; ++at) {
      if (nodes_[node].token >= 0) match = {from, at, &tokens_[static_cast<std::size_t>(nodes_[node].token)]};
      if (at == text.size()) break;
      node = child(node, text[at]);
    }
    if (match.token != nullptr) return true;
  }
  return false;
}

void AddedTokens::split(std::string_view text, std::vector<Piece>& pieces) const {
  std::size_t done = 0;
  Match match{};
  for (std::size_t from = 0; find(text, from, match); from = match.end) {
    const AddedToken& token = *match.token;
    std::size_t begin = match.begin;
    std::size_t end = match.end;
    if (token.single_word && !is_alone(text.substr(0, begin), text.substr(end))) continue;
    if (token.lstrip) begin = without_trailing_white_space(text.substr(0, begin));
    if (token.rstrip) end += leading_white_space(text.substr(end));
    if (done < begin) pieces.push_back({text.substr(done, begin - done), kNoToken});
    pieces.push_back({{}, token.id});
    done = end;  // may lie before the last one: a match in white space that the token before has taken counts all the same
  }
  if (done < text.size()) pieces.push_back({text.substr(done), kNoToken});
}

}  // namespace quern
