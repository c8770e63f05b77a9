#include "quern/format/json_lines.hpp"
#include "text/shared_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace quern {
namespace {

using ::testing::HasSubstr;

/// A parsed line with its own copies.
struct Parsed {
  Reason bad;
  std::string text;
  std::string own_id;
  std::string message;
  bool object;
};

/// Puts the line at the end of a block of its exact size, so that a read behind the padding would be noticed.
Parsed parse_with(JsonLineParser& parser, std::string_view line) {
  std::vector<char> padded(line.size() + kJsonPadding, '"');
  std::ranges::copy(line, padded.begin());
  const JsonLine parsed = parser.parse({padded.data(), line.size()});
  return {parsed.bad, std::string(parsed.text), std::string(parsed.own_id), parsed.message, parsed.object};
}

Parsed parse(std::string_view line, InvalidUtf8 policy = InvalidUtf8::quarantine) {
  JsonLineParser parser(InputSpec{}, policy);
  return parse_with(parser, line);
}

std::string text_of(std::string_view line) {
  const Parsed parsed = parse(line);
  EXPECT_EQ(parsed.bad, Reason::none) << line << ": " << parsed.message;
  return parsed.text;
}

TEST(JsonLines, ReadsTextAndId) {
  const Parsed parsed = parse(R"( { "id" : "a-1" , "text" : "Hello, world" , "n" : [1, {"text": "not this"}, null, true, false] } )");
  EXPECT_EQ(parsed.bad, Reason::none);
  EXPECT_TRUE(parsed.object);
  EXPECT_EQ(parsed.text, "Hello, world");
  EXPECT_EQ(parsed.own_id, "a-1");
  EXPECT_EQ(parsed.message, "");
}

TEST(JsonLines, UnescapesEveryEscape) {
  EXPECT_EQ(text_of(R"({"text":"\"\\\/\b\f\n\r\t"})"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(text_of(R"({"text":"\u0041\u00e9\u20AC\uD83D\uDE00\u0000."})"), std::string("Aé€😀\0.", 2 + 2 + 3 + 4 + 1 - 1 + 1));
  EXPECT_EQ(text_of(R"({"text":""})"), "");
  EXPECT_EQ(text_of(R"({"text":"before\nafter"})"), "before\nafter");
}

TEST(JsonLines, StringsOfEveryLengthAreReadAcrossStrides) {
  std::size_t checked = 0;
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t escape = 0; escape <= length; ++escape, ++checked) {
      std::string escaped(length, 'x'), plain = escaped;
      escaped.insert(escape, "\\n\\u00e9");
      plain.insert(escape, "\né");
      ASSERT_EQ(text_of("{\"text\":\"" + escaped + "\"}"), plain);
    }
    ASSERT_EQ(text_of("{\"text\":\"" + std::string(length, 'x') + "\"}"), std::string(length, 'x'));
  }
  EXPECT_GT(checked, 2000u);
}

TEST(JsonLines, KeysAreComparedUnescapedAndTheLastOneCounts) {
  EXPECT_EQ(text_of(R"({"te\u0078t":"a"})"), "a");
  EXPECT_EQ(text_of(R"({"text":"a\n","text":"b\n"})"), "b\n");
  EXPECT_EQ(text_of(R"({"text":5,"text":"b"})"), "b");
  EXPECT_EQ(parse(R"({"text":"a","text":5})").bad, Reason::field);
  EXPECT_EQ(parse(R"({"text":"a","id":"x","id":null})").own_id, "");
  EXPECT_EQ(parse(R"({"meta":{"text":"deeper"},"text":"a"})").text, "a");
}

TEST(JsonLines, IdsAreStringsOrNumbersAsTheyAreWritten) {
  EXPECT_EQ(parse(R"({"text":"a","id":"\u00e9"})").own_id, "é");
  EXPECT_EQ(parse(R"({"text":"a","id": 12345678901234567890123})").own_id, "12345678901234567890123");
  EXPECT_EQ(parse(R"({"text":"a","id":-1.50e+999 })").own_id, "-1.50e+999");
  for (const char* const other : {"true", "null", "[1]", "{}"}) {
    const Parsed parsed = parse(std::string(R"({"text":"a","id":)") + other + "}");
    EXPECT_EQ(parsed.bad, Reason::none);
    EXPECT_EQ(parsed.own_id, "");
  }
}

