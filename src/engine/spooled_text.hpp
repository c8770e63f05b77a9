#pragma once
// The cleaned text of a record, from the spool, checked against its hash.

#include "engine/payload.hpp"
#include "engine/records.hpp"
#include "quern/base/error.hpp"

namespace quern {

class SpooledText {
 public:
  SpooledText(const Setup& setup, const Records& records) : setup_(setup), tokens_(records.tokens_are_texts), spool_(setup.spool_home, records.phase) {}

  SpoolReader& spool() { return spool_; }

  std::string decode(const SpoolRow& row, std::string_view payload) const {
    std::string text = tokens_ ? setup_.tokenizer->decode(unpack_tokens(payload, setup_.token_bytes())) : std::string(payload);
    if (hash128(text) != row.text_hash) {
      fail(ErrorKind::check, "{}: the text of a record of file {} at offset {} is not what was written: give --restart to begin anew",
           setup_.spool_folder(), row.file, row.offset);
    }
    return text;
  }
  std::string at(const SpoolRef& ref) {
    const SpoolRecord record = spool_.record(ref);
    return decode(record.row, record.payload);
  }

 private:
  const Setup& setup_;
  bool tokens_;
  SpoolReader spool_;
};

}  // namespace quern
