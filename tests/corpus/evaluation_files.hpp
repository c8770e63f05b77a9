#pragma once
// Evaluation sets made for a test.

#include "quern/corpus/contamination.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace quern::test {

inline EvaluationSet evaluation_set(const std::string& path, const std::string& lines, const std::vector<std::string>& fields = {"question", "answer"}) {
  std::ofstream(path, std::ios::binary) << lines;
  const std::size_t slash = path.rfind('/');
  return {path.substr(slash + 1), {path, hash128(lines)}, fields, "id"};
}

/// `count` different words, `first`, `first` + 1, ...
inline std::string words(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += (i == first ? "w" : " w") + std::to_string(i);
  return text;
}

inline std::string item(const std::string& id, const std::string& question, const std::string& answer = "") {
  return R"({"id":")" + id + R"(","question":")" + question + R"(","answer":")" + answer + "\"}\n";
}

}  // namespace quern::test