TEST(JsonLines, AFieldThatIsMissingOrNoStringIsNotBrokenJson) {
  EXPECT_EQ(parse(R"({"id":"x"})").bad, Reason::field);
  EXPECT_EQ(parse(R"({"id":"x"})").own_id, "x");
  EXPECT_EQ(parse(R"({"id":"x"})").message, "no field 'text'");
  EXPECT_EQ(parse(R"({"text":["a"]})").message, "field 'text' is not a string");
  EXPECT_EQ(parse("{}").bad, Reason::field);
  for (const char* const value : {"[]", "1", "\"text\"", "null", "[{\"text\":\"a\"}]"}) {
    EXPECT_EQ(parse(value).bad, Reason::field) << value;
    EXPECT_EQ(parse(value).message, "not a JSON object");
    EXPECT_FALSE(parse(value).object);
  }
}

TEST(JsonLines, NumbersMayBeAnyThatTheGrammarAllows) {
  for (const char* const number : {"0", "-0", "0.0", "12345678901234567890123456789", "1e999", "-1E-999", "0e+1", "1.25"}) {
    EXPECT_EQ(parse(std::string(R"({"text":"a","n":)") + number + "}").bad, Reason::none) << number;
  }
  for (const char* const number : {"01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_000", "NaN", "Infinity", "--1", "1 2"}) {
    const Parsed parsed = parse(std::string(R"({"text":"a","n":)") + number + "}");
    EXPECT_EQ(parsed.bad, Reason::json) << number;
    EXPECT_THAT(parsed.message, HasSubstr("byte ")) << number;
  }
}

TEST(JsonLines, BrokenJsonBehindTheFieldsIsSeenToo) {
  for (const char* const line : {R"({"text":"a")",
                                 R"({"text":"a",})",
                                 R"({"text":"a"}})",
                                 R"({"text":"a"} x)",
                                 R"({"text":"a","b":tru})",
                                 R"({"text":"a","b":[1,]})",
                                 R"({"text":"a","b":{"c"}})",
                                 R"({"text":"a","b":"\x"})",
                                 R"({"text":"a","b":"\u12G4"})",
                                 R"({"text":"a","b":"open})",
                                 R"({"text":"a" "b":1})",
                                 R"({"text":"a",b:1})",
                                 R"({"text" "a"})",
                                 "{\"text\":\"a\tb\"}",
                                 R"({"text":"a","b":"\u12)",
                                 R"({"text":"a\)",
                                 R"({"text":"a"]", R"(["a"})",
                                 R"({"text":"a","b":{"c":1,2}})",
                                 R"({"text":"a","b":{1}})",
                                 R"({"text":"a","b":)",
                                 R"({"text":"\ud800\u12"})",
                                 R"({"text":"a",'b':1})",
                                 R"({,"text":"a"})",
                                 "",
                                 "{",
                                 "[",
                                 "\"",
                                 "nul",
                                 "{\"text\":\"a\"}\v"}) {
    const Parsed parsed = parse(line);
    EXPECT_EQ(parsed.bad, Reason::json) << line;
    EXPECT_THAT(parsed.message, HasSubstr("byte ")) << line;
    EXPECT_EQ(parsed.own_id, "");
    EXPECT_FALSE(parsed.object);
  }
}

TEST(JsonLines, TheMessageNamesTheByte) {
  EXPECT_EQ(parse(R"({"text":"a",})").message, "byte 12: no key where one must be");
  EXPECT_EQ(parse(R"({"text":"a"} {})").message, "byte 13: something behind the value");
  EXPECT_EQ(parse("{\"text\":\"a\nb\"}").message, "byte 10: a control character in a string");
  EXPECT_EQ(parse(R"({"text":"a\qb"})").message, "byte 10: an escape that JSON does not know");
  EXPECT_EQ(parse("{\"text\":\"a").message, "byte 10: a string without an end");
  EXPECT_EQ(parse(R"({"text": nope})").message, "byte 9: a word that JSON does not know");
}

TEST(JsonLines, ZeroBytesAreBrokenJson) {
  EXPECT_EQ(parse(std::string_view("{\"text\":\"a\"}\0", 13)).bad, Reason::json);
  EXPECT_EQ(parse(std::string_view("\0{\"text\":\"a\"}", 13)).bad, Reason::json);
  EXPECT_EQ(parse(std::string_view("{\"text\":\"\0\"}", 12)).bad, Reason::json);
  EXPECT_EQ(parse(std::string_view("{\"text\":\0}", 10)).bad, Reason::json);
}

