#include "fuzz/fuzz.hpp"
#include "quern/tokenize/tokenizer.hpp"

#include <algorithm>
#include <array>

namespace fuzz = quern::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  // The first byte chooses the pattern and whether there are two files; a zero byte parts them.
  if (bytes.empty()) return 0;
  static constexpr std::array<std::string_view, 4> kPatterns = {"", "gpt2", "cl100k_base", "llama3"};
  const auto choice = static_cast<unsigned char>(bytes[0]);
  const std::string_view rest = bytes.substr(1);
  const std::size_t cut = (choice & 4u) != 0 ? rest.find('\0') : std::string_view::npos;
  quern::TokenizerFiles files;
  files.path = "fuzzed.json";
  files.bytes = rest.substr(0, cut);
  if (cut != std::string_view::npos) files.sibling = rest.substr(cut + 1), files.sibling_path = "sibling.bpe";
  return fuzz::parse_or_refuse([&] {
    const quern::Tokenizer tokenizer = quern::Tokenizer::from_files(files, kPatterns[choice & 3u]);
    for (std::uint32_t id = 0; id < std::min(tokenizer.vocab_size(), 1000u); ++id) {
      if (tokenizer.has(id)) fuzz::must(tokenizer.decode({&id, 1}).size() == tokenizer.bytes(id).size());
    }
    tokenizer.end_of_text();
  });
}
