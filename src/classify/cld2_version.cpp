#include "quern/classify/cld2_version.hpp"

#include <cld2/public/compact_lang_det.h>

namespace quern {

std::string cld2_version() { return CLD2::DetectLanguageVersion(); }

}  // namespace quern
