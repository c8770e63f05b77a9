#pragma once
// What a data set says of itself, and the columns it is written and read in. Format: docs/formats/dataset.md.

#include "quern/base/hash.hpp"
#include "quern/base/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Name of the HDF5 file in an output folder.
inline constexpr std::string_view kDatasetFileName = "data.h5";

/// Bytes of a token in /data: 2 for vocabularies of at most 65,536 entries, else 4.
constexpr std::uint64_t token_bytes_for(std::uint64_t vocab_size) { return vocab_size <= 65'536 ? 2 : 4; }

/// Lengths of the columns.
struct DatasetShape {
  std::uint64_t n_tokens = 0;
  std::uint64_t n_docs = 0;
  std::uint64_t doc_id_bytes = 0;  ///< sum of the lengths of the kept documents' own ids
  std::uint64_t n_records = 0;
  std::uint64_t record_id_bytes = 0;  ///< the same over all records
  std::uint64_t n_files = 0;
  std::uint64_t file_name_bytes = 0;
  std::uint64_t metadata_bytes = 0;  ///< of the kept documents; 0: no such column
  bool operator==(const DatasetShape&) const = default;
};

/// How Provenance::job of a data set begins that `quern refilter` made of another one.
inline constexpr std::string_view kRefilterJob = "{\"refilter\":";

/// How documents lie in a data set where they are not one for each kept record, in the order of the records.
struct DocumentOrder {
  bool shuffled = false;
  bool repeats = false;          ///< records have several documents: there is a column that numbers them
  std::uint64_t documents = 0;   ///< with all copies
  std::vector<std::string> splits;             ///< names; none: the documents are not split
  std::vector<std::uint64_t> first_documents;  ///< [splits + 1] of each split, and the end
  bool operator==(const DocumentOrder&) const = default;
};

/// What made a data set. The digest of the content is not among it: it is known when the writing is done.
struct Provenance {
  std::string job;  ///< canonical JSON
  std::string plan_digest;
  std::string quern_version;
  std::string unicode_version;
  Hash128 tokenizer_digest;
  std::uint64_t vocab_size = 0;
  std::uint64_t end_of_text = 0;
  std::uint64_t records = 0;
  std::uint64_t kept = 0;
  std::uint64_t removed = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t tokens = 0;
  std::vector<std::uint64_t> by_reason;  ///< records of each reason code; [0] counts the kept ones
  std::vector<std::string> sources;      ///< names; rows of /sources
  std::vector<std::string> languages;    ///< labels; rows of /languages; empty: the job does not ask for languages
  std::vector<std::string> signals;      ///< names of the signals that are kept as columns
  std::vector<std::string> flags;        ///< what documents may be marked with, by bit; empty: the job marks none
  bool counts_clusters = false;          ///< documents say how many records they stand for
  std::optional<DocumentOrder> order;    ///< none: the documents are the kept records, in their order
  std::vector<std::string> versions;     ///< "name version" of compiler and libraries, sorted; empty: not said
  bool file_digests = false;             ///< size and digest of every input file are kept
  bool operator==(const Provenance&) const = default;
};

/// Public name of a record: row of /files, offset of its first byte in the decompressed file.
struct RecordPlace {
  std::uint64_t file = 0;
  std::uint64_t offset = 0;
  bool operator==(const RecordPlace&) const = default;
};

/// An input file as it lay on disk. The digest is a sum (docs/formats/dataset.md), so that any piece may be added by any rank.
struct FileContent {
  std::uint64_t bytes = 0;
  Hash128 digest;
  bool operator==(const FileContent&) const = default;
};

/// Texts of consecutive rows: text i begins at byte start[i] of the whole column and ends where the next begins.
struct TextColumn {
  std::span<const std::uint64_t> start;  ///< one per row: offsets in the whole column
  std::string_view bytes;                ///< from start[0] on, the texts of these rows
};

/// Consecutive documents, column by column, all equally long.
struct DocumentColumns {
  std::span<const std::uint64_t> start;   ///< first token, offset in /data
  std::span<const std::uint64_t> record;  ///< row of the ledger
  std::span<const RecordPlace> place;
  std::span<const std::uint16_t> source;
  TextColumn own_id;
  // Columns that a data set need not have:
  std::span<const std::uint16_t> language = {};        ///< row of /languages
  std::span<const std::uint16_t> language_score = {};  ///< thousandths
  TextColumn metadata = {};                            ///< JSON objects; empty where there is none
  std::span<const std::vector<double>> signals = {};   ///< by signal, then by document
  std::span<const std::uint8_t> flags = {};
  std::span<const std::uint32_t> cluster_size = {};
  std::span<const std::uint16_t> copy = {};
};

}  // namespace quern
