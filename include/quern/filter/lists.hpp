#pragma once
// Filters that ask lists: made once for a chain, whatever the number of documents.

#include "quern/base/job/filter.hpp"

#include <memory>

namespace quern {

class UrlLists;
class TermSet;

struct UrlBlocklist {
  std::shared_ptr<const UrlLists> lists;
};

struct BadWords {
  std::shared_ptr<const TermSet> words;
  BadWordsSpec spec;
};

struct Vocabulary {
  std::shared_ptr<const TermSet> terms;
  VocabularySpec spec;
};

/// They read their lists. Throw Error{plan} that names the line that cannot be used.
UrlBlocklist prepare(const UrlBlocklistSpec& spec);
BadWords prepare(const BadWordsSpec& spec);
Vocabulary prepare(const VocabularySpec& spec);

}  // namespace quern
