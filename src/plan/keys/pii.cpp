// The keys of `clean.steps.pii`.

#include "plan/keys/pii.hpp"

#include "quern/store/cipher.hpp"

#include <filesystem>
#include <span>

namespace quern {

namespace {

const Names<PiiAction> kActions = {
    {"mask", PiiAction::mask}, {"pseudonymize", PiiAction::pseudonymize}, {"count", PiiAction::count}, {"ignore", PiiAction::ignore}};

Names<PiiAction> actions_of_kind() {
  Names<PiiAction> names = kActions;
  names.emplace_back("as_all", PiiAction::as_all);
  return names;
}

const Section<PiiRule>& rule_keys() {
  static const Section<PiiRule> keys = {
      {"action", choice(&PiiRule::action, actions_of_kind())},
      {"mask", text(&PiiRule::mask)},
  };
  return keys;
}

/// `email: {action: mask, mask: "…"}`, or `email: count` for the action alone.
Kind<PiiSpec> rule(PiiRule PiiSpec::*member) {
  return {[member](PiiSpec& to, const JobValue& value, const std::string& folder) {
            if (value.kind != JobValue::Kind::scalar) return read_section(to.*member, value, rule_keys(), folder);
            (to.*member).action = read_name(value, actions_of_kind());
          },
          [member](const PiiSpec& from) { return write_section(from.*member, rule_keys()); },
          [](const std::string& key_path) {
            return schema_of_either({schema_of_names(words_of(actions_of_kind())), schema_or_nothing(schema_of_section(rule_keys(), key_path))});
          }};
}

/// Without a limit there is none in the canonical form.
Kind<PiiSpec> limit(std::uint64_t PiiSpec::*member) {
  Kind<PiiSpec> kind = ratio(member, 0, kNoPiiLimit - 1);
  kind.write = [member, write = kind.write](const PiiSpec& from) { return from.*member == kNoPiiLimit ? std::string() : write(from); };
  return kind;
}

/// Read on every rank, as every rank reads the job. Only its fingerprint is part of the job's canonical form.
Kind<PiiSpec> key_file() {
  return {[](PiiSpec& to, const JobValue& value, const std::string& folder) {
            to.key_file = std::filesystem::weakly_canonical(absolute_path(folder, value)).string();
            try {
              const SecretKey key = read_key_file(to.key_file);
              to.key = PiiKey(std::span<const std::uint8_t, kPiiKeyBytes>(key.data(), kKeyBytes), key.fingerprint());
            } catch (const Error& error) {
              fail_at(value, error.what());
            }
          },
          [](const PiiSpec& from) { return from.key.is_there() ? json_quoted(from.key.fingerprint()) : std::string(); },
          any_path(schema_of_path),
          false,
          true,
          [](const PiiSpec& from) { return json_path(from.key_file); }};
}

const Section<PiiSpec> kPii = {
    {"action", choice(&PiiSpec::action, kActions)},
    {"email", rule(&PiiSpec::email)},
    {"phone", rule(&PiiSpec::phone)},
    {"ipv4", rule(&PiiSpec::ipv4)},
    {"ipv6", rule(&PiiSpec::ipv6)},
    {"card", rule(&PiiSpec::card)},
    {"iban", rule(&PiiSpec::iban)},
    {"ssn", rule(&PiiSpec::ssn)},
    {"secret", rule(&PiiSpec::secret)},
    {"coordinates", rule(&PiiSpec::coordinates)},
    {"key_file", key_file()},
    {"max_per_1000_words", limit(&PiiSpec::max_per_1000_words_ppm)},
    {"max_per_1000_chars", limit(&PiiSpec::max_per_1000_chars_ppm)},
};

}  // namespace

const Section<PiiSpec>& pii_keys() { return kPii; }

}  // namespace quern
