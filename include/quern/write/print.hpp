#pragma once
// A data set as text: what `quern ledger` and `quern show` print. No ranks; memory does not grow with the data set.

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

namespace quern {

/// A line per input record, in input order, tab-separated: own id, verdict, reason, own id of the kept record it was removed for,
/// similarity to it with 4 decimals. Empty where there is none. A record without an own id is named `<file>:<offset>`.
/// In ids, tab, newline, carriage return and backslash are written \t \n \r \\.
/// `path`: output folder or .h5 file. Error{check} for a damaged file, Error{store} when `out` takes no more.
void print_ledger(const std::string& path, std::ostream& out);

/// Bytes of tokens: the tokenizer's decoder.
using TokenDecoder = std::function<std::string(std::span<const std::uint32_t>)>;

struct ShowOptions {
  std::optional<std::uint64_t> document;  ///< its row in /documents: place, source, tokens and text
  std::optional<std::uint64_t> removed;   ///< the n-th record with verdict `removed`, from 0: why, and for which record
};

/// Prints what is asked for; a summary (counts, tokenizer, digests) when nothing is. A number out of range is Error{usage}.
/// `decode` is used for a document's text alone; without it the text is left out.
void show_dataset(const std::string& path, const ShowOptions& options, const TokenDecoder& decode, std::ostream& out);

}  // namespace quern
