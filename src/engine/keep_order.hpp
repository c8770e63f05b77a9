#pragma once
// Which of several documents is kept: the first in keep order.

#include "engine/records.hpp"

#include <string_view>

namespace quern {

/// Of a document as the map step sees it: the less, the rather it is kept. 0 for policies that go by what is known later.
/// `quality`: value of the signal that Keep::best_quality names.
std::uint64_t keep_key(const Job& job, std::string_view source, std::string_view date, double quality);

/// Collective. The place of each record in keep order. Places are dense over all records, so that one table of starts serves for both orders.
std::vector<std::uint64_t> keep_order(const Records& records, const Setup& setup, std::size_t buffer_bytes, World& world);

/// Seconds from the year 0 on (proleptic Gregorian calendar, UTC) of a date that begins with a year of four digits: ISO 8601 in its basic or extended
/// form, as far as it goes ("2024", "2024-03-01", "2024-03-01T10:00:00+01:00", "20240301100000"). 0: none, as of any other text.
std::uint64_t seconds_of_date(std::string_view date);

}  // namespace quern
