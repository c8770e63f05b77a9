#include "quern/classify/fasttext_model.hpp"

#include "quern/base/error.hpp"

#include <fasttext/fasttext.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <istream>
#include <mutex>
#include <stdexcept>
#include <streambuf>
#include <utility>

namespace quern {

namespace {

constexpr std::string_view kLabelPrefix = "__label__";

/// Bytes in memory as a stream, without a copy.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string& bytes) { setg(bytes.data(), bytes.data(), bytes.data() + bytes.size()); }
};

Hash128 digest_of(std::istream& in, std::string& piece) {
  Hasher128 hasher;
  piece.resize(1u << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    hasher.add({piece.data(), static_cast<std::size_t>(in.gcount())});
  }
  return hasher.digest();
}

/// The log of a probability as fastText gives it, which may lie a little above 0.
std::uint16_t permille_of(float log_probability) {
  const double probability = std::exp(static_cast<double>(log_probability));
  return static_cast<std::uint16_t>(std::clamp(std::floor(probability * 1000 + 0.5), 0.0, 1000.0));
}

std::string without_prefix(const std::string& label) {
  return label.starts_with(kLabelPrefix) ? label.substr(kLabelPrefix.size()) : label;
}

void check_content(std::ifstream& in, const SideFile& file) {
  if (!in) fail(ErrorKind::plan, "{}: the model cannot be opened", file.path);
  std::string piece;
  if (digest_of(in, piece) != file.digest) {
    fail(ErrorKind::plan, "{}: the model was changed since the job was loaded, or cannot be read to its end: run again", file.path);
  }
  in.clear();
  in.seekg(0);
}

/// The library checks the head of a file that it opens itself, but not that of a stream.
struct CheckedModel : fasttext::FastText {
  void load(std::istream& in) {
    if (!checkModel(in)) throw std::invalid_argument("another format, or a later version");
    loadModel(in);
  }
};

}  // namespace

struct FastTextModel::State {
  CheckedModel model;
  std::shared_ptr<const fasttext::Dictionary> words;

  void predict(std::string_view text, int labels, fasttext::Predictions& found) const {
    thread_local std::string line;
    thread_local std::vector<std::int32_t> ids, ignored;
    line.assign(text);
    std::ranges::replace(line, '\n', ' ');  // which would end it
    line += '\n';
    MemoryBuffer buffer(line);
    std::istream in(&buffer);
    words->getLine(in, ids, ignored);
    found.clear();
    model.predict(labels, ids, found);
  }
};

FastTextModel::FastTextModel(const SideFile& file) : state_(std::make_unique<State>()) {
  std::ifstream in(file.path, std::ios::binary);
  check_content(in, file);
  try {
    in.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);  // without which it reads on behind the end
    state_->model.load(in);
  } catch (const std::exception& error) {
    fail(ErrorKind::plan, "{}: no fastText model that can be read ({}): give a .bin or .ftz file that `fasttext supervised` wrote", file.path,
         error.what());
  }
  if (state_->model.getArgs().model != fasttext::model_name::sup) {
    fail(ErrorKind::plan, "{}: a fastText model of word vectors; one of classes is needed (`fasttext supervised`)", file.path);
  }
  state_->words = state_->model.getDictionary();
  for (std::int32_t i = 0; i < state_->words->nlabels(); ++i) labels_.push_back(without_prefix(state_->words->getLabel(i)));
  if (labels_.empty()) fail(ErrorKind::plan, "{}: a fastText model without labels", file.path);
}

FastTextModel::~FastTextModel() = default;

std::optional<std::uint32_t> FastTextModel::label(std::string_view name) const {
  const auto found = std::ranges::find(labels_, name);
  if (found == labels_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - labels_.begin());
}

std::optional<LabelScore> FastTextModel::best(std::string_view text) const {
  thread_local fasttext::Predictions found;
  state_->predict(text, 2, found);
  if (found.empty()) return std::nullopt;
  // The library's order of equal ones is that of its heap.
  const auto before = [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; };
  const auto& best = *std::ranges::min_element(found, before);
  return LabelScore{static_cast<std::uint32_t>(best.second), permille_of(best.first)};
}

std::vector<std::uint16_t> FastTextModel::scores(std::string_view text) const {
  thread_local fasttext::Predictions found;
  state_->predict(text, static_cast<int>(labels_.size()), found);
  if (found.empty()) return {};
  std::vector<std::uint16_t> scores(labels_.size(), 0);
  for (const auto& [log_probability, label] : found) scores[static_cast<std::size_t>(label)] = permille_of(log_probability);
  return scores;
}

std::shared_ptr<const FastTextModel> load_fasttext_model(const SideFile& file) {
  static std::mutex mutex;
  static std::vector<std::pair<Hash128, std::shared_ptr<const FastTextModel>>> models;
  const std::lock_guard lock(mutex);
  for (const auto& [digest, model] : models) {
    if (digest == file.digest) return model;
  }
  return models.emplace_back(file.digest, std::make_shared<const FastTextModel>(file)).second;
}

}  // namespace quern
