#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/report/origin.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

/// Text of an input or a job in Markdown: nothing in it is a mark, and it stays on its line.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_{}[]<>()#+-!|~&:").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// What a person wrote for the card, of several lines: HTML and marks of Markdown are his own, but not what ends the page's own frame.
std::string free_text(const Json& about, const char* key) { return about.value(key, std::string()); }

std::string count_of(const Json& object, const char* key) { return grouped(object.at(key).get<std::uint64_t>()); }

/// A string in YAML.
std::string yaml_text(const std::string& text) { return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace); }

std::string size_category(std::uint64_t documents) {
  constexpr std::array<std::pair<std::uint64_t, const char*>, 10> bounds = {{{1'000, "n<1K"}, {10'000, "1K<n<10K"}, {100'000, "10K<n<100K"},
      {1'000'000, "100K<n<1M"}, {10'000'000, "1M<n<10M"}, {100'000'000, "10M<n<100M"}, {1'000'000'000, "100M<n<1B"},
      {10'000'000'000, "1B<n<10B"}, {100'000'000'000, "10B<n<100B"}, {1'000'000'000'000, "100B<n<1T"}}};
  for (const auto& [bound, name] : bounds) {
    if (documents < bound) return name;
  }
  return "n>1T";
}

/// The card, section by section.
class Card {
 public:
  Card(const Json& provenance, const Json& about, const KeyText& key_text) : p_(provenance), about_(about), key_text_(key_text) {}

  std::string text() {
    head();
    summary();
    sources();
    steps();
    removed();
    languages();
    tokenizer();
    personal_data();
    limits();
    again();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  std::string title() const {
    const std::string given = free_text(about_, "title");
    return given.empty() ? "A data set made by quern" : given;
  }

  std::vector<Json> kept_languages() const {
    std::vector<Json> kept;
    for (const Json& language : p_.at("languages")) {
      if (language.at("kept") > 0 && language.at("name") != "") kept.push_back(language);
    }
    std::ranges::stable_sort(kept, std::greater{}, [](const Json& language) { return language.at("kept").get<std::uint64_t>(); });
    return kept;
  }

  /// What the readers of Hugging Face's cards know.
  void head() {
    line("---");
    if (const std::string license = free_text(about_, "license"); !license.empty()) line("license: {}", yaml_text(license));
    line("pretty_name: {}", yaml_text(title()));
    if (const auto languages = kept_languages(); !languages.empty()) {
      line("language:");
      for (const Json& language : languages) line("- {}", yaml_text(language.at("name").get<std::string>()));
    }
    line("size_categories:\n- {}", size_category(p_.at("counts").at("kept").get<std::uint64_t>()));
    line("task_categories:\n- text-generation\ntags:\n- quern\n---\n");
  }

  void summary() {
    const Json& counts = p_.at("counts");
    line("# {}\n", escaped(title()));
    if (const std::string text = free_text(about_, "description"); !text.empty()) line("{}\n", text);
    line("{} documents, {} tokens: what was left of {} records of {} input files ({} bytes on disk). {} were removed, {} could not be taken in.\n",
         count_of(counts, "kept"), count_of(counts, "tokens"), count_of(counts, "records"), count_of(p_.at("input"), "files"),
         count_of(p_.at("input"), "bytes"), count_of(counts, "removed"), count_of(counts, "quarantined"));
    if (const std::string text = free_text(about_, "homepage"); !text.empty()) line("Home: {}\n", text);
    if (const std::string text = free_text(about_, "contact"); !text.empty()) line("Contact: {}\n", text);
    line("`data.h5` holds the tokens of all documents (`/data`), their names and sources (`/documents`), and what became of every record of the input (`/ledger`).\n");
  }

  void sources() {
    line("## Sources\n");
    rows("source", p_.at("sources"));
    if (const Json& passed = p_.at("input").at("no_documents"); !passed.empty()) {
      line("Of web archives these records were no documents:\n");
      counts_table("kind", passed);
    }
  }

  void languages() {
    if (p_.at("languages").empty()) return;
    line("## Languages\n");
    line("As guessed by the job's model; a record that was removed before it was guessed has none.\n");
    rows("language", p_.at("languages"));
  }

  static std::string name_of(const Json& row) {
    const std::string name = row.at("name").get<std::string>();
    return name.empty() ? "(none)" : escaped(name);
  }

  void rows(const char* what, const Json& all) {
    line("| {} | records | kept | removed | tokens | bytes of text | removed most for |\n|---|---:|---:|---:|---:|---:|---|", what);
    for (const Json& row : all) {
      const std::uint64_t records = row.at("records").get<std::uint64_t>(), kept = row.at("kept").get<std::uint64_t>();
      line("| {} | {} | {} | {} | {} | {} | {} |", name_of(row), grouped(records), grouped(kept), grouped(records - kept), count_of(row, "tokens"),
           p_.contains("base") ? "–" : count_of(row, "text_bytes"), most_of(row.at("by_reason")));
    }
    line("");
  }

  static std::string most_of(const Json& by_reason) {
    std::vector<std::pair<std::uint64_t, std::string>> order;
    for (const auto& [reason, n] : by_reason.items()) order.emplace_back(n.get<std::uint64_t>(), reason);
    std::ranges::stable_sort(order, std::greater{}, [](const auto& one) { return one.first; });
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i) text += fmt::format("{}`{}` {}", i == 0 ? "" : ", ", order[i].second, grouped(order[i].first));
    return text;
  }

  void counts_table(const char* what, const Json& counts) {
    line("| {} | number |\n|---|---:|", what);
    for (const auto& [name, n] : counts.items()) line("| `{}` | {} |", name, grouped(n.get<std::uint64_t>()));
    line("");
  }

  void steps() {
    line("## How it was made\n");
    line("In this order, with these values; what is not named was not done.\n");
    job_steps(p_.at("job"));
    if (p_.at("side_files").empty()) return;
    line("Files that the job read beside its input, by their xxh3-128:\n");
    line("| key | file | digest |\n|---|---|---|");
    for (const Json& file : p_.at("side_files")) {
      line("| `{}` | {} | `{}` |", file.at("key").get<std::string>(), escaped(file.at("name").get<std::string>()), file.at("digest").get<std::string>());
    }
    line("");
  }

  void job_steps(const Json& job) {
    if (job.contains("refilter")) {
      job_steps(job.at("of").at("job"));
      line("Filtered again (`quern refilter`):\n");
      return listed("filter", job.at("refilter").at("filter"), "filter");
    }
    static constexpr std::array<std::pair<const char*, const char*>, 9> order = {{{"input", "What was read"}, {"clean", "Clean"}, {"language", "Language"},
        {"filter", "Filters: a document is removed when"}, {"contamination", "Evaluation sets"}, {"repeats", "Lines and paragraphs of many documents"},
        {"dedup", "Duplicates"}, {"sources", "Sources"}, {"tokenizer", "Tokenizer"}}};
    for (const auto& [key, heading] : order) {
      if (!job.contains(key) || job.at(key).empty() || job.at(key) == false) continue;
      line("**{}**\n", heading);
      if (job.at(key).is_array()) listed(key, job.at(key), key);
      else {
        values(job.at(key), key, "");
        line("");
      }
    }
    Json rest = Json::object();
    for (const auto& [key, value] : job.items()) {
      if (std::ranges::find(order, key, [](const auto& one) { return std::string_view(one.first); }) == order.end()) rest[key] = value;
    }
    if (rest.empty()) return;
    line("**Other keys of the job**\n");
    values(rest, "", "");
    line("");
  }

  void listed(const char*, const Json& list, const std::string& path) {
    std::size_t number = 0;
    for (const Json& item : list) {
      line("{}. {}", ++number, item.is_object() && item.size() == 1 && item.begin().value().is_object() ? "`" + item.begin().key() + "`" : "");
      if (item.is_object() && item.size() == 1 && item.begin().value().is_object()) values(item.begin().value(), path + "." + item.begin().key(), "   ");
      else values(item, path, "   ");
    }
    line("");
  }

  /// Every key with its value, and what it means.
  void values(const Json& value, const std::string& path, const std::string& indent) {
    for (const auto& [key, child] : value.items()) {
      if (key == "key_file") continue;
      const std::string below = path.empty() ? key : path + "." + key;
      if (child.is_object()) {
        line("{}- `{}`", indent, key);
        values(child, below, indent + "  ");
      } else if (child.is_array() && !child.empty() && child.front().is_object()) {
        line("{}- `{}`", indent, key);
        std::string deeper = indent + "  ";
        for (const Json& item : child) {
          const bool named = item.size() == 1 && item.begin().value().is_object();
          line("{}- {}", deeper, named ? "`" + item.begin().key() + "`" : "");
          values(named ? item.begin().value() : item, named ? below + "." + item.begin().key() : below, deeper + "  ");
        }
      } else if (!(child.is_string() && child.get<std::string>().empty()) && !(child.is_array() && child.empty())) {
        const std::string text = key_text_(below);
        const std::string shown = child.is_string() ? child.get<std::string>() : child.dump(-1, ' ', false, Json::error_handler_t::replace);
        line("{}- `{}`: {}{}", indent, key, escaped(shown), text.empty() ? "" : " — " + escaped(text));
      }
    }
  }

  void removed() {
    line("## What was removed, and why\n");
    const Json& counts = p_.at("counts");
    const std::uint64_t records = counts.at("records").get<std::uint64_t>();
    line("| reason | records | of all |\n|---|---:|---:|");
    for (const auto& [reason, n] : counts.at("by_reason").items()) {
      const std::uint64_t count = n.get<std::uint64_t>();
      line("| `{}` | {} | {} % |", reason, grouped(count), tenths_of_percent(count, records));
    }
    line("| kept | {} | {} % |\n", count_of(counts, "kept"), tenths_of_percent(counts.at("kept").get<std::uint64_t>(), records));
    line("Each removed record stands in `/ledger` of `data.h5` with its reason and, of duplicates, the record it was removed for: `quern ledger`.\n");
    by_group("source", p_.at("sources"));
    by_group("language", p_.at("languages"));
  }

  static std::string tenths_of_percent(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "0.0";
    const std::uint64_t tenths = part / whole * 1000 + part % whole * 1000 / whole;
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
  }

  void by_group(const char* what, const Json& groups) {
    if (groups.size() < 2) return;
    line("By {}:\n", what);
    line("| {} | reason | records |\n|---|---|---:|", what);
    for (const Json& group : groups) {
      for (const auto& [reason, n] : group.at("by_reason").items()) line("| {} | `{}` | {} |", name_of(group), reason, grouped(n.get<std::uint64_t>()));
    }
    line("");
  }

  void tokenizer() {
    const Json& tokenizer = p_.at("tokenizer");
    line("## Tokenizer\n");
    line("{} entries; token {} ends each document. Digest `{}`.", count_of(tokenizer, "vocab_size"), tokenizer.at("end_of_text").get<std::uint64_t>(),
         tokenizer.at("digest").get<std::string>());
    for (const Json& file : tokenizer.at("files")) line("Beside the data set: {} (xxh3-128 `{}`).", escaped(file.at("name").get<std::string>()), file.at("digest").get<std::string>());
    line("");
  }

  void personal_data() {
    line("## Personal data\n");
    const Json& found = p_.at("steps").at("pii");
    if (found.empty()) {
      line("No step of the job found any; where the list above has no step `pii`, none was looked for.\n");
      return;
    }
    line("What the step `pii` found, in all documents that came to it; the list above says what became of it.\n");
    counts_table("kind", found);
  }

  void limits() {
    line("## Known limits\n");
    if (const std::string text = free_text(about_, "limits"); !text.empty()) line("{}\n", text);
    line("- Filters judge texts by their form. What is true, lawful or decent they cannot tell.");
    line("- Near duplicates are found with a probability that grows with their similarity: some stay.");
    line("- Patterns find personal data that has a form of its own; names and addresses of streets have none.");
    if (p_.at("steps").at("documents_with_contamination") > 0) {
      line("- {} documents held parts of evaluation sets; `contamination.tsv` names them.", count_of(p_.at("steps"), "documents_with_contamination"));
    }
    line("- Guesses of languages are guesses, the more so for short texts.\n");
  }

  void again() {
    const Json& digests = p_.at("digests");
    line("## Digests, and how to make it again\n");
    line("| of | digest |\n|---|---|");
    line("| content | `{}` |\n| plan | `{}` |", digests.at("content").get<std::string>(), digests.at("plan").get<std::string>());
    if (const std::string input = digests.at("input").get<std::string>(); !input.empty()) line("| input | `{}` |", input);
    line("\n```\nquern verify FOLDER                            is it whole?\nquern reproduce FOLDER --input-root INPUT      does it come out again?\n```\n");
    if (const std::string text = free_text(about_, "citation"); !text.empty()) line("Cite it as:\n\n{}\n", text);
    else line("Cite it by its title and the digest of its content.\n");
  }

  const Json& p_;
  const Json& about_;
  const KeyText& key_text_;
  std::string out_;
};

}  // namespace

std::string data_card(std::string_view provenance_text, std::string_view about_text, const KeyText& key_text) try {
  const Json provenance = Json::parse(provenance_text);
  const Json about = about_text.empty() ? provenance.at("about") : Json::parse(about_text);
  return Card(provenance, about, key_text).text();
} catch (const Json::exception& error) {
  fail(ErrorKind::check, "provenance.json: is not what quern writes beside a data set: {}", error.what());
}

}  // namespace quern
