#pragma once
// Supervised fastText models (Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"), as the program `fasttext` writes them.

#include "quern/base/job/side_file.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct LabelScore {
  std::uint32_t label = 0;  ///< its number in labels()
  std::uint16_t permille = 0;
};

/// Read once, then only looked at: may be shared by threads.
class FastTextModel {
 public:
  /// As load_fasttext_model, without sharing. A model decides what is computed and is trusted like the job: its size and head are checked,
  /// its tables are not.
  explicit FastTextModel(const SideFile& file);
  ~FastTextModel();

  /// Without "__label__", in the order of the model.
  const std::vector<std::string>& labels() const noexcept { return labels_; }
  std::optional<std::uint32_t> label(std::string_view name) const;

  /// The most probable label of a text as one line: its line ends count as spaces. Of two equal ones the first of the model's
  /// order; nothing when the model knows no part of the text. Probabilities are rounded to the nearest thousandth, halves up.
  std::optional<LabelScore> best(std::string_view text) const;
  /// Of every label, in the order of labels(); empty when the model knows no part of the text.
  std::vector<std::uint16_t> scores(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::vector<std::string> labels_;
};

/// The model in this file, read once in a process however often it is asked for.
/// Throws Error{plan}: it cannot be read, was changed since the job was loaded, or is no supervised fastText model.
std::shared_ptr<const FastTextModel> load_fasttext_model(const SideFile& file);

}  // namespace quern
