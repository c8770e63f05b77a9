#include "plan/job_value.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace quern {

namespace {

constexpr std::size_t kMostValues = 100'000;  // aliases can make a small file grow without end
constexpr int kMostDepth = 32;

/// yaml-cpp's tree → JobValue.
class Converter {
 public:
  /// `set`: the override the YAML stands in; empty: `file` itself.
  Converter(std::string file, std::string set) : file_(std::move(file)), set_(std::move(set)) {}

  void convert(const YAML::Node& node, JobValue& value, int depth) {
    value.where = where(node.Mark());
    if (++values_ > kMostValues || depth > kMostDepth) fail(ErrorKind::plan, "{}: too many values inside one another", value.where);
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        value.kind = JobValue::Kind::scalar;
        value.text = node.Scalar();
        value.quoted = node.Tag() == "!";
        break;
      case YAML::NodeType::Sequence: convert_list(node, value, depth); break;
      case YAML::NodeType::Map: convert_map(node, value, depth); break;
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined: value.kind = JobValue::Kind::null; break;
    }
  }

 private:
  std::string where(const YAML::Mark& mark) const {
    if (!set_.empty()) return "--set " + set_;
    return mark.is_null() ? file_ : fmt::format("{}:{}:{}", file_, mark.line + 1, mark.column + 1);
  }

  static std::string path_below(const JobValue& value, std::string_view name) {
    return value.path.empty() ? std::string(name) : fmt::format("{}.{}", value.path, name);
  }

  void convert_list(const YAML::Node& node, JobValue& value, int depth) {
    value.kind = JobValue::Kind::list;
    for (const YAML::Node& item : node) {
      JobValue child;
      child.key = std::to_string(value.children.size());
      child.path = path_below(value, child.key);
      convert(item, child, depth + 1);
      value.children.push_back(std::move(child));
    }
  }

  void convert_map(const YAML::Node& node, JobValue& value, int depth) {
    value.kind = JobValue::Kind::map;
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      const YAML::Node& item = entry.second;
      if (!key.IsScalar()) fail(ErrorKind::plan, "{}: a key must be a word", where(key.Mark()));
      JobValue child;
      child.key = key.Scalar();
      child.path = path_below(value, child.key);
      if (!seen.insert(child.key).second) fail(ErrorKind::plan, "{}: key '{}' stands here a second time", where(key.Mark()), child.path);
      convert(item, child, depth + 1);
      // A message about a key points at the key; its value may stand lines below.
      if (item.IsNull() || item.IsMap() || item.IsSequence()) child.where = where(key.Mark());
      value.children.push_back(std::move(child));
    }
  }

  std::string file_;
  std::string set_;
  std::size_t values_ = 0;
};

/// What YAML-cpp means, where its words do not help who wrote the file.
std::string_view remedy_of(std::string_view message) {
  const auto says = [message](std::string_view words) { return message.find(words) != message.npos; };
  if (says("anchor") || says("alias")) return " (put a value that begins with '*' or '&' in quotes)";
  if (says("end of sequence flow")) return " (a '[' before it is not closed, or a ',' is missing)";
  if (says("end of map flow")) return " (a '{' before it is not closed, or a ',' is missing)";
  if (says("illegal tab") || says("end of map") || says("end of sequence")) return " (the line is not indented like those it belongs to; YAML indents with spaces, never tabs)";
  if (says("illegal map value")) return " (put a value with ': ' in it in quotes)";
  return {};
}

[[noreturn]] void fail_yaml(const std::string& path, const YAML::Exception& error) {
  fail(ErrorKind::plan, "{}:{}:{}: not YAML: {}{}", path, error.mark.line + 1, error.mark.column + 1, error.msg, remedy_of(error.msg));
}

/// Hears the events of a document and does nothing.
class Deaf final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// (YAML::LoadAll would tell as well, but of a stray comma it makes documents without end.)
bool holds_several_documents(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Deaf deaf;
  return parser.HandleNextDocument(deaf) && parser.HandleNextDocument(deaf);
}

std::vector<std::string> split_at_dots(std::string_view path) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t dot = path.find('.');
    names.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return names;
    path.remove_prefix(dot + 1);
  }
}

