// `decode`, `replay` and `inspect` agree on what a file holds, however it is damaged; and decode's
// exit code says whether something was lost.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "replay/capture_reader.h"
#include "replay/capture_writer.h"
#include "tests/captures.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/replay/capture_bytes.h"
#include "tests/seeds.h"

namespace fh::test {
namespace {

using nlohmann::json;

constexpr size_t kIp = 14;
constexpr size_t kUdp = kIp + 20;
constexpr size_t kPayload = kUdp + 8;
constexpr size_t kMoldHeader = 20;

// A frame of a capture while it is being damaged.
struct Damaged {
  Bytes bytes;
  uint32_t original = 0;  // 0: as long as it is.
};

void SetLengths(Bytes& frame, size_t payload) {
  const auto set = [&frame](size_t at, size_t value) {
    frame[at] = static_cast<uint8_t>(value >> 8);
    frame[at + 1] = static_cast<uint8_t>(value);
  };
  set(kIp + 2, 20 + 8 + payload);
  set(kUdp + 4, 8 + payload);
}

// What can happen to a frame, each by name.
using Damage = void (*)(Damaged& frame, std::mt19937& random);
const std::map<std::string, Damage>& Damages() {
  static const std::map<std::string, Damage> damages{
      {"cut_in_the_payload",
       [](Damaged& frame, std::mt19937& random) {
         frame.original = static_cast<uint32_t>(frame.bytes.size());
         frame.bytes.resize(kPayload + random() % (frame.bytes.size() - kPayload));
       }},
      {"cut_in_the_headers",
       [](Damaged& frame, std::mt19937& random) {
         frame.original = static_cast<uint32_t>(frame.bytes.size());
         frame.bytes.resize(random() % kPayload);
       }},
      {"shorter_than_announced",  // The datagram is whole, its messages are not.
       [](Damaged& frame, std::mt19937& random) {
         const size_t left = random() % (frame.bytes.size() - kPayload);
         frame.bytes.resize(kPayload + left);
         SetLengths(frame.bytes, left);
       }},
      {"bytes_behind",
       [](Damaged& frame, std::mt19937& random) {
         frame.bytes.resize(frame.bytes.size() + 1 + random() % 40, 'x');
         SetLengths(frame.bytes, frame.bytes.size() - kPayload);
       }},
      {"first_fragment", [](Damaged& frame, std::mt19937&) { frame.bytes[kIp + 6] = 0x20; }},
      {"later_fragment", [](Damaged& frame, std::mt19937&) { frame.bytes[kIp + 7] = 0x40; }},
      {"udp_length", [](Damaged& frame, std::mt19937&) { frame.bytes[kUdp + 4] = 0xff; }},
      {"ip_version", [](Damaged& frame, std::mt19937&) { frame.bytes[kIp] = 0x95; }},
      {"runt", [](Damaged& frame, std::mt19937& random) { frame.bytes.resize(random() % kIp); }},
      {"other_group",
       [](Damaged& frame, std::mt19937&) {
         frame.bytes[kIp + 16] = 238;
         std::fill(frame.bytes.begin() + kPayload, frame.bytes.end(), 'z');
       }},
      {"tcp", [](Damaged& frame, std::mt19937&) { frame.bytes[kIp + 9] = 6; }},
      {"arp", [](Damaged& frame, std::mt19937&) { frame.bytes[13] = 6; }},
      {"message_count",
       [](Damaged& frame, std::mt19937& random) {
         frame.bytes[kPayload + 19] = static_cast<uint8_t>(random());
       }},
      {"message_length",
       [](Damaged& frame, std::mt19937& random) {
         if (frame.bytes.size() > kPayload + kMoldHeader + 2) {
           frame.bytes[kPayload + kMoldHeader + 1] = static_cast<uint8_t>(random());
         }
       }},
      {"message_type",
       [](Damaged& frame, std::mt19937&) {
         if (frame.bytes.size() > kPayload + kMoldHeader + 3) {
           frame.bytes[kPayload + kMoldHeader + 2] = '~';
         }
       }},
      {"session",
       [](Damaged& frame, std::mt19937& random) {
         frame.bytes[kPayload + random() % 10] = static_cast<uint8_t>(random());
       }},
      {"sequence_number",
       [](Damaged& frame, std::mt19937& random) {
         frame.bytes[kPayload + 10 + random() % 8] ^= static_cast<uint8_t>(1 + random() % 255);
       }},
  };
  return damages;
}

// A capture with every `every`th frame damaged, the first ones left alone lest nothing be known of
// the groups.
void DamageCapture(const std::string& from, const std::string& to,
                   const std::vector<Damage>& damages, uint32_t seed, uint32_t every) {
  constexpr uint64_t kFirst = 40;
  auto reader = replay::CaptureReader::Open(from);
  auto writer = replay::CaptureWriter::Open(to);
  ASSERT_TRUE(reader.ok() && writer.ok());
  std::mt19937 random(seed);
  replay::CapturedFrame frame;
  while ((*reader)->Next(frame) == replay::ReadResult::kFrame) {
    Damaged damaged{.bytes = Bytes(frame.bytes.begin(), frame.bytes.end())};
    if (frame.number > kFirst && random() % every == 0) {
      damages[random() % damages.size()](damaged, random);
    }
    ASSERT_TRUE((*writer)->WriteFrame(frame.stamp_ns, damaged.bytes, damaged.original).ok());
  }
  ASSERT_TRUE((*writer)->Close().ok());
}

// What a verb says of frames: the lines under "Capture".
std::vector<std::string> CaptureLines(const std::string& text) {
  std::vector<std::string> lines;
  bool within = false;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    within = line == "Capture" || (within && absl::StartsWith(line, "  "));
    if (within) lines.emplace_back(line);
  }
  return lines;
}

struct Seen {
  ChildResult decode;
  ChildResult replay;
  uint64_t decoded = 0;    // Lines of decode.
  uint64_t replayed = 0;   // Messages that the lines of a replay brought.
  uint64_t inspected = 0;  // Messages that inspect counts.
};

Seen Look(const std::vector<std::string>& captures) {
  const auto run = [&captures](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, captures.begin(), captures.end());
    return Feedhandler(arguments);
  };
  Seen seen{.decode = run({"decode"}), .replay = run({"replay", "--metrics=-"})};
  seen.decoded =
      static_cast<uint64_t>(std::count(seen.decode.output.begin(), seen.decode.output.end(), '\n'));
  seen.replayed =
      static_cast<uint64_t>(Metric(seen.replay.error, "line_messages_total").value_or(0));
  const json inspected = json::parse(run({"inspect", "--json", "--top=100000"}).output);
  for (const json& stream : inspected["streams"]) {
    if (!stream["codec"].is_null()) seen.inspected += stream["messages"].get<uint64_t>();
  }
  return seen;
}

