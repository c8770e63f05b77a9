#pragma once
// provenance.json and card.md: what a data set was made of and how, for those who use it and those who make it again. Nothing of the run that
// made it: the same bytes at any number of ranks, on any machine with the same libraries. Format: docs/formats/provenance.md.

#include "quern/base/version.hpp"
#include "quern/report/report.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

/// A file that lies beside the data set or was read for it, by its content.
struct NamedDigest {
  std::string name;
  std::string digest;  ///< hexadecimal
};

/// What the report of a run does not say.
struct Origin {
  std::string algorithms, unicode_version;
  std::string placed_job;  ///< with paths, of which only names are taken; empty: side files have no names
  std::string about;       ///< JSON object of texts; empty: none
  std::uint64_t input_bytes = 0;
  std::string tokenizer_digest;
  std::uint64_t end_of_text = 0;
  std::vector<NamedDigest> tokenizer_files;
  std::vector<LibraryVersion> libraries;
  std::string base;  ///< provenance.json of the data set that this one was filtered again from; empty: none
};

/// Cost: a few kilobytes for each source and language.
std::string provenance_json(const RunReport& report, const Origin& origin);

/// What docs/job.md says of a key; empty for keys that it does not have.
using KeyText = std::function<std::string(const std::string& key_path)>;

/// The card in Markdown, from nothing but provenance.json (and `about`, a JSON object, in the place of its own, where it is not empty).
/// Throws Error{check} for a text that provenance_json() has not made.
std::string data_card(std::string_view provenance, std::string_view about, const KeyText& key_text);

/// Lines that say in what two provenance.json differ that may be why two data sets do: versions, seeds, tokenizer, counts by reason.
std::vector<std::string> provenance_differences(std::string_view before, std::string_view now);

}  // namespace quern
