#include "report/figures_json.hpp"

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

Json signal_json(const SignalFigures& signal) {
  return {{"name", signal.name},     {"without", signal.without}, {"least", signal.least},   {"most", signal.most},
          {"p05", signal.p05},       {"median", signal.median},   {"p95", signal.p95},       {"logarithmic", signal.logarithmic},
          {"edges", signal.edges},   {"counts", signal.counts},   {"below", signal.below},   {"above", signal.above}};
}

Json clusters_json(const ClusterFigures& clusters) {
  Json largest = Json::array();
  for (const Cluster& cluster : clusters.largest) largest.push_back({{"record", cluster.record}, {"size", cluster.size}, {"name", cluster.name}});
  return {{"clusters", clusters.clusters}, {"records", clusters.records}, {"largest", std::move(largest)}};
}

}  // namespace

Json figures_json(const Figures& figures) {
  Json languages = Json::array(), signals = Json::array();
  for (const LanguageFigures& language : figures.languages) {
    languages.push_back({{"label", language.label}, {"documents", language.documents}, {"tokens", language.tokens}});
  }
  for (const SignalFigures& signal : figures.signals) signals.push_back(signal_json(signal));
  return {{"languages", std::move(languages)},
          {"lengths", {{"shortest", figures.shortest}, {"longest", figures.longest}, {"documents", figures.lengths}}},
          {"signals", std::move(signals)},
          {"clusters", clusters_json(figures.clusters)}};
}

}  // namespace quern
