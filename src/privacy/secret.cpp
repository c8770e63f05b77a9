#include "characters.hpp"
#include "kinds.hpp"

#include <algorithm>
#include <bitset>

namespace quern {

namespace {

enum class Alphabet : std::uint8_t {
  hex,       ///< 0-9 a-f
  any_hex,   ///< and A-F
  lower,     ///< 0-9 a-z
  upper,     ///< 0-9 A-Z
  base32,    ///< A-Z 2-7
  alnum,     ///< 0-9 A-Z a-z
  token,     ///< and _ -
};

bool is_in(char c, Alphabet alphabet) noexcept {
  switch (alphabet) {
    case Alphabet::hex: return is_digit(c) || (c >= 'a' && c <= 'f');
    case Alphabet::any_hex: return is_hex(c);
    case Alphabet::lower: return is_digit(c) || (c >= 'a' && c <= 'z');
    case Alphabet::upper: return is_digit(c) || is_upper(c);
    case Alphabet::base32: return is_upper(c) || (c >= '2' && c <= '7');
    case Alphabet::alnum: return is_alnum(c);
    case Alphabet::token: return is_token(c);
  }
  return false;
}

struct Prefix {
  std::string_view prefix;
  std::uint16_t least, most;  ///< characters behind it
  Alphabet alphabet;
};

// As the services document them, and as secret scanners find them (docs/privacy.md). In the order of their bytes.
constexpr auto kPrefixes = std::to_array<Prefix>({
    {"A3T", 17, 17, Alphabet::upper},                       // AWS access key ids
    {"ABIA", 16, 16, Alphabet::base32},                     // AWS
    {"ACCA", 16, 16, Alphabet::base32},                     // AWS
    {"AGE-SECRET-KEY-1", 58, 58, Alphabet::upper},          // age
    {"AIza", 35, 35, Alphabet::token},                      // Google API
    {"AKCp", 69, 69, Alphabet::alnum},                      // Artifactory
    {"AKIA", 16, 16, Alphabet::base32},                     // AWS
    {"APA91b", 128, 140, Alphabet::token},                  // Firebase Cloud Messaging
    {"API-", 26, 26, Alphabet::upper},                      // Octopus Deploy
    {"ASIA", 16, 16, Alphabet::base32},                     // AWS
    {"ATATT3", 180, 190, Alphabet::token},                  // Atlassian
    {"CLOJARS_", 60, 60, Alphabet::lower},                  // Clojars
    {"EZAK", 54, 54, Alphabet::alnum},                      // EasyPost
    {"EZTK", 54, 54, Alphabet::alnum},                      // EasyPost
    {"GOCSPX-", 28, 28, Alphabet::token},                   // Google OAuth client
    {"GR1348941", 20, 20, Alphabet::token},                 // GitLab runner registration
    {"HRKU-AA", 58, 58, Alphabet::token},                   // Heroku
    {"LTAI", 20, 20, Alphabet::alnum},                      // Alibaba Cloud
    {"NRAK-", 27, 27, Alphabet::alnum},                     // New Relic
    {"PMAK-", 59, 59, Alphabet::token},                     // Postman
    {"SK", 32, 32, Alphabet::any_hex},                      // Twilio
    {"api_org_", 34, 34, Alphabet::alnum},                  // Hugging Face organisation
    {"dapi", 32, 34, Alphabet::token},                      // Databricks
    {"dckr_pat_", 27, 27, Alphabet::token},                 // Docker Hub
    {"doo_v1_", 64, 64, Alphabet::hex},                     // DigitalOcean
    {"dop_v1_", 64, 64, Alphabet::hex},                     // DigitalOcean
    {"dor_v1_", 64, 64, Alphabet::hex},                     // DigitalOcean
    {"duffel_live_", 43, 43, Alphabet::token},              // Duffel
    {"duffel_test_", 43, 43, Alphabet::token},              // Duffel
    {"figd_", 40, 60, Alphabet::token},                     // Figma
    {"fio-u-", 64, 64, Alphabet::token},                    // Frame.io
    {"fo1_", 43, 43, Alphabet::token},                      // Fly.io
    {"gho_", 36, 36, Alphabet::alnum},                      // GitHub
    {"ghp_", 36, 36, Alphabet::alnum},                      // GitHub
    {"ghr_", 36, 76, Alphabet::alnum},                      // GitHub
    {"ghs_", 36, 36, Alphabet::alnum},                      // GitHub
    {"ghu_", 36, 36, Alphabet::alnum},                      // GitHub
    {"github_pat_", 82, 82, Alphabet::token},               // GitHub
    {"glagent-", 50, 50, Alphabet::token},                  // GitLab
    {"glc_", 32, 400, Alphabet::alnum},                     // Grafana Cloud
    {"glcbt-", 22, 26, Alphabet::token},                    // GitLab
    {"gldt-", 20, 20, Alphabet::token},                     // GitLab
    {"glffct-", 20, 20, Alphabet::token},                   // GitLab
    {"glft-", 20, 20, Alphabet::token},                     // GitLab
    {"glimt-", 25, 25, Alphabet::token},                    // GitLab
    {"gloas-", 64, 64, Alphabet::token},                    // GitLab
    {"glpat-", 20, 300, Alphabet::token},                   // GitLab
    {"glptt-", 40, 40, Alphabet::hex},                      // GitLab
    {"glrt-", 20, 300, Alphabet::token},                    // GitLab
    {"glsa_", 41, 41, Alphabet::token},                     // Grafana
    {"glsoat-", 20, 20, Alphabet::token},                   // GitLab
    {"gsk_", 52, 52, Alphabet::alnum},                      // Groq
    {"hf_", 34, 34, Alphabet::alnum},                       // Hugging Face
    {"key-", 32, 32, Alphabet::hex},                        // Mailgun
    {"lin_api_", 40, 40, Alphabet::alnum},                  // Linear
    {"npm_", 36, 36, Alphabet::alnum},                      // npm
    {"ntn_", 46, 46, Alphabet::alnum},                      // Notion
    {"pnu_", 36, 36, Alphabet::alnum},                      // Prefect
    {"pplx-", 48, 48, Alphabet::alnum},                     // Perplexity
    {"pscale_", 36, 80, Alphabet::token},                   // PlanetScale
    {"pul-", 40, 40, Alphabet::hex},                        // Pulumi
    {"pypi-AgEIcHlwaS5vcmc", 50, 1000, Alphabet::token},    // PyPI
    {"r8_", 37, 37, Alphabet::alnum},                       // Replicate
    {"rdme_", 70, 70, Alphabet::lower},                     // ReadMe
    {"rk_live_", 10, 120, Alphabet::alnum},                 // Stripe
    {"rk_prod_", 10, 120, Alphabet::alnum},                 // Stripe
    {"rk_test_", 10, 120, Alphabet::alnum},                 // Stripe
    {"rubygems_", 48, 48, Alphabet::hex},                   // RubyGems
    {"sbp_", 40, 40, Alphabet::hex},                        // Supabase
    {"sgp_", 40, 57, Alphabet::token},                      // Sourcegraph
    {"shippo_live_", 40, 40, Alphabet::any_hex},            // Shippo
    {"shippo_test_", 40, 40, Alphabet::any_hex},            // Shippo
    {"shpat_", 32, 32, Alphabet::any_hex},                  // Shopify
    {"shpca_", 32, 32, Alphabet::any_hex},                  // Shopify
    {"shppa_", 32, 32, Alphabet::any_hex},                  // Shopify
    {"shpss_", 32, 32, Alphabet::any_hex},                  // Shopify
    {"sk-", 48, 48, Alphabet::alnum},                       // OpenAI, up to 2024
    {"sk-admin-", 40, 200, Alphabet::token},                // OpenAI
    {"sk-ant-", 80, 120, Alphabet::token},                  // Anthropic
    {"sk-or-v1-", 64, 64, Alphabet::hex},                   // OpenRouter
    {"sk-proj-", 40, 200, Alphabet::token},                 // OpenAI
    {"sk-svcacct-", 40, 200, Alphabet::token},              // OpenAI
    {"sk_live_", 10, 120, Alphabet::alnum},                 // Stripe
    {"sk_prod_", 10, 120, Alphabet::alnum},                 // Stripe
    {"sk_test_", 10, 120, Alphabet::alnum},                 // Stripe
    {"sntryu_", 64, 64, Alphabet::hex},                     // Sentry
    {"sq0atp-", 22, 22, Alphabet::token},                   // Square
    {"sq0csp-", 43, 43, Alphabet::token},                   // Square
    {"tk-us-", 48, 48, Alphabet::token},                    // Scalingo
    {"whsec_", 32, 64, Alphabet::alnum},                    // Stripe webhooks
    {"xai-", 80, 80, Alphabet::alnum},                      // xAI
    {"xapp-", 40, 160, Alphabet::token},                    // Slack
    {"xkeysib-", 81, 81, Alphabet::token},                  // Brevo
    {"xoxa-", 20, 160, Alphabet::token},                    // Slack
    {"xoxb-", 20, 160, Alphabet::token},                    // Slack
    {"xoxe-", 20, 200, Alphabet::token},                    // Slack
    {"xoxo-", 20, 160, Alphabet::token},                    // Slack
    {"xoxp-", 20, 160, Alphabet::token},                    // Slack
    {"xoxr-", 20, 160, Alphabet::token},                    // Slack
    {"xoxs-", 20, 160, Alphabet::token},                    // Slack
});

static_assert(std::ranges::is_sorted(kPrefixes, {}, &Prefix::prefix));

/// Whether a prefix begins with this byte: nearly every long word ends here.
constexpr auto first_bytes() {
  std::array<bool, 128> first{};
  for (const Prefix& prefix : kPrefixes) first[static_cast<std::size_t>(prefix.prefix[0])] = true;
  return first;
}
constexpr auto kFirstBytes = first_bytes();

/// What people write where a key is to stand repeats itself: xxxxxxxx, 000000, YOUR_KEY_HERE ends with words.
bool is_random(std::string_view key) noexcept {
  std::bitset<128> seen;
  for (const char c : key) seen.set(static_cast<unsigned char>(c) & 127);
  if (seen.count() < std::min<std::size_t>(8, key.size() / 2)) return false;
  std::size_t same = 0, digits = 0, turns = 0;  // between capitals and small letters
  for (std::size_t i = 1; i < key.size(); ++i) {
    same += key[i] == key[i - 1];
    turns += is_upper(key[i]) != is_upper(key[i - 1]);
  }
  for (const char c : key) digits += is_digit(c);
  return same * 2 < key.size() && (digits > 0 || turns >= 6) && !key.ends_with("EXAMPLE") && !key.ends_with("EXAMPLEKEY");
}

std::size_t end_of(std::string_view text, std::size_t at, Alphabet alphabet, std::size_t limit) noexcept {
  const std::size_t stop = std::min(text.size(), at + limit);
  while (at < stop && is_in(text[at], alphabet)) ++at;
  return at;
}

/// Newer keys of GitLab end in a point and nine more characters.
std::size_t end_of_route(std::string_view text, std::size_t end) noexcept {
  if (byte_at(text, end) != '.') return end;
  const std::size_t last = end_of(text, end + 1, Alphabet::lower, 10);
  return last - end == 10 && std::ranges::any_of(text.substr(end, 10), is_digit) ? last : end;
}

Found prefixed_at(std::string_view text, std::size_t begin) {
  if (is_high(text[begin]) || !kFirstBytes[static_cast<std::size_t>(text[begin])]) return {};
  const std::string_view rest = text.substr(begin, 24);
  const auto after = std::ranges::upper_bound(kPrefixes, rest, {}, &Prefix::prefix);
  // Those that are a beginning of the text stand before it, each a beginning of the longer one; so the longest comes first.
  for (auto it = after; it != kPrefixes.begin();) {
    --it;
    if (it->prefix[0] != rest[0]) break;
    if (!rest.starts_with(it->prefix)) continue;
    const std::size_t from = begin + it->prefix.size();
    const std::size_t end = end_of(text, from, it->alphabet, it->most + std::size_t{1});
    const std::size_t length = end - from;
    if (length < it->least || length > it->most || is_token(byte_at(text, end)) || !is_random(text.substr(from, length))) continue;
    return PiiMatch{begin, end_of_route(text, end), PiiKind::secret};
  }
  return {};
}

/// JSON Web Token (RFC 7519) in compact form (RFC 7515): `{"` in base64url is eyJ. Header, payload, signature; that of an unsecured one
/// is empty.
Found web_token_at(std::string_view text, std::size_t begin) {
  constexpr std::size_t kLongest = 8192;  // each part
  if (text.substr(begin, 3) != "eyJ") return {};
  const std::size_t header = end_of(text, begin, Alphabet::token, kLongest);
  if (text.substr(header, 4) != ".eyJ") return {};
  const std::size_t payload = end_of(text, header + 1, Alphabet::token, kLongest);
  constexpr std::string_view kSample = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l";  // John Doe of jwt.io, in every manual
  if (text.substr(header + 1, kSample.size()) == kSample) return {};
  if (payload - header < 10 || byte_at(text, payload) != '.') return {};
  const std::size_t end = end_of(text, payload + 1, Alphabet::token, kLongest);
  if (is_token(byte_at(text, end)) || (end > payload + 1 && end - payload < 16)) return {};
  return PiiMatch{begin, end, PiiKind::secret};
}

struct Dotted {
  std::string_view before;     ///< directly before the run
  std::uint16_t least, most;   ///< of the run
};

/// Keys whose prefix ends with a point: the run begins behind it.
Found dotted_at(std::string_view text, std::size_t begin) {
  constexpr auto kDotted = std::to_array<Dotted>(
      {{"hvs.", 90, 120}, {"hvb.", 138, 300}, {"dp.pt.", 40, 44}, {"ya29.", 60, 400}, {"dt0c01.", 24, 24}});
  if (byte_before(text, begin) != '.') return {};
  const std::size_t end = end_of(text, begin, Alphabet::token, 512);
  for (const Dotted& dotted : kDotted) {
    const std::size_t n = dotted.before.size();
    if (begin < n || text.substr(begin - n, n) != dotted.before || joins_before(text, begin - n)) continue;
    if (end - begin < dotted.least || end - begin > dotted.most || !is_random(text.substr(begin, end - begin))) continue;
    const std::size_t second = end_of(text, end + 1, Alphabet::alnum, 65);  // Dynatrace has two parts
    return PiiMatch{begin - n, byte_at(text, end) == '.' && second - end == 65 ? second : end, PiiKind::secret};
  }
  // SendGrid: SG, 22 characters, 43 characters.
  const bool is_grid = begin >= 3 && text.substr(begin - 3, 3) == "SG." && !joins_before(text, begin - 3);
  if (is_grid && end - begin == 22 && byte_at(text, end) == '.') {
    const std::size_t last = end_of(text, end + 1, Alphabet::token, 64);
    if (last - end == 44) return PiiMatch{begin - 3, last, PiiKind::secret};
  }
  return {};
}

/// Telegram bots: 8 to 10 digits, a colon, AA and 33 characters. The digits lie before the run.
Found bot_token_at(std::string_view text, std::size_t begin) {
  if (byte_before(text, begin) != ':' || text.substr(begin, 2) != "AA" || end_of(text, begin, Alphabet::token, 40) - begin != 35) return {};
  std::size_t from = begin - 1;
  while (from > 0 && is_digit(text[from - 1]) && begin - from < 13) --from;
  const std::size_t digits = begin - 1 - from;
  if (digits < 8 || digits > 10 || !is_random(text.substr(begin + 2, 33))) return {};
  const bool in_word = joins_before(text, from) && !(from >= 3 && text.substr(from - 3, 3) == "bot");  // .../bot123:AA.../sendMessage
  return in_word ? Found{} : PiiMatch{from, begin + 35, PiiKind::secret};
}

/// The last part of https://hooks.slack.com/services/T…/B…/…
Found web_hook_at(std::string_view text, std::size_t begin) {
  if (byte_before(text, begin) != '/') return {};
  const std::size_t end = end_of(text, begin, Alphabet::token, 64);
  constexpr std::size_t kWindow = 64;
  const std::size_t from = begin > kWindow ? begin - kWindow : 0;
  const std::string_view before = text.substr(from, begin - from);
  const std::size_t host = before.rfind("hooks.slack.com/services/T");
  if (host == std::string_view::npos || before.find_first_of(" \n\"'<>", host) != std::string_view::npos) return {};
  if (end - begin != 24 || !is_random(text.substr(begin, 24))) return {};
  return PiiMatch{begin, end, PiiKind::secret};
}

/// Lines of base64 from `at` on: where they end, and how many characters they have.
std::size_t end_of_base64(std::string_view text, std::size_t at, std::size_t& characters) noexcept {
  constexpr std::size_t kLeastLine = 32;
  const auto is_base64 = [](char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; };
  characters = 0;
  std::size_t end = at;
  while (end < text.size() && text[end] == '\n') {
    std::size_t line = end + 1;
    while (line < text.size() && is_base64(text[line])) ++line;
    const std::size_t length = line - end - 1;
    if (length < kLeastLine && byte_before(text, line) != '=') break;
    characters += length;
    end = line;
  }
  return end;
}

}  // namespace

Found secret_at(std::string_view text, std::size_t begin) {
  if (is_high(byte_before(text, begin)) && joins_before(text, begin)) return {};
  for (const auto at : {prefixed_at, web_token_at, dotted_at, bot_token_at, web_hook_at}) {
    if (const Found found = at(text, begin)) return found;
  }
  return {};
}

// RFC 7468 (PEM), RFC 4880 (section 6.2) and what OpenSSH writes. Dashes end the search, so that no byte is looked at by two blocks.
Found private_key_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongestLabel = 64;
  constexpr std::size_t kLeastBody = 64;  // base64 characters: an Ed25519 key has 64
  if (text.substr(at, 6) != "BEGIN ") return {};
  const std::size_t label = at + 6;
  const std::size_t label_end = text.substr(0, std::min(text.size(), label + kLongestLabel)).find("-----", label);
  if (label_end == std::string_view::npos) return {};
  const std::string_view name = text.substr(label, label_end - label);
  if (!name.ends_with("PRIVATE KEY") && !name.ends_with("PRIVATE KEY BLOCK")) return {};
  const std::size_t body = label_end + 5;
  const std::size_t dashes = text.find("-----", body);
  std::size_t characters = 0;
  if (dashes != std::string_view::npos && text.substr(dashes + 5, 4) == "END " && text.substr(dashes + 9, name.size()) == name) {
    for (const char c : text.substr(body, dashes - body)) characters += is_alnum(c) || c == '+' || c == '/';
    const std::size_t end = dashes + 9 + name.size();
    if (characters < kLeastBody) return {};
    return PiiMatch{at - 5, text.substr(end, 5) == "-----" ? end + 5 : end, PiiKind::secret};
  }
  const std::size_t end = end_of_base64(text, body, characters);  // cut off
  if (characters < kLeastBody) return {};
  return PiiMatch{at - 5, end, PiiKind::secret};
}

}  // namespace quern
