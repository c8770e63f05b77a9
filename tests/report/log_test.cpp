#include "quern/report/log.hpp"

#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <filesystem>
#include <sstream>

namespace quern {
namespace {

using Json = nlohmann::json;

TEST(LogLine, IsJsonWhateverTheMessageHolds) {
  const std::string hostile[] = {"plain", "\"quoted\" \\ back", "two\nlines\r\n", std::string("zero\0byte", 9), "\x01\x1f\x7f", "bad utf-8: \xff\xc3(",
                                 "{\"json\": 1}", "\u2028 \U0001F600"};
  for (const std::string& message : hostile) {
    const std::string line = log_line(1'500'000'000'123'456'789, "info", 3, "node\"1", "map", message, {{"path", message}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const Json parsed = Json::parse(line);
    EXPECT_EQ(parsed.at("rank"), 3);
    EXPECT_EQ(parsed.at("host"), "node\"1");
    EXPECT_EQ(parsed.at("path"), parsed.at("message"));
  }
}

TEST(LogLine, SaysWhenAndWhat) {
  EXPECT_EQ(log_line(1'500'000'000'123'456'789, "warn", 0, "h", "map", "m", {{"documents", std::uint64_t{7}}, {"seconds", 0.5}, {"nothing", std::nan("")}}),
            R"({"time":"2017-07-14T02:40:00.123456Z","level":"warn","rank":0,"host":"h","step":"map","message":"m","documents":7,"seconds":0.500000,"nothing":null})");
}

class Log : public testing::Test {
 protected:
  Log() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>()));
    spec_.folder = folder_.path() + "/logs";
  }
  ~Log() override {
    close_log();
    spdlog::set_default_logger(before_);
  }

  std::vector<Json> lines(const std::string& name) const {
    std::vector<Json> parsed;
    std::istringstream file(read_file(spec_.folder + "/" + name));
    for (std::string line; std::getline(file, line);) parsed.push_back(Json::parse(line));
    return parsed;
  }

  test::TempFolder folder_;
  LogSpec spec_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(Log, TakesMessagesAndEventsOfItsLevel) {
  spec_.level = LogLevel::warn;
  open_log(spec_, 7);
  spdlog::info("not this one");
  spdlog::warn("a warning");
  log_event(LogLevel::info, "nor this one");
  log_event(LogLevel::error, "an error", {{"bytes", std::uint64_t{5}}});
  const auto parsed = lines("rank-00007.jsonl");  // not closed: what was said is there
  ASSERT_EQ(parsed.size(), 2u);
  EXPECT_EQ(parsed[0].at("message"), "a warning");
  EXPECT_EQ(parsed[0].at("level"), "warn");
  EXPECT_EQ(parsed[1].at("message"), "an error");
  EXPECT_EQ(parsed[1].at("bytes"), 5);
  EXPECT_FALSE(parsed[0].contains("bytes"));
}

TEST_F(Log, KeepsSoManyFilesOfSuchASize) {
  spec_.max_bytes = 4096;
  spec_.files = 3;
  open_log(spec_, 0);
  for (int i = 0; i < 400; ++i) log_event(LogLevel::info, fmt::format("line {}", i));
  std::size_t files = 0, all = 0;
  for (const auto& entry : std::filesystem::directory_iterator(spec_.folder)) {
    ++files;
    EXPECT_LE(entry.file_size(), 4096u);
    all += lines(entry.path().filename().string()).size();
  }
  EXPECT_EQ(files, 3u);
  EXPECT_GT(all, 40u);
  EXPECT_EQ(lines("rank-00000.jsonl").back().at("message"), "line 399");
}

TEST_F(Log, SaysWhereItCannotBeMade) {
  publish_file(spec_.folder, "a file");
  EXPECT_THROW(open_log(spec_, 0), Error);
}

TEST_F(Log, WithoutAFolderThereIsNone) {
  spec_.folder.clear();
  open_log(spec_, 0);
  log_event(LogLevel::error, "nowhere");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace quern
