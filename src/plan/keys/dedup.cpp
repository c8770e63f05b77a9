// The keys of `dedup`.

#include "plan/keys/keys.hpp"

namespace quern {

namespace {

const Section<NearSpec> kNear = {
    {"ngram", count(&NearSpec::ngram, 1, 64)},
    {"bands", count(&NearSpec::bands, 1, kSketchHashes)},
    {"rows", count(&NearSpec::rows, 1, kSketchHashes)},
    {"threshold", ratio(&NearSpec::threshold_ppm, 1, kMillion)},
    {"resolve", choice(&NearSpec::resolve, {{"cover", Resolve::cover}, {"components", Resolve::components}})},
    {"keep", choice(&NearSpec::keep, {{"first", Keep::first}, {"longest", Keep::longest}, {"newest", Keep::newest}, {"source_priority", Keep::source_priority},
                                      {"best_quality", Keep::best_quality}})},
    {"quality", signal(&NearSpec::quality)},
    {"lowest_quality", flag(&NearSpec::lowest_quality)},
    {"seed", count(&NearSpec::seed)},
};

const Section<DedupSpec> kDedup = {
    {"exact", flag(&DedupSpec::exact)},
    {"near", step(&DedupSpec::near, kNear)},
};

}  // namespace

const Section<DedupSpec>& dedup_keys() { return kDedup; }

}  // namespace quern
