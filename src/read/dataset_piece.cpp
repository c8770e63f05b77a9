#include "read/dataset_piece.hpp"

#include "quern/base/error.hpp"
#include "quern/base/wide.hpp"
#include "quern/store/file.hpp"
#include "read/text_record.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint64_t kDocumentsAtOnce = 1024;
constexpr std::uint64_t kTokensAtOnce = 256u << 10;

void check_unchanged(const Piece& piece) {
  const File file(piece.path, File::Mode::read);
  const bool same_time = piece.modified_ns == kNoTime || file.modified_ns() == piece.modified_ns;
  if (file.size() == piece.file_bytes && same_time) return;
  fail(ErrorKind::input, "{}: was changed after the run was planned; let nothing write to inputs while a run reads them, and start it again",
       piece.path);
}

/// As the engine writes the metadata of a document (docs/formats/dataset.md).
InputSpec metadata_fields() {
  InputSpec fields;
  fields.text_field.clear();
  fields.id_field.clear();
  fields.url_field = "url";
  fields.date_field = "date";
  fields.metadata = {"metadata"};
  return fields;
}

}  // namespace

DatasetPieces::DatasetPieces(OpenDecoder open_decoder)
    : open_decoder_(std::move(open_decoder)), metadata_parser_(metadata_fields(), InvalidUtf8::repair) {}

void DatasetPieces::open(const Piece& piece) {
  check_unchanged(piece);
  if (data_ && open_path_ == piece.path) return;
  data_.reset();
  data_.emplace(piece.path);
  if (!open_decoder_) fail(ErrorKind::internal, "{}: nothing to decode a data set with", piece.path);
  decode_ = open_decoder_(*data_);
  open_path_ = piece.path;
}

PieceRead DatasetPieces::read(const Piece& piece, const Job& job, PieceSink& sink) {
  open(piece);
  PieceRead result;
  result.first = first_document_from(piece.begin, piece);
  result.end = piece.end == piece.file_bytes ? data_->shape().n_docs : first_document_from(piece.end, piece);
  for (std::uint64_t next = result.first; next < result.end;) next = read_part(next, result.end, piece, job, sink);
  check_unchanged(piece);
  result.records = sink.given();
  result.bytes = result.end - result.first;
  return result;
}

std::uint64_t DatasetPieces::first_document_from(std::uint64_t place, const Piece& piece) const {
  const Uint128 wanted = static_cast<Uint128>(place) * data_->shape().n_tokens;
  std::uint64_t low = 0, high = data_->shape().n_docs;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (static_cast<Uint128>(data_->documents(middle, 1).start[0]) * piece.file_bytes < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::uint64_t DatasetPieces::read_part(std::uint64_t first, std::uint64_t end, const Piece& piece, const Job& job, PieceSink& sink) {
  const DocumentPart part = data_->documents(first, std::min(end - first, kDocumentsAtOnce));
  const std::size_t documents = part.record.size();
  for (std::size_t i = 0; i < documents;) {
    sink.between();
    std::size_t behind = i + 1;
    while (behind < documents && part.start[behind + 1] - part.start[i] <= kTokensAtOnce) ++behind;
    const std::uint64_t tokens = part.start[behind] - part.start[i];
    // A token stands for a byte at least: what has more of them is too long, and is not read.
    const bool too_many = tokens > kTokensAtOnce && tokens - 1 > job.max_document_bytes;
    tokens_.resize(too_many ? 0 : tokens);
    if (!too_many) data_->tokens(part.start[i], tokens_);
    for (const std::uint64_t from = part.start[i]; i < behind; ++i) {
      const std::span<const std::uint32_t> all(tokens_);
      give(part, i, too_many ? all : all.subspan(part.start[i] - from, part.start[i + 1] - part.start[i]), piece, job, sink);
    }
  }
  return first + documents;
}

void DatasetPieces::give(const DocumentPart& part, std::size_t i, std::span<const std::uint32_t> tokens, const Piece& piece, const Job& job,
                         PieceSink& sink) {
  const std::uint64_t number = part.first + i;
  const auto too_long = [&] {
    sink.bad(number, Reason::size, fmt::format("longer than max_document_bytes, which is {}", job.max_document_bytes), part.own_ids[i]);
  };
  if (tokens.size() != part.start[i + 1] - part.start[i]) return too_long();
  if (tokens.empty() || tokens.back() != data_->provenance().end_of_text) {
    fail(ErrorKind::check, "{}: document {} does not end with the end-of-text token: the data set is damaged", piece.path, number);
  }
  std::string text;
  try {
    text = decode_(tokens.first(tokens.size() - 1));
  } catch (const Error& error) {
    fail(ErrorKind::check, "{}: document {}: {}: the data set is damaged", piece.path, number, error.what());
  }
  if (text.size() > job.max_document_bytes) return too_long();
  LineFields fields;
  fields.text = text;
  fields.own_id = part.own_ids[i];
  fields.source = data_->source_name(part.source[i], part.record[i]);
  if (data_->has_metadata()) take_metadata(part.metadata[i], fields);
  give_text(number, fields, job.clean.invalid_utf8, sink);
}

void DatasetPieces::take_metadata(std::string_view metadata, LineFields& fields) {
  constexpr std::string_view kBefore = R"({"metadata":)";
  if (metadata.empty()) return;
  metadata_line_.assign(metadata);
  metadata_line_.append(kJsonPadding, '\0');
  const JsonLine found = metadata_parser_.parse(std::string_view(metadata_line_).substr(0, metadata.size()));
  fields.url = found.url;
  fields.date = found.date;
  if (found.metadata.starts_with(kBefore)) fields.metadata = found.metadata.substr(kBefore.size(), found.metadata.size() - kBefore.size() - 1);
}

}  // namespace quern
