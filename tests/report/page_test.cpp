#include "quern/report/page.hpp"

#include "quern/base/error.hpp"
#include "quern/report/report.hpp"
#include "quern/report/letters.hpp"
#include "report/page/html.hpp"
#include "report/stages.hpp"
#include "report/yaml.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace quern {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHostile = "</title></style><script>alert(\"1\")</script>' onload='x\x1b[31m\xe2\x80\xae\xf3\xa0\x81\x81\xff";

RunReport hostile_report() {
  RunReport report;
  report.version = report.output = report.digest = kHostile;
  report.job = nlohmann::json{{"input", kHostile}, {kHostile, 1}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  report.records = 10;
  report.kept = 4;
  report.removed = 5;
  report.quarantined = 1;
  report.by_reason.assign(static_cast<std::size_t>(Reason::count_), 0);
  report.by_reason[0] = 4;
  report.by_reason[static_cast<std::size_t>(Reason::near)] = 2;
  report.by_reason[static_cast<std::size_t>(Reason::gopher_words_min)] = 3;
  report.by_reason[static_cast<std::size_t>(Reason::json)] = 1;
  report.text_bytes_by_reason.assign(report.by_reason.size(), 0);
  report.text_bytes_by_reason[0] = 4000;
  report.sources = {{kHostile, report.by_reason, 4000, 900}};
  report.tokens = 900;
  report.wall_s = 2;
  report.ranks = 2;
  report.steps = {{kHostile, 1.5, {1.0, 0.25}, {1.5, 1.4}, {0, 0.1}}};
  report.quarantine = {{kHostile, 17, Reason::json, kHostile}};
  report.left_out = {kHostile};
  Figures& figures = report.figures.emplace();
  figures.languages = {{kHostile, 4, 900}};
  figures.lengths.assign(kLengthBins, 0);
  figures.lengths[30] = 4;
  figures.signals = {{kHostile, 1, 0, 1, 0, 0.5, 1, {0, 0.5, 1}, {1, 2}, 0, 0, false}};
  figures.clusters.clusters[1] = figures.clusters.records[1] = 2;
  figures.clusters.largest = {{3, 2, kHostile}};
  report.duplicates = {{Reason::near, {9, 10}, 2, {kHostile, kHostile, 100, 0, kHostile}, {kHostile, kHostile, 100, 0, std::string(kHostile) + " more"}}};
  return report;
}

TEST(Html, EscapesMarkupAndShowsWhatIsNotSeen) {
  EXPECT_EQ(page::text("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  EXPECT_EQ(page::text("a\nb\tc"), "a\nb\tc");
  EXPECT_EQ(page::text("\xe2\x80\xae"), "<span class=\"unseen\">U+202E</span>");
  EXPECT_EQ(page::attribute("\x1b\xe2\x80\x8b\""), "[U+001B][U+200B]&quot;");
  EXPECT_EQ(page::text("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(page::text("石臼 👩‍👧 می‌خواهم"), "石臼 👩‍👧 می‌خواهم");  // joiners belong to the writing
}

TEST(Html, WritesNumbersForPeople) {
  EXPECT_EQ(page::short_count(999), "999");
  EXPECT_EQ(page::short_count(1234), "1.23 k");
  EXPECT_EQ(page::short_count(999'999), "1.00 M");
  EXPECT_EQ(page::short_count(12'345'678), "12.3 M");
  EXPECT_EQ(page::short_bytes(1'500'000'000), "1.50 GB");
  EXPECT_EQ(page::short_time(0.5), "0.50 s");
  EXPECT_EQ(page::short_time(200), "3 min 20 s");
  EXPECT_EQ(page::short_time(7500), "2 h 5 min");
  EXPECT_EQ(page::percent(1, 3), "33.3 %");
  EXPECT_EQ(page::percent(0, 3), "0.0 %");
  EXPECT_EQ(page::percent(1, 1'000'000), "&lt; 0.01 %");
  EXPECT_EQ(page::percent(1, 0), "–");
}

TEST(Page, TakesNothingOfADocumentForMarkup) {
  const std::string page = report_page(report_json(hostile_report()), examples_json(hostile_report()));
  for (const char* part : {"<script", "alert(\"1\")", "onload='x", "\x1b", "\xe2\x80\xae", "\xf3\xa0\x81\x81"}) EXPECT_THAT(page, Not(HasSubstr(part))) << part;
  std::size_t shown = 0;
  for (std::size_t at = page.find("&lt;script&gt;"); at != std::string::npos; at = page.find("&lt;script&gt;", at + 1)) ++shown;
  EXPECT_GT(shown, 12u);
}

TEST(Page, HasEverySectionAndForbidsEverythingButItsStyle) {
  const std::string page = report_page(report_json(hostile_report()), examples_json(hostile_report()));
  for (const char* id : {"funnel", "sources", "languages", "lengths", "signals", "clusters", "steps", "quarantine", "job", "provenance"}) {
    EXPECT_THAT(page, HasSubstr(fmt::format("<section id=\"{}\"", id)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
  EXPECT_THAT(page, HasSubstr("cluster of 2"));
  EXPECT_THAT(page, HasSubstr("<mark>more</mark>"));
}

TEST(Page, IsMadeOfAReportWithoutFiguresToo) {
  RunReport report = hostile_report();
  report.figures.reset();
  report.duplicates.clear();
  report.text_bytes_by_reason.clear();
  report.steps.clear();
  const std::string page = report_page(report_json(report));
  EXPECT_THAT(page, HasSubstr("<section id=\"funnel\""));
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"signals\"")));
}

TEST(Page, RefusesWhatIsNoReport) {
  for (const char* bad : {"", "{", "[]", "{}", "{\"counts\": 3}", "{\"counts\": {\"kept\": 1, \"by_reason\": {\"near\": \"x\"}}}"}) {
    EXPECT_THROW(report_page(bad), Error) << bad;
  }
}

TEST(Funnel, AddsUp) {
  const auto report = nlohmann::ordered_json::parse(report_json(hostile_report()));
  const Funnel funnel = funnel_of(report);
  EXPECT_EQ(funnel.records, 10u);
  EXPECT_EQ(funnel.rows.size(), 3u);
  EXPECT_EQ(funnel.rows[0].reason, "json");
  EXPECT_EQ(funnel.rows[1].reason, "gopher_words_min");
  EXPECT_EQ(funnel.rows[2].reason, "near");
  EXPECT_EQ(funnel.kept_bytes, 4000u);
  auto wrong = report;
  wrong["counts"]["kept"] = 5;
  EXPECT_THROW(funnel_of(wrong), Error);
}

TEST(Stages, EveryReasonHasItsOwn) {
  EXPECT_EQ(stage_of("exact"), FunnelStage::exact);
  EXPECT_EQ(stage_of("warc"), FunnelStage::read);
  EXPECT_EQ(stage_of("utf8"), FunnelStage::read);
  EXPECT_EQ(stage_of("language_score"), FunnelStage::language);
  EXPECT_EQ(stage_of("nemo_numbers"), FunnelStage::filter);
  EXPECT_EQ(stage_of("of a later program"), FunnelStage::filter);
}

TEST(Yaml, WritesJobsAsPeopleDo) {
  const auto json = nlohmann::ordered_json::parse(R"({"input":[{"path":"a b","format":"jsonl"}],"keep":["en","no","1"],"near":{},"count":3,"n":3})");
  EXPECT_EQ(to_yaml(json), "input:\n  - path: \"a b\"\n    format: jsonl\nkeep: [en, \"no\", \"1\"]\nnear: {}\ncount: 3\n\"n\": 3\n");
}

TEST(Terminal, SharesOfDocumentsCountTheirCopies) {
  RunReport report = hostile_report();
  report.documents = 12;
  report.figures->languages = {{"en", 10, 900}, {"de", 2, 900}};
  report.figures->lengths[30] = 12;
  const std::string letters = report_in_letters(report_json(report), {.ascii = true, .color = false, .width = 100});
  for (const char* share : {"83.3 %", "16.7 %", "100.0 %"}) EXPECT_THAT(letters, HasSubstr(share));
  EXPECT_THAT(letters, Not(HasSubstr("300.0 %")));
}

TEST(Terminal, TheTableOfARunDoesNotSteerItEither) {
  RunReport report = hostile_report();
  report.output = "out";
  report.digest = "0";
  report.sources.push_back({"plain", report.by_reason, 4000, 900});
  const std::string table = report_table(report);
  EXPECT_THAT(table, HasSubstr("<U+001B>"));
  for (const char* steers : {"\x1b", "\xe2\x80\xae"}) EXPECT_THAT(table, Not(HasSubstr(steers)));
}

TEST(Page, NamesTheColourOfEachStep) {
  const std::string page = report_page(report_json(hostile_report()), "");
  EXPECT_THAT(page, HasSubstr("<span class=\"swatch turn0\""));
  EXPECT_THAT(page, HasSubstr("100 % of all steps"));
}

TEST(Page, QuarantinedIsColouredOnlyWhenThereIsSome) {
  RunReport report = hostile_report();
  const auto coloured = [&] { return report_page(report_json(report), "").find("<div class=\"card read\">") != std::string::npos; };
  EXPECT_TRUE(coloured());
  report.quarantined = 0;
  EXPECT_FALSE(coloured());
}

TEST(Terminal, ShowsTheSameWithoutSteeringIt) {
  for (const bool ascii : {false, true}) {
    const std::string letters = report_in_letters(report_json(hostile_report()), {.ascii = ascii, .color = false, .width = 100});
    for (const char* part : {"gopher_words_min", "kept", "Tokens of a document", "Clusters", "Time"}) EXPECT_THAT(letters, HasSubstr(part));
    EXPECT_THAT(letters, Not(HasSubstr("\x1b")));
    EXPECT_EQ(letters.find("█") == std::string::npos, ascii);
  }
  EXPECT_THAT(report_in_letters(report_json(hostile_report()), {.ascii = false, .color = true, .width = 100}), HasSubstr("\x1b[36m"));
}

TEST(Terminal, BarsAreAsLongAsTheirPart) {
  const TerminalStyle ascii{.ascii = true};
  EXPECT_EQ(letter_bar(1, 2, 10, ascii), "#####     ");
  EXPECT_EQ(letter_bar(0, 2, 4, ascii), "    ");
  EXPECT_EQ(letter_bar(1, 1'000'000, 4, ascii), "#   ");
  EXPECT_EQ(letter_bar(2, 2, 3, ascii), "###");
  EXPECT_EQ(letter_bar(3, 16, 2, {}), "▍ ");
}

TEST(Terminal, ShowsDifferencesWithAFewWordsAround) {
  std::string same;
  for (int i = 0; i < 100; ++i) same += "w" + std::to_string(i) + " ";
  const std::string shown_text = differences_in_letters(same + "old\x1b", same + "new", {});
  EXPECT_THAT(shown_text, HasSubstr("[-old<U+001B>-]{+new+}"));
  EXPECT_THAT(shown_text, HasSubstr("w99"));
  EXPECT_THAT(shown_text, HasSubstr("[... 88 words ...]"));
  EXPECT_THAT(shown_text, Not(HasSubstr("w50")));
}

}  // namespace
}  // namespace quern
