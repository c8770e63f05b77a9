#pragma once
// A fastText model of a few words, trained for a test.

#include "quern/base/job/side_file.hpp"

#include <fasttext/fasttext.h>

#include <fstream>
#include <sstream>
#include <string>

namespace quern::test {

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

inline SideFile side_file(const std::string& path) { return {path, hash128(bytes_of(path))}; }

inline SideFile side_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return side_file(path);
}

/// Trains on lines "__label__x words ..." with one thread, so that the same lines give the same model.
inline SideFile train_model(const std::string& path, const std::string& lines,
                            fasttext::model_name kind = fasttext::model_name::sup) {
  std::ofstream(path + ".txt") << lines;
  fasttext::Args args;
  args.input = path + ".txt";
  args.output = path;
  args.model = kind;
  args.loss = kind == fasttext::model_name::sup ? fasttext::loss_name::softmax : fasttext::loss_name::ns;
  args.lr = 0.5;
  args.dim = 8;
  args.epoch = 40;
  args.minCount = 1;
  args.minCountLabel = 1;
  args.bucket = 1000;
  args.minn = args.maxn = 0;
  args.thread = 1;
  args.verbose = 0;
  fasttext::FastText model;
  model.train(args);
  model.saveModel(path);
  return side_file(path);
}

/// Tells pages of study from pages of trade.
inline SideFile tiny_quality_model(const std::string& path) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += "__label__hq theorem proof lemma history science measured result\n";
    lines += "__label__cc buy cheap click offer shipping discount cart\n";
  }
  return train_model(path, lines);
}

}  // namespace quern::test
