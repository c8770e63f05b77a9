#include "format/json_fields.hpp"

#include "quern/base/error.hpp"
#include "quern/format/field_path.hpp"

namespace quern {

FieldTree::FieldTree(const InputSpec& fields) : nodes_(1) {
  add_role(Role::text, fields.text_field);
  add_role(Role::id, fields.id_field);
  add_role(Role::source, fields.source_field);
  add_role(Role::url, fields.url_field);
  add_role(Role::date, fields.date_field);
  for (std::size_t i = 0; i < fields.metadata.size(); ++i) add_metadata(static_cast<std::uint32_t>(i), fields.metadata[i]);
}

template <class Pass>
FieldNode* FieldTree::place(const std::string& path, Pass pass) {
  if (path.empty()) return nullptr;
  const auto names = parse_field_path(path);
  if (!names) fail(ErrorKind::plan, "'{}' is no path of a field: names parted by dots; a dot or backslash in a name has a backslash before it", path);
  std::uint32_t at = 0;
  for (const std::string& name : *names) {
    pass(nodes_[at]);
    const FieldNode::Way* const known = nodes_[at].find(name);
    const std::uint32_t next = known ? known->to : static_cast<std::uint32_t>(nodes_.size());
    if (!known) {
      nodes_[at].ways.push_back({name, index_of_name(name).value_or(FieldNode::kNoIndex), next});
      nodes_[at].name_lengths |= std::uint64_t{1} << (name.size() & 63);
      nodes_.emplace_back();
    }
    at = next;
  }
  return &nodes_[at];
}

void FieldTree::add_role(Role role, const std::string& path) {
  FieldNode* const node = place(path, [role](FieldNode& above) { above.roles_below.push_back(role); });
  if (node) node->roles.push_back(role);
}

void FieldTree::add_metadata(std::uint32_t item, const std::string& path) {
  FieldNode* const node = place(path, [item](FieldNode& above) { above.metadata_below.push_back(item); });
  if (node) node->metadata.push_back(item);
}

}  // namespace quern
