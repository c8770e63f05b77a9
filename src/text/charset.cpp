#include "quern/text/charset.hpp"

#include "quern/base/error.hpp"
#include "quern/text/utf8.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

namespace quern {

namespace {

/// Encoding of the standard, ICU's converter. gbk is read as gb18030, which contains it, as the standard has it.
constexpr auto kConverters = std::to_array<std::pair<std::string_view, const char*>>({
    {"utf-16le", "UTF-16LE"},          {"utf-16be", "UTF-16BE"},         {"ibm866", "ibm-866_P100-1995"},
    {"iso-8859-2", "ISO-8859-2"},      {"iso-8859-3", "ISO-8859-3"},     {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},      {"iso-8859-6", "ISO-8859-6"},     {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},      {"iso-8859-8-i", "ISO-8859-8"},   {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"},    {"iso-8859-14", "ISO-8859-14"},   {"iso-8859-15", "ISO-8859-15"},
    {"koi8-r", "KOI8-R"},              {"koi8-u", "KOI8-U"},             {"macintosh", "macintosh"},
    {"windows-874", "windows-874"},    {"windows-1250", "windows-1250"}, {"windows-1251", "windows-1251"},
    {"windows-1253", "windows-1253"},  {"windows-1254", "windows-1254"}, {"windows-1255", "windows-1255"},
    {"windows-1256", "windows-1256"},  {"windows-1257", "windows-1257"}, {"windows-1258", "windows-1258"},
    {"x-mac-cyrillic", "x-mac-cyrillic"}, {"gbk", "gb18030"},            {"gb18030", "gb18030"},
    {"big5", "Big5-HKSCS"},            {"euc-jp", "EUC-JP"},             {"iso-2022-jp", "ISO-2022-JP"},
    {"shift_jis", "ibm-943_P15A-2003"}, {"euc-kr", "windows-949-2000"},  {"iso-2022-kr", "ISO-2022-KR"},
    {"hz-gb-2312", "HZ-GB-2312"},      {"iso-2022-cn", "ISO-2022-CN"},
});

/// Of the bytes from 0x80 on; up to there all of these are ASCII.
using UpperHalf = std::array<char16_t, 128>;

constexpr UpperHalf latin1_with(std::size_t first, std::initializer_list<std::pair<unsigned, char16_t>> others) {
  UpperHalf table{};
  for (std::size_t i = 0; i < 128; ++i) table[i] = static_cast<char16_t>(first + i);
  for (const auto& [byte, character] : others) table[byte - 0x80] = character;
  return table;
}

/// index-windows-1252 of the standard: the five bytes that Microsoft leaves open are the C1 controls.
constexpr UpperHalf kWindows1252 = latin1_with(
    0x80, {{0x80, 0x20AC}, {0x82, 0x201A}, {0x83, 0x0192}, {0x84, 0x201E}, {0x85, 0x2026}, {0x86, 0x2020}, {0x87, 0x2021}, {0x88, 0x02C6},
           {0x89, 0x2030}, {0x8A, 0x0160}, {0x8B, 0x2039}, {0x8C, 0x0152}, {0x8E, 0x017D}, {0x91, 0x2018}, {0x92, 0x2019}, {0x93, 0x201C},
           {0x94, 0x201D}, {0x95, 0x2022}, {0x96, 0x2013}, {0x97, 0x2014}, {0x98, 0x02DC}, {0x99, 0x2122}, {0x9A, 0x0161}, {0x9B, 0x203A},
           {0x9C, 0x0153}, {0x9E, 0x017E}, {0x9F, 0x0178}});
/// index-iso-8859-16, for which ICU has no table.
constexpr UpperHalf kIso8859_16 = latin1_with(
    0x80, {{0xA1, 0x0104}, {0xA2, 0x0105}, {0xA3, 0x0141}, {0xA4, 0x20AC}, {0xA5, 0x201E}, {0xA6, 0x0160}, {0xA8, 0x0161}, {0xAA, 0x0218},
           {0xAC, 0x0179}, {0xAE, 0x017A}, {0xAF, 0x017B}, {0xB2, 0x010C}, {0xB3, 0x0142}, {0xB4, 0x017D}, {0xB5, 0x201D}, {0xB8, 0x017E},
           {0xB9, 0x010D}, {0xBA, 0x0219}, {0xBC, 0x0152}, {0xBD, 0x0153}, {0xBE, 0x0178}, {0xBF, 0x017C}, {0xC3, 0x0102}, {0xC5, 0x0106},
           {0xD0, 0x0110}, {0xD1, 0x0143}, {0xD5, 0x0150}, {0xD7, 0x015A}, {0xD8, 0x0170}, {0xDD, 0x0118}, {0xDE, 0x021A}, {0xE3, 0x0103},
           {0xE5, 0x0107}, {0xF0, 0x0111}, {0xF1, 0x0144}, {0xF5, 0x0151}, {0xF7, 0x015B}, {0xF8, 0x0171}, {0xFD, 0x0119}, {0xFE, 0x021B}});
constexpr UpperHalf kUserDefined = latin1_with(0xF780, {});

char* put_utf8(char* to, char16_t c) {
  if (c >= 0x800) {
    *to++ = static_cast<char>(0xE0 | c >> 12);
    *to++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
  } else {
    *to++ = static_cast<char>(0xC0 | c >> 6);
  }
  *to++ = static_cast<char>(0x80 | (c & 0x3F));
  return to;
}

void decode_single_bytes(std::string_view bytes, const UpperHalf& table, std::string& out) {
  const auto high = static_cast<std::size_t>(std::count_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<std::uint8_t>(c) >= 0x80; }));
  out.resize(bytes.size() + 2 * high);
  char* to = out.data();
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      *to++ = c;
    } else {
      to = put_utf8(to, table[byte - 0x80]);
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open_converter(const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name, &error));
  if (U_FAILURE(error)) fail(ErrorKind::internal, "ICU has no converter '{}': {}", name, u_errorName(error));
  return converter;
}

