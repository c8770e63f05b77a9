#include "engine/document_rules.hpp"

namespace quern {

DocumentRules DocumentRules::make(const Setup& setup, World& world) {
  std::optional<DocumentRules> rules;
  if (world.is_root()) rules.emplace(setup);
  world.barrier();
  if (!rules) rules.emplace(setup);
  if (setup.job.contamination) rules->evaluation_sets.emplace(ContaminationIndex::build(*setup.job.contamination, world));
  return std::move(*rules);
}

}  // namespace quern