TEST(JsonLines, ControlCharactersMustBeEscaped) {
  for (int c = 0; c < 256; ++c) {
    const std::string line = std::string("{\"text\":\"a\",\"b\":\"") + static_cast<char>(c) + "\"}";
    const bool fits = c >= 0x20 && c != '"' && c != '\\';
    EXPECT_EQ(parse(line, InvalidUtf8::repair).bad, fits ? Reason::none : Reason::json) << c;
    EXPECT_EQ(parse("{\"text\":\"" + std::string(20, 'x') + static_cast<char>(c) + "\"}", InvalidUtf8::repair).bad,
              fits ? Reason::none : Reason::json)
        << c;
  }
}

TEST(JsonLines, DepthIsBounded) {
  const auto nested = [](std::size_t depth, std::string open, std::string close) {
    std::string line = "{\"text\":\"a\",\"n\":";
    for (std::size_t i = 0; i < depth; ++i) line += open;
    line += "1";
    for (std::size_t i = 0; i < depth; ++i) line += close;
    return line + "}";
  };
  EXPECT_EQ(parse(nested(1023, "[", "]")).bad, Reason::none);
  EXPECT_EQ(parse(nested(1023, "{\"a\":", "}")).bad, Reason::none);
  EXPECT_EQ(parse(nested(1024, "[", "]")).bad, Reason::json);
  EXPECT_THAT(parse(nested(1024, "{\"a\":", "}")).message, HasSubstr("more than 1024"));
  EXPECT_EQ(parse(std::string(5'000'000, '[')).bad, Reason::json);
}

TEST(JsonLines, InvalidUtf8IsQuarantinedOrMended) {
  const std::string line = "{\"id\":\"i\xff\",\"text\":\"a\xe2\x82 \xf0\x9f\x98\x80 \xed\xa0\x80\"}";
  const Parsed strict = parse(line);
  EXPECT_EQ(strict.bad, Reason::utf8);
  EXPECT_EQ(strict.message, "byte 8: invalid UTF-8");
  const Parsed mended = parse(line, InvalidUtf8::repair);
  EXPECT_EQ(mended.bad, Reason::none) << mended.message;
  EXPECT_EQ(mended.text, "a\uFFFD 😀 \uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(mended.own_id, "i\uFFFD");
}

TEST(JsonLines, InvalidUtf8InAnyFieldCounts) {
  EXPECT_EQ(parse("{\"text\":\"a\",\"title\":\"\xff\"}").bad, Reason::utf8);
  EXPECT_EQ(parse("{\"text\":\"a\",\"title\":\"\xff\"}", InvalidUtf8::repair).text, "a");
}

TEST(JsonLines, BrokenJsonIsToldFromBrokenUtf8) {
  EXPECT_EQ(parse("{\"text\":\"a\xff\"").bad, Reason::json);
  EXPECT_EQ(parse("{\"text\":\xff}").bad, Reason::json);
  EXPECT_EQ(parse("{\"text\":\xff}", InvalidUtf8::repair).bad, Reason::json);
  EXPECT_EQ(parse("{\"title\":\"\xff\"}").bad, Reason::utf8) << "that the field is missing comes second";
  EXPECT_EQ(parse("{\"title\":\"\xff\"}", InvalidUtf8::repair).bad, Reason::field);
}

TEST(JsonLines, LoneSurrogateEscapesFollowTheSamePolicy) {
  for (const char* const escape : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\n)", R"(\ud800\u0041)", R"(\ud800\ud800)"}) {
    EXPECT_EQ(parse(std::string(R"({"text":"a)") + escape + "\"}").bad, Reason::utf8) << escape;
    EXPECT_EQ(parse(std::string(R"({"text":"a","id":")") + escape + "\"}").bad, Reason::utf8) << escape;
    EXPECT_EQ(parse(std::string(R"({"text":"a","title":")") + escape + "\"}").bad, Reason::none) << escape << ": a field nobody reads";
  }
  EXPECT_EQ(parse(R"({"text":"a\ud800\u0041\udc00b"})", InvalidUtf8::repair).text, "a\uFFFDA\uFFFDb");
  EXPECT_EQ(parse(R"({"text":"\ud800\ud83d\ude00"})", InvalidUtf8::repair).text, "\uFFFD😀");
  EXPECT_EQ(parse(R"({"text":"\ud83d\ude00"})").text, "😀");
}

