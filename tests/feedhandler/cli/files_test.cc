// Outputs never harm an input, another output, or what is no regular file of their own; and what
// could not be written fails, for every verb.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/platform.h"

namespace fh::test {
namespace {

namespace fs = std::filesystem;

constexpr char kOld[] = "of an earlier run, and precious\n";

class Files : public testing::Test {
 protected:
  void SetUp() override {
    WriteDay(capture_, {.seed = 3, .messages = 2400});
    bytes_ = ReadFile(capture_);
    WriteFile(config_,
              "feed { name: \"itch50\" codec: \"itch50\" channel { id: 1 "
              "line { group: \"239.255.1.1:26400\" } line { group: \"239.255.1.2:26400\" } } } "
              "strategy_thread { strategy { name: \"null\" } }");
    config_text_ = ReadFile(config_);
    WriteFile(old_, kOld);
  }

  // Refused as wrong usage, with these texts, and nothing was changed, made or left behind.
  void ExpectRefused(const std::vector<std::string>& arguments,
                     const std::vector<std::string>& said, const std::string& input = "/dev/null") {
    const std::vector<std::string> before = Names();
    const ChildResult result = Feedhandler(arguments, input);
    EXPECT_EQ(result.exit_code, 2) << result;
    for (const std::string& text : said) {
      EXPECT_TRUE(absl::StrContains(result.error, text)) << "lacks: " << text << "\n" << result;
    }
    ExpectUntouched();
    EXPECT_EQ(Names(), before);
  }

