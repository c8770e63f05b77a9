// Cerebras ModelZoo's sample layout: HDF5 files of (examples, 3, MSL): input ids, loss mask, labels.

#include "quern/base/error.hpp"
#include "quern/store/hdf5_samples.hpp"
#include "write/export/context.hpp"
#include "write/export/tokens.hpp"
#include "write/export/windows.hpp"
#include "write/together.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace quern {

namespace {

constexpr std::uint64_t kRows = 3;
constexpr std::uint64_t kBatchBytes = 8u << 20;

/// The samples of a split, by their number. An example of n tokens trains n - 1 of them: each is the label of the one before it.
class Samples {
 public:
  /// Collective.
  Samples(const CerebrasExport& spec, const Split& split, const ExportContext& context)
      : spec_(spec), split_(split), context_(context), reader_(context.data) {
    if (spec.pack == Pack::concat) count_cuts();
    else count_packed();
  }
  std::uint64_t size() const { return number_; }
  std::uint64_t tokens_left_out() const { return tokens_left_out_; }

  void tokens(std::uint64_t sample, std::vector<std::uint32_t>& to) {
    to.clear();
    if (spec_.pack == Pack::concat) {
      const std::uint64_t first = split_.tokens.first + sample * spec_.length;
      return append(first, std::min(first + spec_.length + 1, split_.tokens.end), to);
    }
    const auto block = static_cast<std::uint64_t>(std::upper_bound(before_.begin(), before_.end(), sample) - before_.begin()) - 1;
    if (block != loaded_) load(block);
    for (const Part& part : windows_[windows_of_block_[sample - before_[block]]]) {
      const std::uint64_t first = starts_[part.document - first_document_] + part.start;
      append(first, first + part.tokens, to);
    }
  }

 private:
  /// As the tool of this layout cuts: at every MSL-th token, each window with one token of the next.
  void count_cuts() {
    const std::uint64_t n = split_.n_tokens();
    number_ = n > 1 ? (n - 1 + spec_.length - 1) / spec_.length : 0;
    if (number_ == 0) {
      tokens_left_out_ = n;
      return;
    }
    const std::uint64_t last = n - (number_ - 1) * spec_.length;
    if (last >= spec_.min_tokens) return;
    tokens_left_out_ = last - 1;  // the first of them is the last label of the sample before
    if (--number_ == 0) tokens_left_out_ = n;
  }

  void count_packed() {
    std::vector<std::uint64_t> kept(blocks_of(split_), 0);
    std::uint64_t left_out = 0;
    together(context_.world, [&] {
      const Range mine = share_of(kept.size(), context_.world);
      for (std::uint64_t block = mine.first; block < mine.end; ++block) {
        load(block);
        kept[block] = windows_of_block_.size();
        left_out += left_out_of_block_;
      }
    });
    context_.world.all_reduce_sum(kept);
    tokens_left_out_ = context_.world.sum(left_out);
    before_ = kept;
    for (std::uint64_t& number : before_) number_ += std::exchange(number, number_);
  }

  void load(std::uint64_t block) {
    loaded_ = block;
    windows_ = quern::windows_of(context_, split_, block, {spec_.length + 1, 0, true}, spec_.pack);
    windows_of_block_.clear();
    left_out_of_block_ = 0;
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      std::uint64_t tokens = 0;
      for (const Part& part : windows_[w]) tokens += part.tokens;
      if (tokens >= spec_.min_tokens) windows_of_block_.push_back(w);
      else left_out_of_block_ += tokens;
    }
    const Range documents = block_of(split_, block);
    first_document_ = documents.first;
    starts_ = context_.data.document_starts(documents.first, documents.end - documents.first);
    beat();
  }

  void append(std::uint64_t first, std::uint64_t end, std::vector<std::uint32_t>& to) {
    reader_.each(first, end, [&](std::span<const std::uint32_t> some) { to.insert(to.end(), some.begin(), some.end()); });
  }

  const CerebrasExport& spec_;
  const Split& split_;
  const ExportContext& context_;
  TokenReader reader_;
  std::uint64_t number_ = 0, tokens_left_out_ = 0;
  std::vector<std::uint64_t> before_;  ///< samples in the blocks below each block
  // Of the block that was asked for last:
  std::uint64_t loaded_ = UINT64_MAX, first_document_ = 0, left_out_of_block_ = 0;
  Windows windows_;
  std::vector<std::size_t> windows_of_block_;  ///< those that are long enough
  std::vector<std::uint64_t> starts_;
};