TEST(JsonLines, OneParserReadsManyLines) {
  InputSpec spec;
  spec.text_field = "body";
  spec.id_field = "key";
  JsonLineParser parser(spec, InvalidUtf8::quarantine);
  EXPECT_EQ(parse_with(parser, R"({"body":"a\n","key":1})").text, "a\n");
  EXPECT_EQ(parse_with(parser, "{\"body\":\"" + std::string(100'000, 'x') + "\\n\"}").text.size(), 100'001u);
  EXPECT_EQ(parse_with(parser, "{\"body\":\"\xff\"}").bad, Reason::utf8);
  EXPECT_EQ(parse_with(parser, R"({"body":"b","key":"k"})").own_id, "k");
  JsonLineParser moved = std::move(parser);
  EXPECT_EQ(parse_with(moved, R"({"text":"b"})").message, "no field 'body'");
}

TEST(JsonLines, BlankLinesAreKnown) {
  EXPECT_TRUE(is_json_blank(""));
  EXPECT_TRUE(is_json_blank(" \t\r\n"));
  EXPECT_FALSE(is_json_blank("\v"));
  EXPECT_FALSE(is_json_blank(" 0"));
}

/// What simdjson's DOM parser, which checks the whole text, says of a line. It refuses large numbers, which are fine JSON (and lone
/// surrogates, which are a matter of policy here: no escape of one is among these lines).
enum class Oracle { good, bad, cannot_tell };
Oracle ask_simdjson(simdjson::dom::parser& parser, const std::string& line) {
  const simdjson::error_code error = parser.parse(line).error();
  if (error == simdjson::SUCCESS) return Oracle::good;
  return error == simdjson::NUMBER_ERROR || error == simdjson::DEPTH_ERROR ? Oracle::cannot_tell : Oracle::bad;
}

TEST(JsonLines, AgreesWithSimdjsonOnMutatedLines) {
  const std::string good = R"({"id":"a\u00e9\\","text":"x \"y\" \u20AC\n","n":[-1.5e3,0,true,false,null,{"k":[]},{}],"z":"€"})";
  const std::string_view replacements = "\"\\{}[],:0-e.tu \n\x01\x80";
  simdjson::dom::parser simdjson_parser;
  JsonLineParser parser(InputSpec{}, InvalidUtf8::repair);
  std::size_t bad = 0, fine = 0;
  const auto compare = [&](const std::string& line) {
    if (!simdjson::validate_utf8(line)) return;
    const Oracle oracle = ask_simdjson(simdjson_parser, line);
    if (oracle == Oracle::cannot_tell) return;
    const Parsed parsed = parse_with(parser, line);
    ASSERT_EQ(parsed.bad == Reason::json, oracle == Oracle::bad) << line << "\n" << parsed.message;
    (oracle == Oracle::bad ? bad : fine) += 1;
  };
  for (std::size_t at = 0; at < good.size(); ++at) {
    compare(good.substr(0, at));
    compare(good.substr(0, at) + good.substr(at + 1));
    for (const char c : replacements) {
      std::string line = good;
      line[at] = c;
      compare(line);
      compare(good.substr(0, at) + c + good.substr(at));
    }
  }
  EXPECT_GT(bad, 1500u);
  EXPECT_GT(fine, 500u);
}

struct SuiteFile {
  std::string name;
  std::string content;
};

/// The files of a tar archive (POSIX ustar: 512-byte headers, name at 0, size in octal at 124).
std::vector<SuiteFile> files_of(const std::string& tar) {
  std::vector<SuiteFile> files;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
    const std::string path = tar.c_str() + at;
    const std::size_t size = std::stoul(tar.substr(at + 124, 11), nullptr, 8);
    files.push_back({path.substr(path.rfind('/') + 1), tar.substr(at + 512, size)});
    at += 512 + (size + 511) / 512 * 512;
  }
  return files;
}

TEST(JsonLines, PassesTheParsingTestSuite) {
  const std::string tar = test::shared_file("badinput/JSONTestSuite-test_parsing.tar.zst");
  if (tar.empty()) return;
  std::size_t broken = 0, good = 0;
  for (const auto& [name, content] : files_of(tar)) {
    std::string line = content;
    std::erase(line, '\n');
    if (name == "n_string_unescaped_newline.json") continue;  // without its newline it is good
    for (const InvalidUtf8 policy : {InvalidUtf8::quarantine, InvalidUtf8::repair}) {
      const Parsed parsed = parse(line, policy);
      if (name.starts_with("n_")) {
        EXPECT_EQ(parsed.bad, Reason::json) << name;
        EXPECT_THAT(parsed.message, HasSubstr("byte ")) << name;
        ++broken;
      } else if (name.starts_with("y_")) {
        EXPECT_NE(parsed.bad, Reason::json) << name << ": " << parsed.message;
        ++good;
      }
    }
  }
  EXPECT_GT(broken, 300u);
  EXPECT_GT(good, 150u);
}

}  // namespace
}  // namespace quern
