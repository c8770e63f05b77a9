#include "quern/base/error.hpp"
#include "quern/filter/rules.hpp"
#include "quern/text/list_lines.hpp"
#include "quern/text/phrase_finder.hpp"
#include "quern/text/string_set.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

std::string lowered(std::string_view s) {
  std::string low(s);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return low;
}

std::string_view before(std::string_view s, std::string_view stops) noexcept { return s.substr(0, std::min(s.find_first_of(stops), s.size())); }

/// The parts of an address in lower case that are compared: without scheme, user, port, fragment, "www." and slashes at the end.
struct Address {
  std::string_view host;  ///< a part of `url`
  std::string url;        ///< host, path and query

  Address(const Address&) = delete;
  Address& operator=(const Address&) = delete;
  explicit Address(std::string_view given) {
    const std::string low = lowered(given);
    std::string_view s = low;
    if (const std::size_t scheme = before(s, "/?#").size(); s.substr(scheme).starts_with("//") && (scheme == 0 || s[scheme - 1] == ':')) {
      s.remove_prefix(scheme + 2);
    }
    s = before(s, "#");
    std::string_view name = before(s, "/?");
    const std::string_view rest = s.substr(name.size());
    if (const std::size_t user = name.rfind('@'); user != std::string_view::npos) name.remove_prefix(user + 1);
    if (const std::size_t port = name.rfind(':'); port != std::string_view::npos && name.find(']', port) == std::string_view::npos) {
      name = name.substr(0, port);
    }
    while (name.ends_with('.')) name.remove_suffix(1);
    if (name.starts_with("www.")) name.remove_prefix(4);
    url.append(name).append(rest);
    while (url.ends_with('/')) url.pop_back();
    host = std::string_view(url).substr(0, name.size());
  }
};

/// Letters and digits alone.
std::string squeezed(std::string_view s) {
  std::string letters;
  std::ranges::copy_if(s, std::back_inserter(letters), is_alphanumeric);
  return letters;
}

template <class Take>
void for_each_entry(const std::vector<SideFile>& files, Take&& take) {
  for (const SideFile& file : files) {
    for (const ListLine& line : list_lines(bytes_of(file), file.path, ListComments::hash)) take(line, file.path);
  }
}

StringSet words_of(const std::vector<SideFile>& files) {
  StringSet words;
  for_each_entry(files, [&](const ListLine& line, const std::string& path) {
    const std::string word = lowered(line.text);
    if (!std::ranges::all_of(word, is_alphanumeric)) {
      fail(ErrorKind::plan, "{}:{}: '{}' is not one word of letters and digits, as words of addresses are", path, line.number, line.text);
    }
    words.add(word);
  });
  return words;
}

StringSet domains_of(const std::vector<SideFile>& files) {
  StringSet domains;
  for_each_entry(files, [&](const ListLine& line, const std::string& path) {
    std::string domain = lowered(line.text);
    if (domain.starts_with("*.")) domain.erase(0, 1);
    if (domain.starts_with('.')) domain.erase(0, 1);
    while (domain.ends_with('.')) domain.pop_back();
    if (domain.empty() || domain.find_first_of("/ \t@?#") != std::string::npos) {
      fail(ErrorKind::plan, "{}:{}: '{}' is not a domain, as in example.org; whole addresses belong in a list of 'urls'", path, line.number, line.text);
    }
    domains.add(domain.starts_with("www.") ? domain.substr(4) : domain);
  });
  return domains;
}

StringSet urls_of(const std::vector<SideFile>& files) {
  StringSet urls;
  for_each_entry(files, [&](const ListLine& line, const std::string&) { urls.add(Address(line.text).url); });
  return urls;
}

PhraseFinder subwords_of(const std::vector<SideFile>& files) {
  std::vector<std::string> parts;
  for_each_entry(files, [&](const ListLine& line, const std::string& path) {
    parts.push_back(squeezed(lowered(line.text)));
    if (parts.back().empty()) fail(ErrorKind::plan, "{}:{}: '{}' has neither letter nor digit", path, line.number, line.text);
  });
  return PhraseFinder(parts);
}

}  // namespace

class UrlLists {
 public:
  explicit UrlLists(const UrlBlocklistSpec& spec)
      : domains_(domains_of(spec.domains)),
        urls_(urls_of(spec.urls)),
        words_(words_of(spec.words)),
        soft_words_(words_of(spec.soft_words)),
        subwords_(subwords_of(spec.subwords)),
        min_soft_words_(spec.min_soft_words) {}

  Reason judge(std::string_view url) const {
    if (url.empty()) return Reason::none;
    const Address address(url);
    if (has_domain(address.host)) return Reason::url_domain;
    if (urls_.has(address.url)) return Reason::url_listed;
    const Reason reason = judge_words(address.url);
    if (reason != Reason::none) return reason;
    return subwords_.stands_in(squeezed(address.url)) ? Reason::url_subwords : Reason::none;
  }

 private:
  /// The host itself, and all that it lies in. Names of the net have at most 253 characters: of a longer one only the end is asked.
  bool has_domain(std::string_view host) const {
    constexpr std::size_t kLongestName = 253;
    if (domains_.empty()) return false;
    if (host.size() > kLongestName) host.remove_prefix(host.size() - kLongestName);
    for (;;) {
      if (domains_.has(host)) return true;
      const std::size_t dot = host.find('.');
      if (dot == std::string_view::npos) return false;
      host.remove_prefix(dot + 1);
    }
  }

  Reason judge_words(std::string_view url) const {
    if (words_.empty() && soft_words_.empty()) return Reason::none;
    std::uint64_t soft = 0;
    for (std::size_t at = 0; at < url.size();) {
      std::size_t end = at;
      while (end < url.size() && is_alphanumeric(url[end])) ++end;
      const std::string_view word = url.substr(at, end - at);
      if (words_.has(word)) return Reason::url_words;
      soft += soft_words_.has(word);
      at = end + 1;
    }
    return !soft_words_.empty() && soft >= min_soft_words_ ? Reason::url_soft_words : Reason::none;
  }

  StringSet domains_, urls_, words_, soft_words_;
  PhraseFinder subwords_;
  std::uint64_t min_soft_words_;
};

UrlBlocklist prepare(const UrlBlocklistSpec& spec) { return {std::make_shared<UrlLists>(spec)}; }

Reason judge(const UrlBlocklist& blocklist, const FilterSubject& subject) { return blocklist.lists->judge(subject.facts().url); }

}  // namespace quern