/// A value that is no YAML is meant as it stands: --set input.0.path=*.jsonl
YAML::Node parse_override_value(const std::string& text) {
  try {
    return YAML::Load(text);
  } catch (const YAML::Exception&) {
    if (!text.empty() && std::string_view("[{\"'").find(text.front()) != std::string_view::npos) throw;
    return YAML::Node(text);
  }
}

JobValue& step_into(JobValue& value, const std::string& name, const std::string& set) {
  if (value.kind == JobValue::Kind::null) value.kind = JobValue::Kind::map;
  if (JobValue* const child = value.find(name)) return *child;
  if (value.kind == JobValue::Kind::list) {
    fail(ErrorKind::plan, "--set {}: '{}' has {} entries, numbered from 0: there is no '{}'", set, value.path, value.children.size(), name);
  }
  if (value.kind == JobValue::Kind::scalar) {
    fail(ErrorKind::plan, "--set {}: '{}' is '{}' ({}): it holds no key '{}'", set, value.path, value.text, value.where, name);
  }
  JobValue child;
  child.key = name;
  child.path = value.path.empty() ? name : value.path + "." + name;
  child.where = "--set " + set;
  value.children.push_back(std::move(child));
  return value.children.back();
}

}  // namespace

JobValue* JobValue::find(std::string_view name) {
  if (kind != Kind::map && kind != Kind::list) return nullptr;
  const auto found = std::ranges::find(children, name, &JobValue::key);
  return found == children.end() ? nullptr : &*found;
}

void fail_at(const JobValue& value, const std::string& what) {
  if (value.path.empty()) fail(ErrorKind::plan, "{}: {}", value.where, what);
  fail(ErrorKind::plan, "{}: {}: {}", value.where, value.path, what);
}

std::string describe(const JobValue& value) {
  switch (value.kind) {
    case JobValue::Kind::null: return "nothing";
    case JobValue::Kind::list: return "a list";
    case JobValue::Kind::map: return "a map of keys";
    case JobValue::Kind::scalar: break;
  }
  return fmt::format("'{}'{}", value.text, value.quoted ? " in quotes" : "");
}

JobValue parse_job_file(const std::string& path) {
  const std::string text = read_file(path, ErrorKind::plan);
  JobValue job;
  try {
    if (holds_several_documents(text)) {
      fail(ErrorKind::plan, "{}: holds more than one YAML document (or a comma or bracket that belongs to nothing)", path);
    }
    Converter(path, {}).convert(YAML::Load(text), job, 0);
  } catch (const YAML::Exception& error) {
    fail_yaml(path, error);
  }
  if (job.kind == JobValue::Kind::null) fail(ErrorKind::plan, "{}: the job file is empty", path);
  if (job.kind != JobValue::Kind::map) fail_at(job, "a job is a map of keys (input, tokenizer, output, …), not " + describe(job));
  job.where = path;
  return job;
}

void apply_override(JobValue& job, const std::string& set) {
  const std::size_t equals = set.find('=');
  if (equals == std::string::npos || equals == 0) {
    fail(ErrorKind::usage, "--set {}: must be KEY=VALUE, as in dedup.near.threshold=0.9", set);
  }
  JobValue* value = &job;
  for (const std::string& name : split_at_dots(std::string_view(set).substr(0, equals))) {
    if (name.empty()) fail(ErrorKind::usage, "--set {}: a name is missing in the key", set);
    value = &step_into(*value, name, set);
  }
  JobValue replaced;
  replaced.key = value->key;
  replaced.path = value->path;
  try {
    Converter({}, set).convert(parse_override_value(set.substr(equals + 1)), replaced, 0);
  } catch (const YAML::Exception& error) {
    fail(ErrorKind::plan, "--set {}: the value is not YAML: {}", set, error.msg);
  }
  *value = std::move(replaced);
}

std::string where_of(const JobValue& job, std::string_view path) {
  const JobValue* value = &job;
  for (const std::string& name : split_at_dots(path)) {
    const JobValue* const child = value->find(name);
    if (!child) break;
    value = child;
  }
  return value->where;
}

}  // namespace quern
