// Writes unicode_15_0.inc from an ICU whose Unicode version is 15.0 (ICU 72). Not part of the build: the table is kept with the
// sources, so that a newer ICU cannot change a word. Run from the top folder:
//   g++ -std=c++20 src/text/tables/make_tables.cc -licuuc -o /tmp/make_tables && /tmp/make_tables > src/text/tables/unicode_15_0.inc

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <tuple>
#include <vector>

namespace {

// Scripts whose text has no spaces between words: the ideographic ones, and those of line break class SA and their kin.
constexpr UScriptCode kUnspacedScripts[] = {
    USCRIPT_HAN,  USCRIPT_HIRAGANA, USCRIPT_KATAKANA,    USCRIPT_BOPOMOFO, USCRIPT_YI,       USCRIPT_TANGUT, USCRIPT_NUSHU,
    USCRIPT_THAI, USCRIPT_LAO,      USCRIPT_KHMER,       USCRIPT_MYANMAR,  USCRIPT_TIBETAN,  USCRIPT_TAI_LE, USCRIPT_NEW_TAI_LUE,
    USCRIPT_LANNA, USCRIPT_TAI_VIET, USCRIPT_JAVANESE,   USCRIPT_BALINESE, USCRIPT_AHOM,     USCRIPT_KHITAN_SMALL_SCRIPT,
};

bool unspaced_script(UScriptCode script) {
  return std::find(std::begin(kUnspacedScripts), std::end(kUnspacedScripts), script) != std::end(kUnspacedScripts);
}

// A code point shared by scripts (the prolonged sound mark of both kana) counts when all of them are written so.
bool unspaced(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &status);
  if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED) return unspaced_script(script);
  UScriptCode extensions[64];
  const int n = uscript_getScriptExtensions(c, extensions, 64, &status);
  return std::all_of(extensions, extensions + n, unspaced_script);
}

using Record = std::tuple<int, int, int, int>;  // category, flags, combining class, fold delta

Record record_of(UChar32 c) {
  const int category = u_charType(c);
  const bool word = ((U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK) & U_MASK(category)) != 0 || c == '_';
  int flags = 0;
  if (u_hasBinaryProperty(c, UCHAR_WHITE_SPACE)) flags |= 1;
  if (word && unspaced(c)) flags |= 2;
  if (u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) != UNORM_YES) flags |= 4;
  if (word) flags |= 8;
  return {category, flags, u_getCombiningClass(c), u_foldCase(c, U_FOLD_CASE_DEFAULT) - c};
}

const char* category_name(int category) {
  static const char* const names[] = {"Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp",
                                      "Cc", "Cf", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"};
  return names[category];
}

// Packs items into lines of at most 130 columns.
void print_items(const std::vector<std::string>& items) {
  std::string line;
  for (const std::string& item : items) {
    if (line.size() + item.size() > 130) {
      std::puts(line.c_str());
      line.clear();
    }
    line += item;
  }
  std::puts(line.c_str());
}

}  // namespace

int main() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  if (version[0] != 15 || version[1] != 0) {
    std::fprintf(stderr, "make_tables: this ICU has Unicode %d.%d, not 15.0. Build with ICU 72.\n", version[0], version[1]);
    return 1;
  }
  std::vector<Record> records;
  std::vector<std::pair<int, int>> runs;  // length, record
  for (UChar32 c = 0; c <= 0x10FFFF; ++c) {
    const Record r = record_of(c);
    const auto found = std::find(records.begin(), records.end(), r);
    const int index = static_cast<int>(found - records.begin());
    if (found == records.end()) records.push_back(r);
    if (!runs.empty() && runs.back().second == index) {
      ++runs.back().first;
    } else {
      runs.emplace_back(1, index);
    }
  }
  std::fprintf(stderr, "%zu records, %zu runs\n", records.size(), runs.size());
  std::puts("// Made by make_tables.cc from the Unicode 15.0 data of ICU 72; (c) Unicode, Inc., Unicode License.");
  std::puts("constexpr Record kRecords[] = {  // category, flags, combining class, fold delta");
  std::vector<std::string> items;
  for (const auto& [category, flags, ccc, delta] : records) {
    items.push_back(std::string("{Category::") + category_name(category) + "," + std::to_string(flags) + "," + std::to_string(ccc) + "," +
                    std::to_string(delta) + "},");
  }
  print_items(items);
  std::puts("};\nconstexpr Run kRuns[] = {  // length in code points, row of kRecords");
  items.clear();
  for (const auto& [length, index] : runs) items.push_back("{" + std::to_string(length) + "," + std::to_string(index) + "},");
  print_items(items);
  std::puts("};");
}
