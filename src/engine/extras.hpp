#pragma once
// What is known of a document beside its text, as it lies in the spool: the columns that a data set need not have.

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace quern {

struct Extras {
  std::string_view source;           ///< of the record itself; empty: that of its entry
  std::string_view language;         ///< label; empty: not known
  std::uint16_t language_score = 0;  ///< thousandths
  std::string_view metadata;         ///< a JSON object; empty: none
  std::string_view matches;          ///< with items of evaluation sets: ItemMatch[]
  std::span<const double> signals;
};

/// Nothing for a record of which nothing is known.
inline void pack_extras(const Extras& extras, std::string& to) {
  to.clear();
  if (extras.source.empty() && extras.language.empty() && extras.metadata.empty() && extras.matches.empty() && extras.signals.empty()) return;
  const auto put = [&to](const auto& value) { to.append(reinterpret_cast<const char*>(&value), sizeof value); };
  put(static_cast<std::uint32_t>(extras.source.size()));
  put(static_cast<std::uint32_t>(extras.metadata.size()));
  put(static_cast<std::uint32_t>(extras.matches.size()));
  put(static_cast<std::uint16_t>(extras.language.size()));
  put(extras.language_score);
  to += extras.source;
  to += extras.metadata;
  to += extras.language;
  to += extras.matches;
  to.append(reinterpret_cast<const char*>(extras.signals.data()), extras.signals.size_bytes());
}

/// Packed extras. The views are of the packed bytes.
class PackedExtras {
 public:
  explicit PackedExtras(std::string_view packed) {
    if (packed.empty()) return;
    std::size_t at = kHead;
    const auto next = [&](std::size_t bytes) {
      const std::string_view part = packed.substr(at, bytes);
      at += part.size();
      return part;
    };
    source_ = next(number<std::uint32_t>(packed, 0));
    metadata_ = next(number<std::uint32_t>(packed, 4));
    language_ = next(number<std::uint16_t>(packed, 12));
    language_score_ = number<std::uint16_t>(packed, 14);
    matches_ = next(number<std::uint32_t>(packed, 8));
    signals_ = packed.substr(at);
  }

  std::string_view source() const { return source_; }
  std::string_view metadata() const { return metadata_; }
  std::string_view language() const { return language_; }
  std::uint16_t language_score() const { return language_score_; }
  std::string_view matches() const { return matches_; }
  double signal(std::size_t i) const { return number<double>(signals_, i * sizeof(double)); }

 private:
  static constexpr std::size_t kHead = 16;

  template <class T>
  static T number(std::string_view bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.substr(at, sizeof value).data(), sizeof value);
    return value;
  }

  std::string_view source_, metadata_, language_, matches_, signals_;
  std::uint16_t language_score_ = 0;
};

}  // namespace quern
