// Megatron-LM: PREFIX.bin with the tokens, PREFIX.idx with the sequences, one sequence for each document.

#include "quern/base/error.hpp"
#include "write/export/context.hpp"
#include "write/export/tokens.hpp"
#include "write/together.hpp"

#include <limits>

namespace quern {

namespace {

constexpr std::string_view kMagic("MMIDIDX\0\0", 9);
constexpr std::uint64_t kHeaderBytes = 34;
constexpr std::uint64_t kLeastWideVocabulary = 65'500;  // Megatron's own bound for 16 bits
constexpr std::uint8_t kInt32 = 4, kUint16 = 8;         // its codes
constexpr std::uint64_t kMostSequenceTokens = std::numeric_limits<std::int32_t>::max();

struct Sums {
  std::uint64_t sequences = 0, tokens = 0, empty = 0;
};

template <class T>
void append_value(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

class Pair {
 public:
  Pair(const MegatronExport& spec, const Split& split, ExportContext& context)
      : context_(context), split_(split), end_of_text_(spec.append_eod ? 0 : 1),
        token_bytes_(context.data.provenance().vocab_size < kLeastWideVocabulary ? 2 : 4),
        path_(split.prefix() + spec.key + "_document") {}

  /// Collective.
  Sums write() {
    World& world = context_.world;
    const Range documents = share_of(split_.documents, world);
    Sums mine;
    together(world, [&] {
      for_each_sequence(documents, [&](std::uint64_t, std::uint64_t first, std::uint64_t end) {
        ++mine.sequences;
        mine.tokens += end - first;
      });
      mine.empty = documents.end - documents.first - mine.sequences;
    });
    const Sums before = {world.exclusive_sum(mine.sequences), world.exclusive_sum(mine.tokens), 0};
    all_ = {world.sum(mine.sequences), world.sum(mine.tokens), world.sum(mine.empty)};
    SharedFile bin(context_.path(path_ + ".bin"), all_.tokens * token_bytes_, world);
    SharedFile idx(context_.path(path_ + ".idx"), kHeaderBytes + 20 * all_.sequences + 8, world);
    together(world, [&] {
      if (world.is_root()) write_header(idx);
      write_share(documents, before, bin, idx);
      bin.close();
      idx.close();
    });
    return all_;
  }
  std::vector<std::string> files() const { return {path_ + ".bin", path_ + ".idx"}; }

 private:
  /// Documents without text make no sequence.
  template <class Visit>
  void for_each_sequence(Range documents, Visit visit) const {
    for_each_document(context_.data, documents, [&](std::uint64_t document, std::uint64_t first, std::uint64_t end) {
      if (end - first > kMostSequenceTokens) {
        fail(ErrorKind::plan,
             "{}: document {} has {} tokens, and a sequence of Megatron at most {}: make the data set with a smaller max_document_bytes",
             context_.data.path(), document, end - first, kMostSequenceTokens);
      }
      if (end - first > 1) visit(document, first, end - end_of_text_);
    });
  }

  void write_header(SharedFile& idx) const {
    std::string header(kMagic);
    append_value<std::uint64_t>(header, 1);
    append_value<std::uint8_t>(header, token_bytes_ == 2 ? kUint16 : kInt32);
    append_value<std::uint64_t>(header, all_.sequences);
    append_value<std::uint64_t>(header, all_.sequences + 1);
    idx.write_at(0, header);
    // The end of the list of documents, which begins with 0: the one number that is no sequence's.
    std::string last;
    append_value<std::int64_t>(last, static_cast<std::int64_t>(all_.sequences));
    idx.write_at(kHeaderBytes + 20 * all_.sequences, last);
  }

  void write_share(Range documents, const Sums& before, SharedFile& bin, SharedFile& idx) {
    TokenReader reader(context_.data);
    Sums at = before;
    std::uint64_t written = before.tokens;
    Range run = {0, 0};  // tokens that follow one another in /data and in the file
    const auto copy_run = [&] {
      copy_tokens(reader, run, token_bytes_, bin, written * token_bytes_);
      written += run.end - run.first;
    };
    for_each_sequence(documents, [&](std::uint64_t, std::uint64_t first, std::uint64_t end) {
      if (first != run.end || run.end - run.first >= kTokensAtOnce) {
        copy_run();
        run = {first, first};
      }
      run.end = end;
      add_row(at, end - first, idx);
    });
    copy_run();
    flush_rows(at.sequences, idx);
  }

  void add_row(Sums& at, std::uint64_t tokens, SharedFile& idx) {
    lengths_.push_back(static_cast<std::int32_t>(tokens));
    offsets_.push_back(static_cast<std::int64_t>(at.tokens * token_bytes_));
    documents_.push_back(static_cast<std::int64_t>(at.sequences));
    ++at.sequences;
    at.tokens += tokens;
    if (lengths_.size() == kDocumentsAtOnce) flush_rows(at.sequences, idx);
  }

  /// The rows that end before sequence `end`.
  void flush_rows(std::uint64_t end, SharedFile& idx) {
    const std::uint64_t first = end - lengths_.size(), n = all_.sequences;
    idx.write_values(kHeaderBytes + 4 * first, std::span<const std::int32_t>(lengths_));
    idx.write_values(kHeaderBytes + 4 * n + 8 * first, std::span<const std::int64_t>(offsets_));
    idx.write_values(kHeaderBytes + 12 * n + 8 * first, std::span<const std::int64_t>(documents_));
    lengths_.clear();
    offsets_.clear();
    documents_.clear();
  }

  ExportContext& context_;
  const Split& split_;
  std::uint64_t end_of_text_;  ///< tokens at the end of a document that are left out
  std::uint64_t token_bytes_;
  std::string path_;
  Sums all_;
  std::vector<std::int32_t> lengths_;
  std::vector<std::int64_t> offsets_, documents_;
};

}  // namespace

ExportResult write_format(const MegatronExport& spec, ExportContext& context) {
  ExportResult result;
  for (const Split& split : context.splits) {
    Pair pair(spec, split, context);
    const Sums sums = pair.write();
    for (const std::string& file : pair.files()) result.files.push_back(file);
    result.count(split.prefix() + "sequences", sums.sequences);
    result.count(split.prefix() + "tokens", sums.tokens);
    result.count(split.prefix() + "empty_documents_left_out", sums.empty);
  }
  return result;
}

}  // namespace quern