void ExpectAgreement(const Seen& seen, const std::string& what) {
  EXPECT_GT(seen.decoded, 0u) << what << seen.decode.error;
  EXPECT_EQ(seen.decoded, seen.replayed) << what << seen.decode.error << seen.replay.error;
  EXPECT_EQ(seen.decoded, seen.inspected) << what;
  EXPECT_EQ(CaptureLines(seen.decode.error), CaptureLines(seen.replay.error)) << what;
}

class Agreement : public testing::Test {
 protected:
  void SetUp() override {
    WriteDay(capture_, {.seed = 11, .messages = 3000, .loss_a = 0.02, .reordering = 0.02});
  }

  Seen LookAt(const std::vector<Damage>& damages, uint32_t seed, uint32_t every) {
    DamageCapture(capture_, folder_ / "damaged.pcap", damages, seed, every);
    return Look({folder_ / "damaged.pcap"});
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
};

TEST_F(Agreement, OfAWholeCaptureNothingIsLost) {
  const Seen seen = Look({capture_});
  ExpectAgreement(seen, "whole");
  EXPECT_EQ(seen.decode.exit_code, 0) << seen.decode.error;
}

// Each kind of damage alone: the same messages for all three, said by name, and the exit code.
TEST_F(Agreement, OfEveryKindOfDamage) {
  const std::map<std::string, std::string> lost{
      {"cut_in_the_payload", "messages cut off by the capture (snap length) in"},
      {"cut_in_the_headers", "cut off by the capture before the end of their headers"},
      {"shorter_than_announced", "that do not hold them"},
      {"first_fragment", "LOST: "},
      {"later_fragment", "fragments, which are not put together"},
      {"udp_length", "malformed (UDP "},
      {"ip_version", "malformed (IPv4 "},
      {"runt", "malformed (link "},
      {"message_count", "messages announced by"},
      {"message_length", "messages shorter than their type demands"},
  };
  const std::map<std::string, std::string> harmless{
      {"bytes_behind", "with bytes behind the last message"},
      {"other_group", "to other groups"},
      {"tcp", "not UDP"},
      {"arp", "not IP"},
      {"message_type", "unknown type"},
      {"session", "messages"},
      {"sequence_number", "messages"},
  };
  const EachOf each("kinds of damage", 3);
  uint64_t number = 0;
  for (const auto& [name, damage] : Damages()) {
    if (!each.Has(++number)) continue;
    const Seen seen = LookAt({damage}, 1, 8);
    ExpectAgreement(seen, name);
    const bool is_lost = lost.count(name) != 0;
    ASSERT_TRUE(is_lost || harmless.count(name) != 0) << name;
    EXPECT_EQ(seen.decode.exit_code, is_lost ? 1 : 0) << name << seen.decode.error;
    const std::string& said = is_lost ? lost.at(name) : harmless.at(name);
    EXPECT_TRUE(absl::StrContains(seen.decode.error, said)) << name << seen.decode.error;
    EXPECT_EQ(absl::StrContains(seen.decode.error, "not everything could be decoded"), is_lost);
  }
}

TEST_F(Agreement, OfAllKindsOfDamageTogether) {
  std::vector<Damage> damages;
  for (const auto& [name, damage] : Damages()) damages.push_back(damage);
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    const Seen seen = LookAt(damages, seed, 1 + seed % 3);
    ExpectAgreement(seen, absl::StrCat("seed ", seed));
    EXPECT_EQ(seen.decode.exit_code, 1) << seen.decode.error;
  }
}