/// One example: ids, mask, labels, each `length` long.
void append_example(std::span<const std::uint32_t> tokens, std::uint64_t length, std::int32_t pad, std::vector<std::int32_t>& to) {
  const std::size_t at = to.size(), trained = tokens.size() - 1;
  to.resize(at + kRows * length, pad);
  std::int32_t* const ids = to.data() + at;
  std::int32_t* const mask = ids + length;
  std::int32_t* const labels = mask + length;
  std::fill(mask, mask + length, 0);
  for (std::size_t i = 0; i < trained; ++i) {
    ids[i] = static_cast<std::int32_t>(tokens[i]);
    mask[i] = 1;
    labels[i] = static_cast<std::int32_t>(tokens[i + 1]);
  }
}

/// Returns the number of labels.
std::uint64_t write_file(const std::string& path, Range examples, Samples& samples, const CerebrasExport& spec, std::int32_t pad) {
  Hdf5Samples file(path, examples.end - examples.first, kRows, spec.length);
  const std::uint64_t at_once = std::max<std::uint64_t>(1, kBatchBytes / (kRows * spec.length * sizeof(std::int32_t)));
  std::uint64_t labels = 0;
  std::vector<std::uint32_t> tokens;
  std::vector<std::int32_t> batch;
  for (std::uint64_t first = examples.first; first < examples.end; first += at_once) {
    batch.clear();
    for (std::uint64_t e = first; e < std::min(first + at_once, examples.end); ++e) {
      samples.tokens(e, tokens);
      append_example(tokens, spec.length, pad, batch);
      labels += tokens.size() - 1;
    }
    file.write(first - examples.first, batch);
    beat();
  }
  file.close();
  return labels;
}

std::string data_params(const CerebrasExport& spec, std::int32_t pad, std::uint64_t examples, std::uint64_t files, std::uint64_t labels,
                        const ExportContext& context) {
  const Provenance& p = context.data.provenance();
  nlohmann::ordered_json params;
  params["features"] = {"input_ids", "attention_mask", "labels"};
  params["dataset"] = {{"use_vsl", false}, {"is_multimodal", false}};
  params["processing"] = {{"max_seq_length", spec.length}, {"min_sequence_len", spec.min_tokens}, {"short_seq_prob", 0},
                          {"pad_id", pad},                 {"eos_id", p.end_of_text}};
  params["setup"] = {{"data_digest", context.data.content_digest().hex()}};
  params["post-process"] = {{"n_examples", examples},         {"num_files", files},
                            {"num_tokens", examples * spec.length}, {"num_pad_tokens", examples * spec.length - labels},
                            {"loss_valid_tokens", labels},    {"vocab_size", p.vocab_size}};
  return params.dump(2) + "\n";
}

}  // namespace

ExportResult write_format(const CerebrasExport& spec, ExportContext& context) {
  ExportResult result;
  World& world = context.world;
  const auto pad = static_cast<std::int32_t>(spec.pad_id.value_or(context.data.provenance().end_of_text));
  for (const Split& split : context.splits) {
    const std::string folder = split.name.empty() ? "" : split.name + "/";
    together(world, [&] {
      if (!split.name.empty() && world.is_root()) make_folders(context.path(split.name));
    });
    Samples samples(spec, split, context);
    const std::uint64_t files = (samples.size() + spec.file_examples - 1) / spec.file_examples;
    const auto name_of = [&](std::uint64_t f) { return fmt::format("{}output_chunk_0_{:05}.h5", folder, f); };
    std::uint64_t labels = 0;
    together(world, [&] {
      const Range mine = share_of(files, world);
      for (std::uint64_t f = mine.first; f < mine.end; ++f) {
        const Range examples = {f * spec.file_examples, std::min((f + 1) * spec.file_examples, samples.size())};
        labels += write_file(context.path(name_of(f)), examples, samples, spec, pad);
      }
    });
    labels = world.sum(labels);
    together(world, [&] {
      if (world.is_root()) publish_file(context.path(folder + "data_params.json"), data_params(spec, pad, samples.size(), files, labels, context));
    });
    for (std::uint64_t f = 0; f < files; ++f) result.files.push_back(name_of(f));
    result.files.push_back(folder + "data_params.json");
    result.count(split.prefix() + "examples", samples.size());
    result.count(split.prefix() + "labels", labels);
    result.count(split.prefix() + "padding", samples.size() * spec.length - labels);
    result.count(split.prefix() + "tokens_left_out", samples.tokens_left_out());
  }
  return result;
}

}  // namespace quern
