#include "plan/glob.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::string_view kSpecial = "*?[\\";

bool has_wildcard(std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '\\') {
      ++i;
    } else if (part[i] == '*' || part[i] == '?' || part[i] == '[') {
      return true;
    }
  }
  return false;
}

std::string without_backslashes(std::string_view part) {
  std::string name;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '\\' && i + 1 < part.size()) ++i;
    name += part[i];
  }
  return name;
}

/// One way to write a folder: without "." and repeated slashes (".." stays: it may lead behind a link).
std::string folder_of(std::string_view path) {
  std::string folder = "/";
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") folder += without_backslashes(part) + '/';
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return folder;
}

GlobPart parse_part(std::string_view part) {
  if (part == "**") return {GlobPart::Kind::any_depth, {}};
  if (has_wildcard(part)) return {GlobPart::Kind::pattern, std::string(part)};
  return {GlobPart::Kind::literal, without_backslashes(part)};
}

/// Bytes of the character at `at`: its continuation bytes belong to it.
std::size_t character_bytes(std::string_view name, std::size_t at) {
  std::size_t size = 1;
  while (at + size < name.size() && (static_cast<unsigned char>(name[at + size]) & 0xC0) == 0x80) ++size;
  return size;
}

/// Matches one character against the set that begins at pattern[at] == '['. `end`: behind its ']'; 0 when it has none.
bool in_set(std::string_view pattern, std::size_t at, char c, std::size_t& end) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const char low = pattern[i++];
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      i += pattern[i + 1] == '\\' && i + 2 < pattern.size() ? 2 : 1;
      high = pattern[i++];
    }
    found = found || (c >= low && c <= high);
  }
  end = i < pattern.size() ? i + 1 : 0;
  return found != negated;
}

/// Matches one character of the name (`size` bytes) against the pattern at `at`, and moves `at` behind what it matched.
bool matches_character(std::string_view pattern, std::size_t& at, std::string_view name, std::size_t name_at, std::size_t size) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') {
    std::size_t end = 0;
    const bool found = in_set(pattern, at, size == 1 ? name[name_at] : '\0', end);
    if (end > 0) {
      at = end;
      return found;
    }
  }
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  if (pattern.substr(at, size) != name.substr(name_at, size)) return false;
  at += size;
  return true;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  std::size_t at = 0, name_at = 0;
  std::size_t star = std::string_view::npos, star_name = 0;  // where to go on when the rest does not match: the last star takes more
  while (name_at < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      star_name = name_at;
      continue;
    }
    const std::size_t size = character_bytes(name, name_at);
    if (at < pattern.size() && matches_character(pattern, at, name, name_at, size)) {
      name_at += size;
      continue;
    }
    if (star == std::string_view::npos) return false;
    star_name += character_bytes(name, star_name);
    name_at = star_name;
    at = star;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace

Glob parse_glob(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::size_t below = 0;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (has_wildcard(path.substr(below, slash - below))) break;
    below = slash + 1;
  }
  Glob glob{folder_of(path.substr(0, below)), std::string(path.substr(below)), {}};
  for (std::size_t at = below; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    const bool repeated = part == "**" && !glob.parts.empty() && glob.parts.back().kind == GlobPart::Kind::any_depth;
    if (!part.empty() && part != "." && !repeated) glob.parts.push_back(parse_part(part));
    at = slash + 1;
  }
  return glob;
}

bool matches_part(const GlobPart& part, std::string_view name) {
  if (part.kind == GlobPart::Kind::literal) return part.text == name;
  const bool hidden = name.starts_with('.');
  if (part.kind == GlobPart::Kind::any_depth) return !hidden;
  if (hidden && !part.text.starts_with('.') && !part.text.starts_with("\\.")) return false;
  return matches_pattern(part.text, name);
}

std::string escaped_for_glob(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace quern