TEST_F(Agreement, OfSeveralCaptures) {
  std::vector<Damage> damages;
  for (const auto& [name, damage] : Damages()) damages.push_back(damage);
  SplitByGroup(capture_, folder_ / "a.pcap", folder_ / "b.pcap");
  DamageCapture(folder_ / "a.pcap", folder_ / "x.pcap", damages, 5, 4);
  const Seen seen = Look({folder_ / "x.pcap", folder_ / "b.pcap"});
  ExpectAgreement(seen, "several");
  const Seen one_damaged = Look({folder_ / "b.pcap", folder_ / "x.pcap"});
  EXPECT_EQ(one_damaged.decoded, seen.decoded);
  EXPECT_TRUE(absl::StrContains(
      seen.decode.output, absl::StrCat("{\"capture\":\"", folder_ / "b.pcap", "\",\"frame\":1,")));
}

TEST_F(Agreement, OfDatagramsLongerThanASliceUsuallyIs) {
  // Loopback and adapters that put packets together capture such.
  const std::string big = folder_ / "big.pcap";
  ASSERT_EQ(Feedhandler({"generate", folder_ / "day.itch", "--format=records", "--messages=9000",
                         "--symbols=40"})
                .exit_code,
            0);
  const std::string records = ReadFile(folder_ / "day.itch");
  auto writer = replay::CaptureWriter::Open(big);
  ASSERT_TRUE(writer.ok());
  const replay::UdpFraming framing{.source = *rio::ParseEndpoint("10.0.0.1:1"),
                                   .destination = *rio::ParseEndpoint("239.1.1.1:1000")};
  uint64_t sequence = 1;
  for (size_t at = 0; at + 2 < records.size();) {
    std::string payload(kMoldHeader, '\0');
    uint16_t count = 0;
    while (at + 2 < records.size() && count < 1000) {
      const size_t length =
          static_cast<uint8_t>(records[at]) << 8 | static_cast<uint8_t>(records[at + 1]);
      payload += records.substr(at, 2 + length);
      at += 2 + length;
      ++count;
    }
    std::memcpy(payload.data(), "BIGGER    ", 10);
    payload[16] = static_cast<char>(sequence >> 8);
    payload[17] = static_cast<char>(sequence);
    payload[18] = static_cast<char>(count >> 8);
    payload[19] = static_cast<char>(count);
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(payload.data()),
                                         payload.size());
    ASSERT_TRUE(
        (*writer)->WriteDatagram(static_cast<int64_t>(1'000'000 * sequence), framing, bytes).ok());
    sequence += count;
  }
  ASSERT_TRUE((*writer)->Close().ok());
  const Seen seen = Look({big});
  ExpectAgreement(seen, "big");
  EXPECT_EQ(seen.decoded, 9000u);
  const ChildResult named =
      Feedhandler({"replay", "-", "--codec=itch50", "--line=239.1.1.1:1000", "--metrics=-"}, big);
  EXPECT_EQ(Metric(named.error, "line_messages_total"), 9000) << named;
}

