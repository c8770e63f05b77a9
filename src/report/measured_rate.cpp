#include "quern/base/error.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"

#include <nlohmann/json.hpp>

namespace quern {

double measured_rate(const std::string& path) {
  double rate = 0;
  try {
    const auto json = nlohmann::json::parse(read_file(path));
    rate = json.at("run").at("mb_per_s").get<double>() / json.at("run").at("ranks").get<double>();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::plan, "{}: is no report.json of a run: {}", path, error.what());
  }
  if (!(rate > 0)) fail(ErrorKind::plan, "{}: `run.mb_per_s` is 0: that run read too little to tell a rate by; give --rate", path);
  return rate;
}

}  // namespace quern
