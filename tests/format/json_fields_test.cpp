#include "quern/base/error.hpp"
#include "quern/format/field_path.hpp"
#include "quern/format/json_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace quern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Read {
  Reason bad;
  std::string text, own_id, source, url, date, metadata, message;
};

Read read(JsonLineParser& parser, std::string_view line) {
  std::string padded(line);
  padded.append(kJsonPadding, '"');
  const JsonLine parsed = parser.parse(std::string_view(padded).substr(0, line.size()));
  const auto copy = [](std::string_view of) { return std::string(of); };
  return {parsed.bad,       copy(parsed.text), copy(parsed.own_id),   copy(parsed.source),
          copy(parsed.url), copy(parsed.date), copy(parsed.metadata), parsed.message};
}

Read read(std::string_view line, const std::function<void(InputSpec&)>& set, InvalidUtf8 policy = InvalidUtf8::quarantine) {
  InputSpec spec;
  set(spec);
  JsonLineParser parser(spec, policy);
  return read(parser, line);
}

std::string metadata_of(std::string_view line, std::vector<std::string> fields) {
  return read(line, [&](InputSpec& spec) { spec.metadata = std::move(fields); }).metadata;
}

std::string all_of(std::string_view line) {
  return read(line, [](InputSpec& spec) { spec.all_metadata = true; }).metadata;
}

TEST(FieldPath, IsCutAtDotsThatHaveNoBackslash) {
  EXPECT_THAT(parse_field_path("a").value(), ElementsAre("a"));
  EXPECT_THAT(parse_field_path("a.0.b").value(), ElementsAre("a", "0", "b"));
  EXPECT_THAT(parse_field_path(R"(a\.b.c\\)").value(), ElementsAre("a.b", "c\\"));
  for (const char* bad : {"", ".", "a.", ".a", "a..b", "a\\", "a\\b"}) EXPECT_FALSE(parse_field_path(bad)) << bad;
}

TEST(FieldPath, KnowsIndexesAsTheyAreWritten) {
  EXPECT_EQ(index_of_name("0"), 0u);
  EXPECT_EQ(index_of_name("107"), 107u);
  for (const char* bad : {"", "01", "-1", "1a", "+1", "99999999999999999999999"}) EXPECT_FALSE(index_of_name(bad)) << bad;
}

TEST(JsonFields, AreFoundByTheirPaths) {
  const auto nested = [](InputSpec& spec) {
    spec.text_field = "a.b.c";
    spec.id_field = "a.list.1.id";
    spec.url_field = R"(a\.b)";
    spec.date_field = "added";
    spec.source_field = "a.0";
  };
  const Read found = read(R"({"a":{"list":[{"id":1},{"id":2.50}],"b":{"x":[1,{"c":3}],"c":"text"},"0":"key"},"a.b":"u\u0041","added":"2020"})", nested);
  EXPECT_EQ(found.bad, Reason::none) << found.message;
  EXPECT_EQ(found.text, "text");
  EXPECT_EQ(found.own_id, "2.50");
  EXPECT_EQ(found.url, "uA");
  EXPECT_EQ(found.date, "2020");
  EXPECT_EQ(found.source, "key") << "a number is also the name of a member";
}

TEST(JsonFields, ThatAreAbsentOrOfAnotherTypeAreEmpty) {
  const auto all = [](InputSpec& spec) {
    spec.source_field = "s";
    spec.date_field = "d";
  };
  const Read absent = read(R"({"text":"t"})", all);
  EXPECT_EQ(absent.bad, Reason::none);
  EXPECT_EQ(absent.own_id + absent.source + absent.url + absent.date + absent.metadata, "");
  const Read numbers = read(R"({"text":"t","s":-1e5,"url":7,"d":20200102})", all);
  EXPECT_EQ(numbers.source, "-1e5");
  EXPECT_EQ(numbers.url, "7");
  EXPECT_EQ(numbers.date, "20200102");
  const Read others = read(R"({"text":"t","s":["x"],"url":{"a":1},"d":null,"id":true})", all);
  EXPECT_EQ(others.bad, Reason::none);
  EXPECT_EQ(others.source + others.url + others.date + others.own_id, "");
}

