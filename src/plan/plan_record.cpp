#include "quern/plan/plan_record.hpp"

#include "quern/base/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace quern {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostLines = 20;  // of differences that are told one by one

Json to_columns(const std::vector<InputFile>& files) {
  Json columns = {{"entry", Json::array()}, {"name", Json::array()}, {"bytes", Json::array()}, {"modified_ns", Json::array()}};
  for (const InputFile& file : files) {
    columns["entry"].push_back(file.entry);
    columns["name"].push_back(file.name);
    columns["bytes"].push_back(file.bytes);
    columns["modified_ns"].push_back(file.modified_ns);
  }
  return columns;
}

/// A journal that was damaged on purpose may hold any number: one that does not fit is an error, never another number.
template <class Number>
void read_number(const Json& value, Number& to) {
  const bool fits = value.is_number_unsigned() ? std::in_range<Number>(value.get<std::uint64_t>())
                                               : value.is_number_integer() && std::in_range<Number>(value.get<std::int64_t>());
  if (!fits) fail(ErrorKind::store, "the plan in the journal cannot be read: {} is out of range; give --restart to begin anew", value.dump());
  to = value.get<Number>();
}

std::vector<InputFile> from_columns(const Json& columns) {
  std::vector<InputFile> files(columns.at("name").size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    read_number(columns.at("entry").at(i), files[i].entry);
    columns.at("name").at(i).get_to(files[i].name);
    read_number(columns.at("bytes").at(i), files[i].bytes);
    read_number(columns.at("modified_ns").at(i), files[i].modified_ns);
  }
  return files;
}

/// A line for each value that differs, by the path of its key.
void compare_values(const std::string& key, const Json& before, const Json& now, std::vector<std::string>& lines) {
  if (before == now) return;
  if (before.is_object() && now.is_object()) {
    Json keys = before;
    keys.update(now);
    for (const auto& item : keys.items()) {
      const auto value_in = [&](const Json& object) { return object.contains(item.key()) ? object[item.key()] : Json(); };
      compare_values(key.empty() ? item.key() : key + "." + item.key(), value_in(before), value_in(now), lines);
    }
    return;
  }
  if (before.is_array() && now.is_array() && before.size() == now.size()) {
    for (std::size_t i = 0; i < now.size(); ++i) compare_values(fmt::format("{}[{}]", key, i), before[i], now[i], lines);
    return;
  }
  lines.push_back(fmt::format("the job's `{}` was {}, is {}", key, before.dump(), now.dump()));
}

auto name_of(const InputFile& file) { return std::tie(file.entry, file.name); }

void compare_files(const std::vector<InputFile>& before, const std::vector<InputFile>& now, std::vector<std::string>& lines) {
  const auto by_name = [](std::vector<InputFile> files) {
    std::sort(files.begin(), files.end(), [](const InputFile& a, const InputFile& b) { return name_of(a) < name_of(b); });
    return files;
  };
  const std::vector<InputFile> old_files = by_name(before), new_files = by_name(now);
  auto old_file = old_files.begin();
  auto new_file = new_files.begin();
  while (old_file != old_files.end() || new_file != new_files.end()) {
    const bool gone = new_file == new_files.end() || (old_file != old_files.end() && name_of(*old_file) < name_of(*new_file));
    const bool added = !gone && (old_file == old_files.end() || name_of(*new_file) < name_of(*old_file));
    if (gone) {
      lines.push_back(fmt::format("the input {} is gone", (old_file++)->name));
    } else if (added) {
      lines.push_back(fmt::format("the input {} is new", (new_file++)->name));
    } else {
      if (old_file->bytes != new_file->bytes) {
        lines.push_back(fmt::format("the input {} had {} bytes, has {}", new_file->name, old_file->bytes, new_file->bytes));
      }
      ++old_file, ++new_file;
    }
  }
}

}  // namespace

std::string to_json(const PlanRecord& record) {
  return Json{{"job", record.job},
              {"algorithms", record.algorithms},
              {"tokenizer_digest", record.tokenizer_digest},
              {"unit_bytes", record.unit_bytes},
              {"ranks", record.ranks},
              {"units", record.units},
              {"spool_key", record.spool_key},
              {"files", to_columns(record.files)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

PlanRecord plan_record_from_json(std::string_view json) try {
  const Json object = Json::parse(json);
  PlanRecord record;
  object.at("job").get_to(record.job);
  object.at("algorithms").get_to(record.algorithms);
  object.at("tokenizer_digest").get_to(record.tokenizer_digest);
  read_number(object.at("unit_bytes"), record.unit_bytes);
  read_number(object.at("ranks"), record.ranks);
  read_number(object.at("units"), record.units);
  object.at("spool_key").get_to(record.spool_key);
  record.files = from_columns(object.at("files"));
  return record;
} catch (const Json::exception& error) {
  fail(ErrorKind::store, "the plan in the journal cannot be read: {}; give --restart to begin anew", error.what());
}

std::vector<std::string> differences(const PlanRecord& before, const PlanRecord& now) {
  std::vector<std::string> lines;
  if (before.job != now.job) {
    compare_values("", Json::parse(before.job, nullptr, false), Json::parse(now.job, nullptr, false), lines);
    if (lines.empty()) lines.push_back("the job is another one");
  }
  if (before.tokenizer_digest != now.tokenizer_digest) lines.push_back("the vocabulary's content is another one");
  if (before.algorithms != now.algorithms) {
    lines.push_back(fmt::format("this is another version of quern: it computes by '{}', the run was begun by '{}'", now.algorithms, before.algorithms));
  }
  compare_files(before.files, now.files, lines);
  if (lines.size() > kMostLines) {
    const std::string rest = fmt::format("and {} more", lines.size() - kMostLines);
    lines.resize(kMostLines);
    lines.push_back(rest);
  }
  return lines;
}

std::vector<std::uint32_t> changed_times(const PlanRecord& before, const PlanRecord& now) {
  std::vector<std::uint32_t> changed;
  for (std::uint32_t i = 0; i < std::min(before.files.size(), now.files.size()); ++i) {
    if (before.files[i].modified_ns != now.files[i].modified_ns) changed.push_back(i);
  }
  return changed;
}

}  // namespace quern