TEST_F(Agreement, OfLengthPrefixedFiles) {
  const std::string file = folder_ / "day.itch";
  ASSERT_EQ(Feedhandler({"generate", file, "--format=records", "--messages=9000", "--symbols=40"})
                .exit_code,
            0);
  const std::string whole = ReadFile(file);
  // Whole; cut off; a longer record than any slice used to hold; garbage behind the end.
  const std::string longer = std::string("\x0f\xa0X", 3) + std::string(3999, 'y');
  for (const auto& [bytes, exit_code] :
       {std::pair(whole, 0), std::pair(whole.substr(0, 50'001), 1),
        std::pair(whole.substr(0, whole.size() - 2) + longer + std::string(2, '\0'), 0),
        std::pair(whole + "more", 1)}) {
    WriteFile(file, bytes);
    const ChildResult decode = Feedhandler({"decode", file});
    const ChildResult replay = Feedhandler({"replay", file, "--metrics=-"});
    EXPECT_EQ(decode.exit_code, exit_code) << decode.error;
    EXPECT_EQ(replay.exit_code, exit_code) << replay;
    EXPECT_EQ(std::count(decode.output.begin(), decode.output.end(), '\n'),
              Metric(replay.error, "line_messages_total"));
  }
}

// The hints at the end of `inspect -` can be typed as they stand.
TEST_F(Agreement, HintsOfInspectCanBeFollowed) {
  const std::string odd = folder_ / "it's a day.pcap";
  std::filesystem::copy_file(capture_, odd);
  for (const auto& [argument, input] :
       {std::pair(std::string("-"), capture_), std::pair(odd, std::string("/dev/null"))}) {
    const ChildResult inspect = Feedhandler({"inspect", argument}, input);
    ASSERT_EQ(inspect.exit_code, 0) << inspect;
    const size_t begin = inspect.output.find("\nGo on with");
    ASSERT_NE(begin, std::string::npos) << inspect;
    int followed = 0;
    for (absl::string_view line : absl::StrSplit(inspect.output.substr(begin + 1), '\n')) {
      if (!absl::ConsumePrefix(&line, "  feedhandler ")) continue;
      const ChildResult result = RunChild(
          "/bin/sh",
          {"-c", absl::StrCat("cd '", folder_.path().string(), "' && ", kProgram, " ", line)},
          input);
      EXPECT_EQ(result.exit_code, 0) << line << "\n" << result;
      ++followed;
    }
    EXPECT_EQ(followed, 3);
    const ChildResult configured =
        Feedhandler({"replay", argument, "--config=" + (folder_ / "feed.textproto")}, input);
    EXPECT_EQ(configured.exit_code, 0) << configured;
  }
}

// Every capture there is: what decode can decode, the others count alike.
TEST(AgreementOfRealCaptures, ThereIsOne) {
  const auto folder = CaptureFile("");
  if (!folder || !CaptureFile("iex")) GTEST_SKIP() << kNoCaptures;
  const EachOf each("captures", 4);
  uint64_t number = 0;
  int files = 0;
  for (const char* name : {"iex", "itch", "formats", "nyse", "omi"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder / name)) {
      if (!entry.is_regular_file() || !each.Has(++number)) continue;
      const ChildResult decode = Feedhandler({"decode", entry.path()});
      ASSERT_TRUE(decode.Exited()) << entry.path() << decode;
      if (decode.exit_code == 2 || decode.output.empty()) continue;
      const ChildResult replay = Feedhandler({"replay", entry.path(), "--metrics=-"});
      // Where a venue numbers packets, those are what lines bring.
      EXPECT_EQ(std::count(decode.output.begin(), decode.output.end(), '\n'),
                std::max(Metric(replay.error, "line_messages_total"),
                         Metric(replay.error, "decoded_messages_total")))
          << entry.path() << decode.error << replay;
      EXPECT_EQ(CaptureLines(decode.error), CaptureLines(replay.error)) << entry.path();
      ++files;
    }
  }
  EXPECT_GE(files, each.whole() ? 6 : 1);
}

}  // namespace
}  // namespace fh::test
