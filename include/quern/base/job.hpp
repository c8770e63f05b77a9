#pragma once
// A job as the steps see it: plain data, checked and with every default filled in. plan/ reads it from YAML.

#include "quern/base/job/clean.hpp"
#include "quern/base/job/contamination.hpp"
#include "quern/base/job/corpus.hpp"
#include "quern/base/job/dedup.hpp"
#include "quern/base/job/exports.hpp"
#include "quern/base/job/filter.hpp"
#include "quern/base/job/input.hpp"
#include "quern/base/job/language.hpp"
#include "quern/base/job/report.hpp"
#include "quern/base/job/sources.hpp"
#include "quern/base/job/watch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quern {

/// What the run does with the first record that cannot be taken in.
enum class OnError { quarantine, stop };

struct TrainSpec {
  std::uint32_t vocab_size = 32'000;  ///< counts the 256 bytes and the special tokens
  std::uint64_t min_frequency = 2;
  std::string pattern = "gpt2";
  std::vector<std::string> special = {"<|endoftext|>"};
  std::uint64_t max_words = 50'000'000;  ///< distinct pre-tokens kept; the rarest beyond it are left out (and reported)
};

/// Either `file` (with `pattern` where the file does not say it) or `train`.
struct TokenizerSpec {
  std::string file;
  std::string pattern;
  std::string end_of_text;  ///< token that ends each document; empty: the vocabulary's usual one
  std::optional<TrainSpec> train;
};

enum class Layout { single, sharded };

/// Of the documents in a data set; the ledger is always in input order.
enum class Order { input, shuffle };

/// How often documents stand in the data set whose cluster of duplicates is so large.
struct ClusterRepeat {
  std::uint64_t at_least = 1;  ///< records of the input that the document stands for, itself included
  std::uint64_t times_ppm = 1'000'000;
};

struct OutputSpec {
  std::string path;
  Layout layout = Layout::single;
  std::uint64_t shard_tokens = 0;  ///< in each file of layout `sharded`; 0 in `single`
  Order order = Order::input;
  std::uint64_t seed = 1;                        ///< of the order, the split and what is repeated
  std::uint64_t validation_ppm = 0;              ///< part of the documents that goes into the split `validation`
  std::vector<ClusterRepeat> repeat_by_cluster;  ///< by rising size; the last that fits counts
  unsigned mode = 0644;  ///< permissions of its files; its folder can be searched by whoever may read them
  std::optional<WindowsSpec> windows;
  std::vector<ExportSpec> formats;
};

/// What lies in the work folder while a run lasts: texts, ids and messages of all documents, those that are removed too.
struct SpoolSpec {
  unsigned mode = 0600;
  bool encrypt = false;
  std::string key_file;  ///< absolute; of an encrypted spool always filled in
  bool own_key = false;  ///< `key_file` was not given: the key serves this work folder alone
};

/// What people are to know of the data set: free texts for its card. They decide nothing.
struct AboutSpec {
  std::string title, description, license, contact, homepage, citation, limits;
};

struct Job {
  std::vector<InputSpec> input;
  CleanSpec clean;
  std::optional<LanguageSpec> language;
  std::vector<FilterSpec> filter = {GopherQualitySpec{}};
  std::optional<ContaminationSpec> contamination;
  RepeatsSpec repeats;
  std::vector<Signal> signals;  ///< kept as columns, in the order of their enumeration
  DedupSpec dedup;
  std::vector<SourceSpec> sources;
  std::uint64_t sample_seed = 1;
  TokenizerSpec tokenizer;
  OutputSpec output;
  AboutSpec about;
  std::string work;
  SpoolSpec spool;
  ReportSpec report;
  std::uint64_t max_document_bytes = 64u << 20;
  // Capacities: they may change when something is computed, never what. Outside the plan digest.
  std::uint64_t memory_per_rank = 2ull << 30;
  std::uint64_t unit_bytes = 64u << 20;
  bool tokenizer_cache = true;
  std::uint64_t checkpoint_seconds = 30;  ///< between two records of what a rank has done
  OnError on_error = OnError::quarantine;  ///< `stop` ends the run: a run that ends well has the same output with both
  std::uint64_t stall_timeout = 300;      ///< seconds without progress after which a rank is taken for hung; 0: never
  // How the run is watched. Outside the plan digest too.
  ProgressSpec progress;
  MetricsSpec metrics;
  LogSpec log;
  LimitsSpec limits;
};

}  // namespace quern
