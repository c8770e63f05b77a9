// windows.h5: which tokens of which documents make up each window.

#include "write/export/windows.hpp"

#include "quern/base/error.hpp"
#include "quern/store/hdf5.hpp"
#include "write/export/tokens.hpp"
#include "write/together.hpp"

#include <array>
#include <numeric>

namespace quern {

namespace {

constexpr std::array<const char*, 3> kPackNames = {"concat", "whole", "best_fit"};

/// Windows and parts of each bucket in each block: [bucket][block].
struct Counts {
  std::vector<std::uint64_t> windows, parts;
};

/// A batch of rows on its way to the file.
struct Columns {
  std::vector<std::uint64_t> first_part, document;
  std::vector<std::uint32_t> start, tokens;
};

class WindowsFile {
 public:
  WindowsFile(const std::string& path, const WindowsSpec& spec, const Split& split, ExportContext& context)
      : path_(path), spec_(spec), split_(split), context_(context), buckets_(buckets_of(spec)), blocks_(blocks_of(split)) {}

  PackCounts write() {
    together(context_.world, [&] { count(); });
    for (auto* of_rank : {&counts_.windows, &counts_.parts}) context_.world.all_reduce_sum(*of_rank);
    for (std::uint64_t* number : {&total_.tokens, &total_.padding, &total_.cut_documents}) *number = context_.world.sum(*number);
    total_.windows = to_offsets(counts_.windows);
    total_.parts = to_offsets(counts_.parts);
    make_and_fill();
    return total_;
  }

 private:
  template <class Visit>
  void for_each_block(Visit visit) {
    const Range mine = share_of(blocks_, context_.world);
    for (std::size_t b = 0; b < buckets_.size(); ++b) {
      for (std::uint64_t block = mine.first; block < mine.end; ++block) {
        visit(b, b * blocks_ + block, windows_of(context_, split_, block, buckets_[b], spec_.pack));
        beat();
      }
    }
  }

  void count() {
    counts_.windows.assign(buckets_.size() * blocks_, 0);
    counts_.parts = counts_.windows;
    for_each_block([&](std::size_t bucket, std::uint64_t at, const Windows& windows) {
      counts_.windows[at] = windows.size();
      counts_.parts[at] = windows.parts.size();
      std::uint64_t tokens = 0;
      for (std::size_t p = 0; p < windows.parts.size(); ++p) {
        const Part& part = windows.parts[p];
        tokens += part.tokens;
        // The first part of a cut document tells of it, once, whatever windows the others are in.
        if (part.start == 0 && part.tokens < length_of(part.document)) ++total_.cut_documents;
      }
      total_.tokens += tokens;
      total_.padding += windows.size() * buckets_[bucket].length - tokens;  // concat: what is in windows of another block is taken off there
    });
  }

  /// Of documents in rising or falling order within a block: their offsets are read once.
  std::uint64_t length_of(std::uint64_t document) {
    if (document < lengths_first_ || document - lengths_first_ + 1 >= starts_.size()) {
      const Range block = block_of(split_, (document - split_.documents.first) / kPackBlock);
      lengths_first_ = block.first;
      starts_ = context_.data.document_starts(block.first, block.end - block.first);
    }
    return starts_[document - lengths_first_ + 1] - starts_[document - lengths_first_];
  }

  /// Counts → what lies before each; returns their sum.
  static std::uint64_t to_offsets(std::vector<std::uint64_t>& counts) {
    std::uint64_t sum = 0;
    for (std::uint64_t& count : counts) sum += std::exchange(count, sum);
    return sum;
  }

  void make_and_fill() {
    Hdf5File file = Hdf5File::create(path_, context_.world.native());
    {
      file.make_group("/windows");
      file.make_group("/parts");
      file.make_group("/buckets");
      Hdf5Dataset first_part = file.make_numbers("/windows/first_part", 8, {total_.windows + 1});
      Hdf5Dataset document = file.make_numbers("/parts/document", 8, {total_.parts});
      Hdf5Dataset start = file.make_numbers("/parts/start", 4, {total_.parts});
      Hdf5Dataset tokens = file.make_numbers("/parts/tokens", 4, {total_.parts});
      Hdf5Dataset lengths = file.make_numbers("/buckets/length", 8, {buckets_.size()});
      Hdf5Dataset bucket_first = file.make_numbers("/buckets/first_window", 8, {buckets_.size() + 1});
      set_attributes(file);
      file.flush();
      together(context_.world, [&] {
        if (context_.world.is_root()) write_ends(first_part, lengths, bucket_first);
        for_each_block([&](std::size_t, std::uint64_t at, const Windows& windows) {
          const Columns columns = columns_of(windows, counts_.parts[at]);
          first_part.write_rows(counts_.windows[at], std::span<const std::uint64_t>(columns.first_part));
          document.write_rows(counts_.parts[at], std::span<const std::uint64_t>(columns.document));
          start.write_rows(counts_.parts[at], std::span<const std::uint32_t>(columns.start));
          tokens.write_rows(counts_.parts[at], std::span<const std::uint32_t>(columns.tokens));
        });
      });
    }
    file.close();
    together(context_.world, [&] { File(path_, File::Mode::update).sync(); });
  }

