#include "quern/plan/job_schema.hpp"

#include "plan/job_keys.hpp"

#include <nlohmann/json.hpp>

namespace quern {

std::string job_schema() {
  using Json = nlohmann::ordered_json;
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "quern job"}, {"description", "A job file of quern; docs/job.md says more."}};
  schema.update(Json::parse(schema_of_section(job_keys(), "")));
  return schema.dump(2) + "\n";
}

}  // namespace quern
