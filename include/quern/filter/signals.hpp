#pragma once
// The value of each signal, and the columns of a data set that keep them.

#include "quern/base/signal.hpp"
#include "quern/filter/rules.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

/// Of integers; counts have the denominator 1. A rule on 0 / 0 does not fail.
struct Fraction {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;

  /// One division; the same on every machine. 0 / 0 is NaN.
  double value() const noexcept { return static_cast<double>(numerator) / static_cast<double>(denominator); }
};

/// Counts what the signal asks for, unless it has been counted for another.
Fraction measure(Signal signal, const FilterSubject& subject);
/// What subjects of this signal should be made with.
FilterNeeds needs_of(Signal signal) noexcept;

/// The signals that a job keeps, in the order of their enumeration.
class SignalSet {
 public:
  explicit SignalSet(std::span<const Signal> signals);

  std::size_t size() const noexcept { return signals_.size(); }
  std::string_view name(std::size_t i) const noexcept { return quern::name(signals_[i]); }
  Signal signal(std::size_t i) const noexcept { return signals_[i]; }
  FilterNeeds needs() const noexcept { return needs_; }

  /// @param out size() values
  void compute(const FilterSubject& subject, std::span<double> out) const;
  /// For a text of its own.
  void compute(std::string_view cleaned_text, std::span<double> out) const;

 private:
  std::vector<Signal> signals_;
  FilterNeeds needs_;
};

/// Integers in the order of values: a < b exactly when order_key(a) < order_key(b). Both zeros have one key; NaN (0 / 0) comes last.
std::uint64_t order_key(double value) noexcept;

}  // namespace quern
