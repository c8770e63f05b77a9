#pragma once
// The rules of threshold filters applied to signals that a data set has kept, without its texts.

#include "quern/base/job.hpp"
#include "quern/base/signal.hpp"
#include "quern/base/verdict.hpp"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace quern {

/// The value of a signal of one document, as SignalSet::compute gave it; empty: the data set has no such column.
using StoredSignals = std::function<std::optional<double>(Signal)>;

/// Whether the filter judges by signals alone.
bool judges_by_signals(const FilterSpec& filter);

/// The signals that judge_stored() asks for, in the order of their rules; of a quantile its own. Rules that are off ask for none.
/// Throws Error (plan) for a filter that looks at the text, its address or its language itself.
std::vector<Signal> signals_needed(const FilterSpec& filter);

/// Throws Error (plan) that names the signals to keep where `stored` lacks some that `filters` need.
void check_stored(std::span<const FilterSpec> filters, std::span<const Signal> stored);

/// The same decision, and reason, as judge() on the text: see "From stored signals" in docs/filters.md. Of a quantile: none.
/// Throws as signals_needed(), and for a signal that is missing.
Reason judge_stored(const FilterSpec& filter, const StoredSignals& stored);

}  // namespace quern
