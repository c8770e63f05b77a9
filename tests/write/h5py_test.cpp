// Data sets written here are read by h5py, which knows nothing of quern.

#include "quern/comm/world.hpp"
#include "quern/store/file.hpp"
#include "sample_dataset.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <iostream>

namespace quern {
namespace {

using test::make_sample;
using test::Sample;
using test::TempFolder;
using test::write_sample;

struct Output {
  std::string text;
  int exit_code = -1;
};

Output run(const std::string& command) {
  Output output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.text.append(buffer, n);
  const int status = ::pclose(pipe);
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

bool no_h5py() {
  const bool absent = run("/usr/bin/python3 -c 'import h5py'").exit_code != 0;
  if (absent) std::cout << "h5py is not there (package python3-h5py): nothing was compared\n";
  return absent;
}

std::string script(const std::string& name) { return "/usr/bin/python3 " + std::string(QUERN_SOURCE_DIR) + name; }

/// What the script prints of a string.
std::string python_repr(std::string text) {
  for (const auto& [from, to] : {std::pair("\\", "\\\\"), std::pair("\t", "\\t"), std::pair("\n", "\\n"), std::pair("\r", "\\r")}) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += 2) text.replace(at, 1, to);
  }
  return "'" + text + "'";
}

std::string expected_print(const Sample& sample, const std::string& width) {
  std::string text = "format quern data set 1\n";
  text += fmt::format("data {} {} None None\n", width, sample.shape().n_tokens);
  text += fmt::format("job {}\ndigest {}\ntokens {}\n", sample.provenance.job, sample.digest().hex(), sample.shape().n_tokens);
  std::size_t d = 0;
  for (std::size_t i = 0; i < sample.records.size(); ++i) {
    const Sample::Record& record = sample.records[i];
    if (record.row.verdict != Verdict::kept) continue;
    text +=
        fmt::format("document {} {} {} {} {}", d++, i, record.row.file, record.row.offset, sample.provenance.sources[record.row.source]);
    for (const std::uint32_t token : record.tokens) text += fmt::format(" {}", token);
    text += "\n";
  }
  for (std::size_t i = 0; i < sample.records.size(); ++i) {
    const LedgerRow& row = sample.records[i].row;
    const std::string& own_id = sample.records[i].own_id;
    text += fmt::format("record {} {} {} {} {} {} {}\n", i, static_cast<int>(row.verdict), name(row.reason), row.kept,
                        row.similarity.numerator, row.similarity.denominator, own_id.empty() ? "none" : python_repr(own_id));
  }
  return text;
}

TEST(H5py, ReadsEveryDocumentAndRecord) {
  if (no_h5py()) return;
  const auto world = single_rank_world();
  std::size_t compared = 0;
  for (const auto& [records, vocab_size, width] :
       {std::tuple(200u, 50'257u, "uint16"), {200u, 100'277u, "uint32"}, {0u, 50'257u, "uint16"}}) {
    const TempFolder folder;
    const Sample sample = make_sample(records, vocab_size);
    write_sample(sample, folder / "data.h5", {}, *world);
    EXPECT_EQ(run(script("/tests/write/read_with_h5py.py ") + (folder / "data.h5")).text, expected_print(sample, width));
    ++compared;
  }
  EXPECT_EQ(compared, 3u);
}

TEST(H5py, ReadsShardsAsOneArrayAndEachAlone) {
  if (no_h5py()) return;
  const auto world = single_rank_world();
  std::size_t compared = 0;
  for (const auto& [records, vocab_size, width] : {std::tuple(200u, 50'257u, "uint16"), {200u, 100'277u, "uint32"}, {0u, 50'257u, "uint16"}}) {
    const TempFolder folder;
    const Sample sample = make_sample(records, vocab_size);
    write_sample(sample, folder / "data.h5", {.shard_tokens = 500}, *world);
    EXPECT_EQ(run(script("/tests/write/read_with_h5py.py ") + (folder / "data.h5")).text, expected_print(sample, width));
    const ShardCut cut{sample.shape().n_tokens, 500};
    const std::string stated = fmt::format("{} shards of {} tokens: as stated\n", cut.shards(), sample.shape().n_tokens);
    EXPECT_EQ(run(script("/tests/write/shards_with_h5py.py ") + (folder / "data.h5")).text, stated);
    ++compared;
  }
  EXPECT_EQ(compared, 3u);
}

/// Documents whose tokens are bytes, a tokenizer.json that says so, and what `quern clean` would print.
struct Readable {
  Sample sample = make_sample(0);
  std::string tokenizer, clean;

  void add(const std::string& id, const std::string& text, const std::string& json, Verdict verdict) {
    Sample::Record record;
    record.row.verdict = verdict;
    record.row.reason = verdict == Verdict::kept ? Reason::none : verdict == Verdict::removed ? Reason::length_min : Reason::json;
    record.row.offset = sample.records.size();
    record.own_id = id;
    if (verdict == Verdict::kept) {
      for (const char c : text) record.tokens.push_back(static_cast<unsigned char>(c));
      record.tokens.push_back(256);
    }
    sample.records.push_back(record);
    if (verdict != Verdict::quarantined) clean += fmt::format("{{\"id\":\"{}\",\"text\":\"{}\"}}\n", id, json);
  }

  Readable() {
    sample.files = {{0, "a.jsonl"}};
    sample.provenance.vocab_size = 257;
    sample.provenance.end_of_text = 256;
    add("1", "Grüße\n\x01\xf0\x9f\x8c\xbe", "Grüße\\n\\u0001\\ud83c\\udf3e", Verdict::kept);
    add("2", "", "", Verdict::quarantined);
    add("3", "short", "short", Verdict::removed);
    add("4", "", "", Verdict::kept);
    add("5", "<|endoftext|>", "<|endoftext|>", Verdict::kept);
    sample.count();
    std::string vocabulary;
    for (unsigned byte = 0, other = 0x100; byte < 256; ++byte) {
      const bool plain = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
      vocabulary += fmt::format("{}\"\\u{:04x}\":{}", byte == 0 ? "" : ",", plain ? byte : other++, byte);
    }
    tokenizer =
        fmt::format(R"({{"added_tokens":[{{"id":256,"content":"<|endoftext|>","special":true}}],"model":{{"vocab":{{{}}}}}}})", vocabulary);
  }

  Output check(const TempFolder& folder, const std::string& more = "") const {
    const auto world = single_rank_world();
    write_sample(sample, folder / "data.h5", {}, *world);
    publish_file(folder / "tokenizer.json", tokenizer);
    publish_file(folder / "clean.jsonl", clean);
    return run(script("/scripts/decode_check.py ") + folder.path() + " " + (folder / "clean.jsonl") + more);
  }
};

TEST(DecodeCheck, PassesDocumentsThatDecodeToTheirText) {
  if (no_h5py()) return;
  const TempFolder folder;
  const Output output = Readable().check(folder);
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.text, "3 of 3 documents decode to exactly their cleaned text\n");
}

TEST(DecodeCheck, ReadsTiktokenFiles) {
  if (no_h5py()) return;
  const TempFolder folder;
  publish_file(folder / "bytes.tiktoken", "R3I= 0\nw7w= 1\n");
  Readable readable;
  readable.sample = make_sample(0);
  readable.sample.files = {{0, "a.jsonl"}};
  readable.sample.provenance.vocab_size = 3;
  readable.sample.provenance.end_of_text = 2;
  readable.clean.clear();
  readable.add("1", "", "Grü", Verdict::kept);
  readable.sample.records[0].tokens = {0, 1, 2};
  readable.sample.count();
  const Output output = readable.check(folder, " --tokenizer " + (folder / "bytes.tiktoken"));
  EXPECT_EQ(output.exit_code, 0) << output.text;
}

TEST(DecodeCheck, NamesTheDocumentThatDiffers) {
  if (no_h5py()) return;
  {
    const TempFolder folder;
    Readable readable;
    readable.sample.records[4].tokens[3] = 'X';
    const Output output = readable.check(folder);
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_NE(output.text.find("document 2 (record 4): byte 3 differs"), std::string::npos) << output.text;
  }
  {
    const TempFolder folder;
    Readable readable;
    readable.sample.records[4].own_id = "6";
    EXPECT_NE(readable.check(folder).text.find("its id is '6'"), std::string::npos);
  }
  {
    const TempFolder folder;
    Readable readable;
    readable.sample.records[4].tokens.back() = 0;
    EXPECT_NE(readable.check(folder).text.find("does not end with the end-of-text"), std::string::npos);
  }
}

TEST(DecodeCheck, StopsWhenTheLinesAreOfAnotherJob) {
  if (no_h5py()) return;
  const TempFolder folder;
  Readable readable;
  readable.clean += "{\"id\":\"6\",\"text\":\"more\"}\n";
  const Output output = readable.check(folder);
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_NE(output.text.find("of another job or input?"), std::string::npos) << output.text;
}

}  // namespace
}  // namespace quern
