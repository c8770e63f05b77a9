#pragma once
// What steps and filters are asked with: most with their spec itself, those with files beside the input with what was made of them once.

#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quern {

/// The general case: nothing to make. A step or filter that reads a file, or builds a table, has an overload for its spec that returns
/// an object of a class of its own.
template <class Spec>
const Spec& prepare(const Spec& spec) {
  return spec;
}

template <class Specs>
struct PreparedOf;

template <class... Spec>
struct PreparedOf<std::variant<Spec...>> {
  using type = std::variant<std::remove_cvref_t<decltype(prepare(std::declval<const Spec&>()))>...>;
};

/// For a variant of specs the variant of what they are asked with.
template <class Specs>
using Prepared = typename PreparedOf<Specs>::type;

/// In the same order. Throws Error where a file of a spec cannot be read or used.
template <class List>
auto prepare_all(const List& specs) {
  std::vector<Prepared<std::remove_cvref_t<decltype(*specs.begin())>>> all;
  all.reserve(specs.size());
  for (const auto& spec : specs) {
    std::visit([&]<class Spec>(const Spec& one) { all.emplace_back(prepare(one)); }, spec);
  }
  return all;
}

}  // namespace quern