TEST(JsonFields, OfATextThatIsNotThereAreKnown) {
  const Read found = read(R"({"id":5,"a":[]})", [](InputSpec& spec) { spec.text_field = "a.0"; });
  EXPECT_EQ(found.bad, Reason::field);
  EXPECT_EQ(found.message, "no field 'a.0'");
  EXPECT_EQ(found.own_id, "5");
  EXPECT_EQ(read(R"({"a":{"b":["x"]}})", [](InputSpec& spec) { spec.text_field = "a.b"; }).message, "field 'a.b' is not a string");
}

TEST(JsonFields, OfARepeatedKeyAreThoseOfTheLast) {
  const auto nested = [](InputSpec& spec) {
    spec.text_field = "a.b";
    spec.metadata = {"a.c", "a"};
  };
  EXPECT_EQ(read(R"({"a":{"b":"1"},"a":{"b":"2"}})", nested).text, "2");
  EXPECT_EQ(read(R"({"a":{"b":"1","c":1},"a":{}})", nested).message, "no field 'a.b'");
  EXPECT_EQ(read(R"({"a":{"b":"1","c":1},"a":7,"x":0})", nested).metadata, R"({"a":7})");
}

TEST(JsonFields, OneFieldMayServeTwice) {
  const Read found = read(R"({"text":"t","u":"x"})", [](InputSpec& spec) {
    spec.id_field = spec.url_field = "u";
    spec.metadata = {"u", "text"};
  });
  EXPECT_EQ(found.own_id, "x");
  EXPECT_EQ(found.url, "x");
  EXPECT_EQ(found.metadata, R"({"u":"x","text":"t"})");
}

TEST(JsonFields, LoneSurrogatesOutsideTextAndIdAreMended) {
  const Read found = read(R"({"text":"t","url":"\ud800","m":"a\udc00"})", [](InputSpec& spec) { spec.metadata = {"m"}; });
  EXPECT_EQ(found.bad, Reason::none);
  EXPECT_EQ(found.url, "\uFFFD");
  EXPECT_EQ(found.metadata, "{\"m\":\"a\uFFFD\"}");
}

TEST(JsonMetadata, HasTheFieldsInTheOrderOfTheJob) {
  EXPECT_EQ(metadata_of(R"( {"b" : [ 1 , { "x" : null } ] , "text":"t", "a":{"n": 1.50E+3 , "s": "q"} } )", {"a.n", "b", "b.1.x", "no"}),
            R"({"a.n":1.50E+3,"b":[1,{"x":null}],"b.1.x":null})");
  EXPECT_EQ(metadata_of(R"({"text":"t","b":1})", {"a"}), "");
  EXPECT_EQ(metadata_of(R"({"text":"t","a.b":true,"a\"":[]})", {R"(a\.b)", "a\""}), R"({"a\\.b":true,"a\"":[]})");
}

TEST(JsonMetadata, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(metadata_of(R"({"text":"t","a":"\u0041\/\u00e9\"\\\b\f\n\r\t\u0001\u001f\u007f\ud83d\ude00"})", {"a"}),
            "{\"a\":\"A/é\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f😀\"}");
}

TEST(JsonMetadata, OfAllIsTheObjectWithoutTheFieldsThatHaveAPlace) {
  EXPECT_EQ(all_of(R"({"id":1,"x": {"text" : "not this"} ,"text":"t","url":"u","y":[ ]})"), R"({"x":{"text":"not this"},"y":[]})");
  EXPECT_EQ(all_of(R"({"text":"t"})"), "");
  EXPECT_EQ(all_of(R"({"a":1,"text":"t","b":2,"a":3})"), R"({"b":2,"a":3})") << "of equal keys the last";
  const Read nested = read(R"({"doc":{"text":"t","title":"x","l":[1,2,{"k":5, "m":6}]},"z":"\u0061"})", [](InputSpec& spec) {
    spec.all_metadata = true;
    spec.text_field = "doc.text";
    spec.id_field = "doc.l.0";
    spec.date_field = "doc.l.2.k";
  });
  EXPECT_EQ(nested.own_id, "1");
  EXPECT_EQ(nested.metadata, R"({"doc":{"title":"x","l":[null,2,{"m":6}]},"z":"a"})");
}

TEST(JsonMetadata, IsKnownOfABadRecordAndForgottenByTheNext) {
  InputSpec spec;
  spec.metadata = {"a"};
  JsonLineParser parser(spec, InvalidUtf8::quarantine);
  EXPECT_EQ(read(parser, R"({"a":1})").metadata, R"({"a":1})");
  EXPECT_EQ(read(parser, R"({"text":"t"})").metadata, "");
  EXPECT_EQ(read(parser, R"({"text":"t","a":)").bad, Reason::json);
}