const char* converter_name(std::string_view charset) {
  const auto found = std::find_if(kConverters.begin(), kConverters.end(), [&](const auto& entry) { return entry.first == charset; });
  if (found == kConverters.end()) fail(ErrorKind::internal, "'{}' is no charset", charset);
  return found->second;
}

/// ICU's own callback writes U+001A for some charsets.
void put_replacement(const void*, UConverterToUnicodeArgs* args, const char*, int32_t, UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;  // only told that the converter is reset or closed
  constexpr char16_t kReplacement = 0xFFFD;
  *error = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(args, &kReplacement, 1, 0, error);
}

void decode_by_icu(std::string_view bytes, const char* name, std::string& out) {
  const Converter from = open_converter(name);
  const Converter to = open_converter("UTF-8");
  out.clear();
  char block[16 << 10];
  char16_t pivot[4 << 10];
  char16_t* pivot_source = pivot;
  char16_t* pivot_target = pivot;
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  UBool reset = true;
  UErrorCode error = U_ZERO_ERROR;
  ucnv_setToUCallBack(from.get(), put_replacement, nullptr, nullptr, nullptr, &error);
  if (U_FAILURE(error)) fail(ErrorKind::internal, "ICU: {}", u_errorName(error));
  error = U_BUFFER_OVERFLOW_ERROR;
  while (error == U_BUFFER_OVERFLOW_ERROR) {
    error = U_ZERO_ERROR;
    char* target = block;
    ucnv_convertEx(to.get(), from.get(), &target, block + sizeof block, &source, end, pivot, &pivot_source, &pivot_target,
                   pivot + sizeof pivot / sizeof *pivot, reset, true, &error);
    reset = false;
    out.append(block, static_cast<std::size_t>(target - block));
  }
  if (U_FAILURE(error)) fail(ErrorKind::internal, "ICU cannot convert from '{}': {}", name, u_errorName(error));
}

void remove_byte_order_mark(std::string& text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
}

}  // namespace

void to_utf8(std::string_view bytes, std::string_view charset, std::string& out) {
  if (charset == "windows-1252") return decode_single_bytes(bytes, kWindows1252, out);
  if (charset == "iso-8859-16") return decode_single_bytes(bytes, kIso8859_16, out);
  if (charset == "x-user-defined") return decode_single_bytes(bytes, kUserDefined, out);
  if (charset == "utf-8") {
    out.assign(bytes.starts_with("\xEF\xBB\xBF") ? bytes.substr(3) : bytes);
    repair_utf8(out);
    return;
  }
  decode_by_icu(bytes, converter_name(charset), out);
  if (charset.starts_with("utf-16")) remove_byte_order_mark(out);
}

}  // namespace quern