  static Columns columns_of(const Windows& windows, std::uint64_t parts_before) {
    Columns columns;
    for (const std::uint64_t first : windows.first) columns.first_part.push_back(parts_before + first);
    for (const Part& part : windows.parts) {
      columns.document.push_back(part.document);
      columns.start.push_back(part.start);
      columns.tokens.push_back(part.tokens);
    }
    return columns;
  }

  void set_attributes(Hdf5File& file) const {
    const auto set = [&](const char* attribute, auto value) { file.set_attribute("/", attribute, value); };
    const auto text = [&](const char* attribute, const std::string& value) { file.set_attribute("/", attribute, std::string_view(value)); };
    text("format", "quern windows");
    set("format_version", std::uint64_t{1});
    text("content_digest", context_.data.content_digest().hex());
    text("seal", context_.data.seal().hex());
    text("pack", kPackNames[static_cast<std::size_t>(spec_.pack)]);
    text("split", split_.name);
    set("first_document", split_.documents.first);
    set("documents", split_.n_documents());
    set("tokens", total_.tokens);
    set("padding", total_.padding);
    set("cut_documents", total_.cut_documents);
  }

  void write_ends(Hdf5Dataset& first_part, Hdf5Dataset& lengths, Hdf5Dataset& bucket_first) const {
    first_part.write_rows(total_.windows, std::span<const std::uint64_t>({total_.parts}));
    std::vector<std::uint64_t> length, first;
    for (std::size_t b = 0; b < buckets_.size(); ++b) {
      length.push_back(buckets_[b].length);
      first.push_back(blocks_ == 0 ? 0 : counts_.windows[b * blocks_]);
    }
    first.push_back(total_.windows);
    lengths.write_rows(0, std::span<const std::uint64_t>(length));
    bucket_first.write_rows(0, std::span<const std::uint64_t>(first));
  }

  std::string path_;
  const WindowsSpec& spec_;
  const Split& split_;
  ExportContext& context_;
  std::vector<Bucket> buckets_;
  std::uint64_t blocks_;
  Counts counts_;  ///< then: what lies before
  PackCounts total_;
  std::vector<std::uint64_t> starts_;
  std::uint64_t lengths_first_ = 0;
};

}  // namespace

std::uint64_t blocks_of(const Split& split) { return (split.n_documents() + kPackBlock - 1) / kPackBlock; }

Range block_of(const Split& split, std::uint64_t block) {
  const std::uint64_t first = split.documents.first + block * kPackBlock;
  return {first, std::min(first + kPackBlock, split.documents.end)};
}

Windows windows_of(const ExportContext& context, const Split& split, std::uint64_t block, const Bucket& bucket, Pack pack) {
  const Range documents = block_of(split, block);
  const std::vector<std::uint64_t> start = context.data.document_starts(documents.first, documents.end - documents.first);
  const PackInput input{documents.first, start};
  return pack == Pack::concat ? cut_block(input, split.tokens.first, bucket.length) : pack_block(input, bucket, pack);
}

std::string windows_file_name(const Split& split) { return split.name.empty() ? "windows.h5" : "windows-" + split.name + ".h5"; }

PackCounts write_windows_file(const std::string& file, const WindowsSpec& spec, const Split& split, ExportContext& context) {
  return WindowsFile(context.path(file), spec, split, context).write();
}

std::string in_words(const PackCounts& counts, const std::string& what) {
  const std::uint64_t places = counts.tokens + counts.padding;
  return fmt::format("{}: {} windows of {} tokens, padding {:.2f} %, {} documents cut", what, counts.windows, counts.tokens,
                     places == 0 ? 0.0 : 100.0 * static_cast<double>(counts.padding) / static_cast<double>(places), counts.cut_documents);
}

ExportResult write_format(const WindowsSpec& spec, ExportContext& context) {
  ExportResult result;
  for (const Split& split : context.splits) {
    const std::string file = windows_file_name(split);
    const PackCounts counts = write_windows_file(file, spec, split, context);
    result.files.push_back(file);
    result.count(split.prefix() + "windows", counts.windows);
    result.count(split.prefix() + "tokens", counts.tokens);
    result.count(split.prefix() + "padding", counts.padding);
    result.count(split.prefix() + "cut_documents", counts.cut_documents);
    result.notes.push_back(in_words(counts, file));
  }
  return result;
}

}  // namespace quern