  void ExpectUntouched() {
    EXPECT_TRUE(ReadFile(capture_) == bytes_);
    EXPECT_EQ(ReadFile(config_), config_text_);
    EXPECT_EQ(ReadFile(old_), kOld);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // Every name under which the capture can be reached.
  std::vector<std::string> NamesOfTheCapture() {
    fs::create_symlink("day.pcap", folder_ / "link.pcap");
    fs::create_symlink(folder_ / "link.pcap", folder_ / "link_to_link.pcap");
    fs::create_hard_link(capture_, folder_ / "hard.pcap");
    fs::create_directory(folder_ / "below");
    fs::create_directory_symlink(folder_.path(), folder_ / "below/up");
    return {capture_,
            folder_ / "./day.pcap",
            folder_ / "below/../day.pcap",
            folder_ / "below/up/day.pcap",
            folder_ / "link.pcap",
            folder_ / "link_to_link.pcap",
            folder_ / "hard.pcap",
            fs::relative(capture_).string(),
            absl::StrCat("/proc/self/root", capture_),
            absl::StrCat("/proc/self/cwd/", fs::relative(capture_).string())};
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
  const std::string config_ = folder_ / "day.textproto";
  const std::string old_ = folder_ / "old.csv";
  std::string bytes_;
  std::string config_text_;
};

// A schema that the CME codec takes, and a configuration that names it.
constexpr char kSchema[] = R"(<?xml version="1.0"?>
<sbe:messageSchema xmlns:sbe="http://fixprotocol.io/2016/sbe" package="mktdata" id="1" version="9"
                   byteOrder="littleEndian" headerType="messageHeader">
  <types>
    <composite name="messageHeader">
      <type name="blockLength" primitiveType="uint16"/>
      <type name="templateId" primitiveType="uint16"/>
      <type name="schemaId" primitiveType="uint16"/>
      <type name="version" primitiveType="uint16"/>
    </composite>
  </types>
  <sbe:message name="AdminHeartbeat" id="12" blockLength="0"/>
</sbe:messageSchema>
)";

TEST_F(Files, OutputsNeverGoIntoTheSchema) {
  const std::string schema = folder_ / "cme.xml";
  const std::string config = folder_ / "cme.textproto";
  WriteFile(schema, kSchema);
  WriteFile(config, absl::StrCat("feed { name: \"f\" codec: \"cme_mdp3\" schema: \"", schema,
                                 "\" channel { line { group: \"239.1.1.1:1\" } } }\n"
                                 "strategy_thread { strategy { name: \"count\" } }\n"));
  const ChildResult check = Feedhandler({"check", config});
  EXPECT_EQ(check.exit_code, 0) << check;
  fs::create_symlink(schema, folder_ / "link.xml");
  for (const std::string& name : {schema, folder_ / "link.xml"}) {
    for (const char* option : {"--updates=", "--metrics="}) {
      const ChildResult replay =
          Feedhandler({"replay", capture_, "--config=" + config, option + name});
      EXPECT_EQ(replay.exit_code, 2) << replay;
      EXPECT_TRUE(absl::StrContains(replay.error, "the schema") ||
                  absl::StrContains(replay.error, "will not replace"))
          << replay;
      EXPECT_EQ(ReadFile(schema), kSchema) << option << name;
    }
  }
}

TEST_F(Files, CheckSaysThatASchemaIsNotThere) {
  const std::string config = folder_ / "cme.textproto";
  WriteFile(config,
            "feed { name: \"f\" codec: \"cme_mdp3\" schema: \"none.xml\" channel { line { "
            "group: \"239.1.1.1:1\" } } }\nstrategy_thread { strategy { name: \"count\" } }\n");
  const ChildResult check = Feedhandler({"check", config});
  EXPECT_EQ(check.exit_code, 2) << check;
  EXPECT_TRUE(absl::StrContains(check.error, "none.xml")) << check;
}

TEST_F(Files, UpdatesAndMetricsNeverGoIntoTheCaptureWhateverItIsCalled) {
  for (const std::string& name : NamesOfTheCapture()) {
    ExpectRefused({"replay", capture_, "--updates=" + name}, {name, "is the capture"});
    ExpectRefused({"replay", capture_, "--metrics=" + name}, {name, "is the capture"});
    ExpectRefused({"replay", name, "--updates=" + capture_}, {"is the capture"});
    ExpectRefused({"replay", capture_, "--strategy=print:format=json,output=" + name},
                  {name, "is the capture"});
  }
}

TEST_F(Files, NorIntoOneOfSeveralCapturesNorStandardInput) {
  SplitByGroup(capture_, folder_ / "a.pcap", folder_ / "b.pcap");
  const std::string b = ReadFile(folder_ / "b.pcap");
  ExpectRefused(
      {"replay", folder_ / "a.pcap", folder_ / "b.pcap", "--updates=" + (folder_ / "b.pcap")},
      {"is the capture"});
  EXPECT_TRUE(ReadFile(folder_ / "b.pcap") == b);
  ExpectRefused(
      {"replay", "-", "--codec=itch50", "--line=239.255.1.1:26400", "--updates=" + capture_},
      {"is standard input"}, capture_);
  ExpectRefused(
      {"replay", "-", "--codec=itch50", "--line=239.255.1.1:26400", "--updates=/dev/stdin"},
      {"is standard input"}, capture_);
}

TEST_F(Files, NorThroughADescriptorThatLeadsToTheCapture) {
  for (const char* name : {"/dev/fd/7", "/proc/self/fd/7"}) {
    const ChildResult result =
        RunChild("/bin/sh", {"-c", absl::StrCat(kProgram, " replay ", capture_, " --updates=", name,
                                                " 7<>", capture_)});
    EXPECT_EQ(result.exit_code, 2) << result;
    ExpectUntouched();
  }
}

TEST_F(Files, NorThroughStandardOutput) {
  for (const char* verb : {"inspect", "decode", "replay --updates=-"}) {
    const ChildResult result = RunChild(
        "/bin/sh", {"-c", absl::StrCat(kProgram, " ", verb, " ", capture_, " >>", capture_)});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_TRUE(absl::StrContains(result.error, "standard output is the capture")) << result;
    ExpectUntouched();
  }
}

TEST_F(Files, ConfigurationsAndPluginsAreInputsToo) {
  ExpectRefused({"replay", capture_, "--config=" + config_, "--updates=" + config_},
                {"is the configuration"});
  ExpectRefused({"replay", capture_, "--config=" + config_, "--metrics=" + config_},
                {"is the configuration"});
  ExpectRefused({"run", config_, "--metrics=" + config_}, {"is the configuration"});
  const std::string plugin = folder_ / "mine.so";
  fs::copy_file(kExamplePlugin, plugin);
  const std::string library = ReadFile(plugin);
  ExpectRefused({"replay", capture_, "--updates=" + plugin, "--strategy=" + plugin},
                {"is the plugin"});
  ExpectRefused({"replay", capture_, "--strategy=" + plugin, "--strategy=print:output=" + plugin},
                {"is the plugin"});
  EXPECT_TRUE(ReadFile(plugin) == library);
  WriteFile(config_,
            absl::StrCat(config_text_.substr(0, config_text_.size() - 2),
                         " strategy { name: \"print\" parameters: \"output=", config_, "\" } }"));
  config_text_ = ReadFile(config_);
  ExpectRefused({"run", config_}, {"is the configuration"});
}

TEST_F(Files, TwoOutputsAreNeverOneFile) {
  const std::string one = folder_ / "one.csv";
  fs::create_symlink("one.csv", folder_ / "link.csv");
  fs::create_directory(folder_ / "below");
  for (const std::string& other :
       {one, folder_ / "./one.csv", folder_ / "below/../one.csv", folder_ / "link.csv"}) {
    ExpectRefused({"replay", capture_, "--updates=" + one, "--strategy=print:output=" + other},
                  {"output=" + one, "output=" + other, "are the same file"});
    ExpectRefused({"replay", capture_, "--updates=" + other, "--metrics=" + one},
                  {"output=" + other, "--metrics=" + one, "are the same file"});
  }
  for (const std::string other : {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    ExpectRefused({"replay", capture_, "--updates=-", "--strategy=print:output=" + other},
                  {"output=-", "output=" + other, "are both standard output"});
  }
  ExpectRefused({"replay", capture_, "--updates=-", "--strategy=print"},
                {"are both standard output"});
}

TEST_F(Files, TwoThreadsOfAConfigurationDoNotShareAnOutputEither) {
  WriteFile(config_, absl::StrCat(config_text_,
                                  " strategy_thread { strategy { name: \"print\" parameters: "
                                  "\"output=",
                                  old_,
                                  "\" } } strategy_thread { strategy { name: "
                                  "\"print\" parameters: \"format=json,output=",
                                  old_, "\" } }"));
  config_text_ = ReadFile(config_);
  ExpectRefused({"run", config_}, {"are the same file"});
  ExpectRefused({"replay", capture_, "--config=" + config_}, {"are the same file"});
}

TEST_F(Files, AnOldOutputIsThereUntilAllOfStartUpWentWell) {
  const std::string updates = "--updates=" + old_;
  ExpectRefused({"replay", capture_, updates, "--codec=iex_deep10"}, {"nothing looks like"});
  ExpectRefused({"replay", capture_, updates, "--codec=nope"}, {"nope"});
  ExpectRefused({"replay", capture_, folder_ / "none.pcap", updates}, {"none.pcap"});
  ExpectRefused({"replay", capture_, config_, updates}, {"not a packet capture"});
  ExpectRefused({"replay", capture_, updates, "--strategy=./none.so"}, {"none.so"});
  ExpectRefused({"replay", capture_, updates, "--strategy=count:nope=1"}, {"nope"});
  ExpectRefused({"replay", capture_, updates, "--metrics=" + config_}, {"not from an earlier run"});
  ExpectRefused({"replay", capture_, updates, "--day=never"}, {"never"});
  ExpectRefused({"replay", capture_, updates, "--format=xml"}, {"xml"});
  ExpectRefused({"replay", "-", "--codec=itch50", "--line=239.255.1.1:26400", updates},
                {"not a packet capture"}, config_);
  // Of a live run the sockets are the last that can fail.
  const std::string live =
      absl::StrCat("feed { name: \"f\" codec: \"itch50\" channel { id: 1 line { group: \"",
                   TestGroup(0).ToString(),
                   "\" interface: \"eth77\" } } } strategy_thread { strategy { name: "
                   "\"print\" parameters: \"output=",
                   old_, "\" } }");
  WriteFile(config_, live);
  config_text_ = live;
  ExpectRefused({"run", config_}, {"eth77"});
  ExpectRefused({"run", config_, "--metrics=" + (folder_ / "m.prom")}, {"eth77"});
}

TEST_F(Files, AnOutputThatIsAllowedReplacesWhatWasThere) {
  // Without the time at which a batch was shown, which is another one in each run.
  const ChildResult result =
      Feedhandler({"replay", capture_, "--updates=" + old_, "--without=ts_recv"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StartsWith(ReadFile(old_), "ts_event_ns,")) << ReadFile(old_).substr(0, 100);
  const std::string odd = folder_ / "a,b = c\\,.csv";
  const ChildResult comma =
      Feedhandler({"replay", capture_, "--updates=" + odd, "--without=ts_recv"});
  EXPECT_EQ(comma.exit_code, 0) << comma;
  EXPECT_TRUE(ReadFile(odd) == ReadFile(old_));
}

TEST_F(Files, DevicesAndPipesAreWrittenToAndStayWhatTheyAre) {
  const ChildResult null =
      Feedhandler({"replay", capture_, "--updates=/dev/null", "--metrics=/dev/null",
                   "--strategy=print:output=/dev/null"});
  EXPECT_EQ(null.exit_code, 0) << null;
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  fs::create_symlink("/dev/null", folder_ / "null");
  EXPECT_EQ(Feedhandler({"replay", capture_, "--metrics=" + (folder_ / "null")}).exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "null"));
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  ChildProcess reader("/bin/cat", {folder_ / "pipe"});
  const ChildResult piped = Feedhandler({"replay", capture_, "--metrics=" + (folder_ / "pipe")});
  EXPECT_EQ(piped.exit_code, 0) << piped;
  EXPECT_EQ(Metric(reader.Wait().output, "messages_total"), 2400) << piped;
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
  ExpectRefused({"replay", capture_, "--updates=" + folder_.path().string()}, {"is a folder"});
  ExpectRefused({"replay", capture_, "--metrics=" + folder_.path().string()}, {"is a folder"});
}

TEST_F(Files, MetricsReplaceOnlyWhatIsFromAnEarlierRun) {
  const std::string metrics = folder_ / "day.prom";
  for (int run = 0; run < 2; ++run) {
    const ChildResult result = Feedhandler({"replay", capture_, "--metrics=" + metrics});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(Metric(ReadFile(metrics), "messages_total"), 2400);
  }
  fs::create_symlink("day.prom", folder_ / "link.prom");
  EXPECT_EQ(Feedhandler({"replay", capture_, "--metrics=" + (folder_ / "link.prom")}).exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.prom"));
  ExpectRefused({"replay", capture_, "--metrics=" + old_}, {old_, "not from an earlier run"});
  // Names beside the file that somebody may have: none is touched, none is left.
  WriteFile(metrics + ".new", "precious");
  const std::vector<std::string> before = Names();
  EXPECT_EQ(Feedhandler({"replay", capture_, "--metrics=" + metrics}).exit_code, 0);
  EXPECT_EQ(ReadFile(metrics + ".new"), "precious");
  EXPECT_EQ(Names(), before);
}

TEST_F(Files, GenerateFollowsTheSameRules) {
  ExpectRefused({"generate", old_, "--messages=5"}, {"at least"});
  ExpectRefused({"generate", old_, "--group=here"}, {"'here'"});
  ExpectRefused({"generate", folder_.path()}, {"is a folder"});
  fs::create_symlink("old.csv", folder_ / "link");
  for (const std::string format : {"pcap", "records"}) {
    const ChildResult result = Feedhandler(
        {"generate", folder_ / "link", "--messages=9000", "--symbols=40", "--format=" + format});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
    EXPECT_GT(fs::file_size(old_), 100'000u);
    EXPECT_EQ(Feedhandler({"generate", "/dev/null", "--messages=9000", "--symbols=40",
                           "--format=" + format})
                  .exit_code,
              0);
  }
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Files, WhatAFullDiskDoesNotTakeFailsForEveryVerb) {
  if (!HasFullDevice()) GTEST_SKIP() << kNoFullDevice;
  const std::string records = folder_ / "day.itch";
  ASSERT_EQ(
      Feedhandler({"generate", records, "--format=records", "--messages=9000", "--symbols=40"})
          .exit_code,
      0);
  const std::vector<std::vector<std::string>> all{
      {"--help"},
      {"replay", "--help"},
      {"codecs"},
      {"backends"},
      {"version"},
      {"check", config_},
      {"doctor"},
      {"doctor", "--json"},
      {"tune", "--seconds=0", "--sockets-only"},
      {"inspect", capture_},
      {"inspect", capture_, "--json"},
      {"inspect", capture_, "--config"},
      {"inspect", records},
      {"decode", capture_},
      {"decode", records},
      {"replay", capture_, "--updates=-"},
      {"replay", capture_, "--updates=-", "--format=json"},
      {"replay", capture_, "--updates=/dev/full"},
      {"replay", capture_, "--metrics=/dev/full"},
      {"generate", "-", "--messages=9000", "--symbols=40"},
      {"generate", "-", "--messages=9000", "--symbols=40", "--format=records"},
      {"generate", "/dev/full", "--messages=9000", "--symbols=40"},
      {"generate", "/dev/full", "--messages=9000", "--symbols=40", "--format=records"},
      {"demo", "--messages=9000", "--symbols=40"},
      {"join", "127.0.0.1:1", "--seconds=0"},
  };
  for (const std::vector<std::string>& arguments : all) {
    ChildProcess child(kProgram, arguments, "/dev/null", "/dev/full");
    const ChildResult result = child.Wait();
    EXPECT_EQ(result.exit_code, 1) << arguments[0] << ": " << result;
    EXPECT_TRUE(absl::StrContains(result.error, "No space left on device"))
        << arguments[0] << ": " << result;
  }
}

TEST_F(Files, AStandardStreamThatIsClosedIsNotTheFileThatIsOpenedNext) {
  const ChildResult result =
      RunChild("/bin/sh", {"-c", absl::StrCat(kProgram, " inspect ", capture_, " >&-")});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "standard output could not be written")) << result;
  const ChildResult silent = RunChild(
      "/bin/sh",
      {"-c", absl::StrCat(kProgram, " replay ", capture_, " --updates=", old_, " >&- 2>&- <&-")});
  EXPECT_EQ(silent.exit_code, 0) << silent;
  EXPECT_TRUE(absl::StartsWith(ReadFile(old_), "ts_event_ns,"));
  EXPECT_FALSE(absl::StrContains(ReadFile(old_), "Channels"));
}

TEST_F(Files, StandardErrorInAFileKeepsItsMessages) {
  const std::string log = folder_ / "log";
  const ChildResult result = RunChild(
      "/bin/sh",
      {"-c", absl::StrCat(kProgram, " replay ", capture_, " --updates=", log, " 2>>", log)});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(ReadFile(log), "is standard error")) << ReadFile(log);
}

}  // namespace
}  // namespace fh::test
