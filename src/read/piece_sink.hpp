#pragma once
// Gives the records of one piece to the sink, and counts them.

#include "quern/base/error.hpp"
#include "quern/base/job.hpp"
#include "quern/base/unit.hpp"
#include "quern/format/line_fields.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"

#include <functional>

namespace quern {

class PieceSink {
 public:
  PieceSink(const Piece& piece, OnError on_error, const std::function<void(const Record&)>& sink, const std::function<void()>& between)
      : piece_(piece), on_error_(on_error), sink_(sink), between_(between) {}

  /// Before each stride of the stream.
  void between() const {
    if (between_) between_();
  }

  void document(std::uint64_t offset, const LineFields& fields, bool is_html = false) {
    Record record = at(offset);
    record.text = fields.text;
    record.own_id = fields.own_id;
    record.source = fields.source;
    record.url = fields.url;
    record.date = fields.date;
    record.metadata = fields.metadata;
    record.is_html = is_html;
    give(record);
  }
  /// A document, all of it but file and entry.
  void document(Record record) {
    record.file = piece_.file;
    record.entry = piece_.entry;
    give(record);
  }
  /// `end`: the decompressed position where the damage was met.
  void damage(std::uint64_t offset, const StreamStep& step, std::uint64_t end) {
    Record record = at(offset);
    record.bad = Reason::damage;
    record.message = step.message;
    if (step.wrong_checksum) {
      record.untrusted_from = step.untrusted_from;
      record.untrusted_to = end;
    }
    give(record);
  }
  void bad(std::uint64_t offset, Reason reason, std::string_view message, std::string_view own_id = {}) {
    Record record = at(offset);
    record.bad = reason;
    record.own_id = own_id;
    record.message = message;
    give(record);
  }
  std::uint64_t given() const { return given_; }

 private:
  Record at(std::uint64_t offset) const {
    Record record;
    record.file = piece_.file;
    record.entry = piece_.entry;
    record.offset = offset;
    return record;
  }
  void give(const Record& record) {
    if (record.bad != Reason::none && on_error_ == OnError::stop) {
      fail(ErrorKind::input, "{}: the record at offset {} cannot be taken in: {}: {}; repair it, or let the job say on_error: quarantine",
           piece_.path, record.offset, name(record.bad), record.message);
    }
    ++given_;
    sink_(record);
  }

  const Piece& piece_;
  OnError on_error_;
  const std::function<void(const Record&)>& sink_;
  const std::function<void()>& between_;
  std::uint64_t given_ = 0;
};

}  // namespace quern
