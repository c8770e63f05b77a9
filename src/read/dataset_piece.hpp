#pragma once
// One piece of a data set of quern → records.

#include "quern/base/job.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/read/reader.hpp"
#include "read/piece_sink.hpp"

#include <optional>
#include <string>
#include <vector>

namespace quern {

/// Reads pieces one after the other; a data set stays open for its next piece.
///
/// A document has the place start / tokens * bytes of the file: so documents are shared out by the length of their text, and the pieces
/// agree on each of them. Positions are numbers of documents.
class DatasetPieces {
 public:
  explicit DatasetPieces(OpenDecoder open_decoder);

  /// Throws Error for a data set that cannot be read, is not finished, or was changed since the plan.
  PieceRead read(const Piece& piece, const Job& job, PieceSink& sink);

 private:
  void open(const Piece& piece);
  std::uint64_t first_document_from(std::uint64_t place, const Piece& piece) const;
  std::uint64_t read_part(std::uint64_t first, std::uint64_t end, const Piece& piece, const Job& job, PieceSink& sink);
  void give(const DocumentPart& part, std::size_t i, std::span<const std::uint32_t> tokens, const Piece& piece, const Job& job, PieceSink& sink);

  void take_metadata(std::string_view metadata, LineFields& fields);

  OpenDecoder open_decoder_;
  JsonLineParser metadata_parser_;
  std::string metadata_line_;  ///< with room behind it for the parser
  std::optional<DatasetReader> data_;
  DecodeTokens decode_;
  std::string open_path_;
  std::vector<std::uint32_t> tokens_;
};

}  // namespace quern
