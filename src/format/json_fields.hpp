#pragma once
// The fields that a job asks for, as a tree of names: what is looked for while a line is walked over.

#include "quern/base/job.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Fields that have a place of their own in a record.
enum class Role : std::uint8_t { text, id, source, url, date };
inline constexpr std::size_t kRoles = 5;

/// A place in the tree: what is asked for there, and below.
struct FieldNode {
  struct Way {
    std::string name;
    std::size_t index;  ///< the number that the name is; kNoIndex: none
    std::uint32_t to;   ///< the node
  };
  static constexpr std::size_t kNoIndex = SIZE_MAX;

  std::vector<Way> ways;
  std::uint64_t name_lengths = 0;         ///< bit n % 64 for each name of n bytes: most keys are none of them, and end here
  std::vector<Role> roles;                ///< of the value itself
  std::vector<std::uint32_t> metadata;    ///< items of the list that the value is
  std::vector<Role> roles_below;
  std::vector<std::uint32_t> metadata_below;

  const Way* find(std::string_view name) const noexcept {
    if ((name_lengths >> (name.size() & 63) & 1) == 0) return nullptr;
    for (const Way& way : ways) {
      if (way.name == name) return &way;
    }
    return nullptr;
  }
  const Way* find(std::size_t index) const noexcept {
    for (const Way& way : ways) {
      if (way.index == index) return &way;
    }
    return nullptr;
  }
};

class FieldTree {
 public:
  /// Throws Error{plan} for a path that is none.
  explicit FieldTree(const InputSpec& fields);
  const FieldNode& root() const { return nodes_[0]; }
  const FieldNode& operator[](std::uint32_t node) const { return nodes_[node]; }

 private:
  /// Makes the way to the field; `pass` is called with each node before the last.
  template <class Pass>
  FieldNode* place(const std::string& path, Pass pass);
  void add_role(Role role, const std::string& path);
  void add_metadata(std::uint32_t item, const std::string& path);

  std::vector<FieldNode> nodes_;
};

}  // namespace quern
