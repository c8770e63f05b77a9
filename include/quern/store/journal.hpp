#pragma once
// The one file that says what a run has finished: batches, appended and synced one by one (docs/formats/journal.md).

#include "quern/store/file.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// What one append said.
struct JournalBatch {
  std::uint32_t kind = 0;   ///< the writer's own numbering
  std::uint64_t epoch = 0;  ///< of the holder of the work folder that wrote it
  std::int64_t time_s = 0;  ///< seconds since 1970, by the writer's clock: for people, nothing is decided by it
  std::string payload;
};

struct JournalContents {
  std::vector<JournalBatch> batches;
  std::uint64_t end = 0;   ///< where the last whole batch ends; what follows is the torn tail of a run that was killed while it wrote
  std::uint64_t torn = 0;  ///< bytes of that tail
};

/// Reads the batches in order. Only the last one can be torn: damage with a whole batch behind it is Error{refused}. Not collective.
JournalContents read_journal(const std::string& path);

/// One writer at a time: who may write is the lease's affair. Not collective.
class JournalWriter {
 public:
  /// A new, empty journal; an error if one is there.
  JournalWriter(const std::string& path, std::uint64_t epoch, unsigned permissions = 0600);
  /// Goes on behind what was read; cuts the torn tail off.
  JournalWriter(const std::string& path, const JournalContents& contents, std::uint64_t epoch);

  /// Durable when it returns. One write and one sync.
  void append(std::uint32_t kind, std::string_view payload);

 private:
  File file_;
  std::uint64_t epoch_;
  std::uint64_t sequence_ = 0;
};

}  // namespace quern