TEST(JsonMetadata, OfMillionMembersTakesNoLongerThanTheyAre) {
  std::string line = R"({"text":"t")";
  for (int i = 0; i < 500'000; ++i) line += ",\"k" + std::to_string(i % 250'000) + "\":0";
  line += '}';
  const std::string all = all_of(line);
  EXPECT_EQ(std::count(all.begin(), all.end(), ':'), 250'000);
}

TEST(JsonFields, RefuseAPathThatIsNone) {
  InputSpec spec;
  spec.url_field = "a..b";
  try {
    JsonLineParser parser(spec, InvalidUtf8::quarantine);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_THAT(error.what(), HasSubstr("'a..b' is no path"));
  }
}

/// Random objects of few keys, with white space and escapes.
class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}
  std::string object(int depth) {
    std::string made = "{";
    const int n = pick(5);
    for (int i = 0; i < n; ++i) made += (i ? " ," : "") + std::string("\"") + std::string(1, static_cast<char>('a' + pick(4))) + "\" : " + value(depth);
    return made + "}";
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }
  std::string value(int depth) {
    switch (pick(depth > 4 ? 4 : 6)) {
      case 0: return std::to_string(pick(100)) + (pick(2) ? ".5e1" : "");
      case 1: return "\"s\\u00e9\\n" + std::to_string(pick(9)) + "\"";
      case 2: return pick(2) ? "null" : "true";
      case 3: return "\"plain\"";
      case 4: return object(depth + 1);
      default: break;
    }
    std::string made = "[ ";
    const int n = pick(4);
    for (int i = 0; i < n; ++i) made += (i ? "," : "") + value(depth + 1);
    return made + "]";
  }
  std::mt19937 random_;
};

/// simdjson's DOM keeps the first of equal keys in lookups, so the last one is looked for here by hand.
bool find_by_dom(const simdjson::dom::element& root, const std::vector<std::string>& path, simdjson::dom::element& found) {
  found = root;
  for (const std::string& name : path) {
    simdjson::dom::object object;
    simdjson::dom::array array;
    bool there = false;
    if (found.get(object) == simdjson::SUCCESS) {
      simdjson::dom::element last;
      for (const auto field : object) {
        if (field.key == name) last = field.value, there = true;
      }
      if (there) found = last;
    } else if (found.get(array) == simdjson::SUCCESS && index_of_name(name)) {
      there = array.at(*index_of_name(name)).get(found) == simdjson::SUCCESS;
    }
    if (!there) return false;
  }
  return true;
}

TEST(JsonFields, AgreeWithAParserOfWholeDocuments) {
  const std::vector<std::string> paths = {"a", "a.b", "b.1", "c.0.a", "a.a.a", "d.b.c", "b.0.0"};
  simdjson::dom::parser dom;
  std::size_t texts = 0, items = 0;
  for (std::uint32_t seed = 0; seed < 8000; ++seed) {
    const std::string line = Maker(seed).object(0);
    const std::string& text_path = paths[seed % paths.size()];
    const Read ours = read(line, [&](InputSpec& spec) {
      spec.text_field = text_path;
      spec.metadata = paths;
    });
    const simdjson::dom::element root = dom.parse(line);
    simdjson::dom::element found;
    std::string_view text;
    const bool is_text = find_by_dom(root, *parse_field_path(text_path), found) && found.get(text) == simdjson::SUCCESS;
    ASSERT_EQ(ours.bad == Reason::none, is_text) << line << " " << text_path;
    if (is_text) {
      ASSERT_EQ(ours.text, text) << line;
    }
    std::size_t expected = 0;
    for (const std::string& path : paths) expected += find_by_dom(root, *parse_field_path(path), found) ? 1 : 0;
    texts += is_text ? 1 : 0;
    items += expected;
    ASSERT_EQ(ours.metadata.empty(), expected == 0) << line;
    if (expected == 0) continue;
    simdjson::dom::object metadata;
    simdjson::dom::parser again;
    ASSERT_EQ(again.parse(ours.metadata).get(metadata), simdjson::SUCCESS) << ours.metadata;
    ASSERT_EQ(metadata.size(), expected) << line << " " << ours.metadata;
  }
  EXPECT_GT(texts, 50u);
  EXPECT_GT(items, 1000u);
}

}  // namespace
}  // namespace quern
