// The MIAX captures against what another dissector made of them: counts by type, every field by its
// place, bytes and value.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/miax/miax_messages.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"
#include "tests/codecs/field_trees.h"
#include "tests/codecs/truth_table.h"

namespace fh::codecs::miax {
namespace {

using nlohmann::json;
using test::CapturedPacket;
using test::CaptureFile;
using test::ForEachPacket;
using test::Leaf;
using Counts = std::map<uint32_t, uint64_t>;

constexpr char kTomCapture[] = "miax/tom_20161018_head10000.pcap";
constexpr char kComplexCapture[] = "miax/ctom_20160304_head5000.pcap";

std::unique_ptr<Codec> Make(const char* name, InstrumentStore* instruments = nullptr) {
  return *(*FindCodec(name))->make({.instruments = instruments});
}

struct Compared {
  uint64_t packets = 0;
  uint64_t heartbeats = 0;
  uint64_t fields = 0;
  Counts by_type;
  // Of quotes of version 1.0: fields that their dissector, which knows 1.1 alone, sees elsewhere.
  uint64_t misplaced = 0;
};

// Quotes of strategies in their form of version 1.0, behind the first size: there 1.1 put two or
// four bytes more in, all but for 'b', which their layout has without them.
bool IsMisplaced(const Leaf& ours) {
  const bool is_compact = ours.type == 'm' || ours.type == 'o';
  const bool is_wide = ours.type == 'e' || ours.type == 'f' || ours.type == 'w';
  return (is_compact && ours.offset > compact_net_10::kSize.offset) ||
         (is_wide && ours.offset > wide_net_10::kSize.offset);
}

// A packet that is no message has a header alone.
void AddHeaders(const json& tree, uint64_t& fields, const rio::Packet& packet, uint64_t offset) {
  test::Leaves theirs;
  for (const json& node : tree) test::CollectLeaves(node, theirs);
  test::FieldTexts ours(packet.data, offset);
  static constexpr MessageInfo kHeaderAlone = {
      .type = 0, .name = "header", .length = kHeaderBytes, .fields = {}};
  ours.BeginMessage(0, &kHeaderAlone, {}, nullptr);
  ours.Field(kSequenceNumber, ReadValue(kSequenceNumber, packet.data));
  ours.Field(kPacketLength, ReadValue(kPacketLength, packet.data));
  ours.Field(kPacketType, ReadValue(kPacketType, packet.data));
  ours.Field(kSessionNumber, ReadValue(kSessionNumber, packet.data));
  ASSERT_EQ(ours.leaves.size(), theirs.size());
  for (const auto& [place, leaf] : ours.leaves) {
    ASSERT_TRUE(theirs.contains(place));
    EXPECT_EQ(Difference(leaf, theirs.at(place)), "");
    ++fields;
  }
}

Compared Compare(const char* codec_name, const std::filesystem::path& capture,
                 const std::filesystem::path& expected) {
  Compared compared;
  const std::unique_ptr<Codec> codec = Make(codec_name);
  test::ExpectedLines lines(expected);
  const absl::Status status = ForEachPacket(capture, [&](const CapturedPacket& captured) {
    SCOPED_TRACE(captured.frame_number);
    const std::optional<json> line = lines.Next();
    ASSERT_TRUE(line.has_value());
    ASSERT_EQ(line->at("frame").get<uint64_t>(), captured.frame_number);
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    EXPECT_EQ(frame.reject, RejectReason::kNone);
    EXPECT_EQ(frame.lost_in_tail, 0u);
    ++compared.packets;
    const json& tree = line->at("tree");
    if (frame.message_count == 0) {
      ++compared.heartbeats;
      return AddHeaders(tree, compared.fields, captured.packet, captured.payload_offset);
    }
    ASSERT_EQ(tree.size(), frame.message_count);
    test::Leaves theirs;
    for (const json& node : tree) test::CollectLeaves(node, theirs);
    test::FieldTexts ours(captured.packet.data, captured.payload_offset);
    codec->Describe(captured.packet, frame, ours);
    for (const auto& [type, count] : ours.by_type) compared.by_type[type] += count;
    bool is_misplaced = false;
    for (const auto& [place, leaf] : ours.leaves) {
      if (IsMisplaced(leaf)) {
        is_misplaced = true;
        ++compared.misplaced;
        continue;
      }
      ASSERT_TRUE(theirs.contains(place)) << leaf.name << " at " << place;
      EXPECT_EQ(Difference(leaf, theirs.at(place)), "");
      ++compared.fields;
    }
    if (!is_misplaced) {
      EXPECT_EQ(ours.leaves.size(), theirs.size());
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(lines.Next().has_value());
  return compared;
}

void Note(const char* codec_name, const char* capture, const Compared& compared) {
  test::TruthRow row{.protocol = codec_name,
                     .capture = capture,
                     .against = "a dissector, bytes and values",
                     .fields = compared.fields,
                     .differences = compared.misplaced};
  for (const auto& [type, count] : compared.by_type) row.messages += count;
  test::NoteTruth(row);
}

TEST(MiaxGolden, EveryFieldOfTomIsTheOtherDissectors) {
  const auto capture = CaptureFile(kTomCapture);
  const auto expected = CaptureFile("expected/tom_20161018_head10000.pcap.fields.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  const Compared compared = Compare("miax_tom", *capture, *expected);
  EXPECT_EQ(compared.packets, 10'000u);
  EXPECT_EQ(compared.heartbeats, 40u);
  EXPECT_EQ(compared.by_type, (Counts{{'1', 40}, {'B', 12'175}, {'O', 10'913}, {'T', 7}}));
  EXPECT_EQ(compared.misplaced, 0u);
  EXPECT_EQ(compared.fields, 254'466u);
  Note("miax_tom", kTomCapture, compared);
}

// All 439 quotes of strategies are of version 1.0, but the dissector reads them as 1.1. That 1.0 is
// right the bytes say themselves: see the next test.
TEST(MiaxGolden, EveryFieldOfComplexTomIsTheOtherDissectorsButForItsVersion) {
  const auto capture = CaptureFile(kComplexCapture);
  const auto expected = CaptureFile("expected/ctom_20160304_head5000.pcap.fields.jsonl.gz");
  if (!capture || !expected) GTEST_SKIP() << test::kNoCaptures;
  const Compared compared = Compare("miax_ctom", *capture, *expected);
  EXPECT_EQ(compared.packets, 5'000u);
  EXPECT_EQ(compared.heartbeats, 137u);
  EXPECT_EQ(compared.by_type, (Counts{{'1', 106},
                                      {'P', 4'224},
                                      {'S', 348},
                                      {'H', 43},
                                      {'C', 33},
                                      {'b', 32},
                                      {'o', 21},
                                      {'e', 18},
                                      {'f', 10},
                                      {'m', 353},
                                      {'w', 5},
                                      {'t', 17}}));
  // m and w: a condition and the three fields of the other side; o, e, f: the condition.
  EXPECT_EQ(compared.misplaced, 4u * (353 + 5) + 21 + 18 + 10);
  EXPECT_EQ(compared.fields, 102'869u);
  Note("miax_ctom", kComplexCapture, compared);
}

// The states name the version; read as 1.0 each message ends where its length says, with a
// condition that the feed knows, and no bid reaches the offer.
TEST(MiaxGolden, QuotesOfTheComplexCaptureAreOfVersion10) {
  const auto capture = CaptureFile(kComplexCapture);
  if (!capture) GTEST_SKIP() << test::kNoCaptures;
  const std::unique_ptr<Codec> codec = Make("miax_ctom");
  const std::string conditions = "ATWSCML";
  uint64_t quotes = 0;
  uint64_t crossed = 0;
  const absl::Status status = ForEachPacket(*capture, [&](const CapturedPacket& captured) {
    PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    for (const auto& message : test::DescribePacket(*codec, captured.packet, frame)) {
      const uint8_t* const m = message.bytes.data();
      const auto is_one = [&](const MessageInfo& info) { return message.info == &info; };
      const auto is_known = [&](char letter) {
        return conditions.find(letter) != std::string::npos;
      };
      if (is_one(kSystemState)) {
        EXPECT_EQ(std::string(state::kVersion(m), 8), "CTOM1.0 ");
      }
      bool is_right = false;
      if (is_one(kNetBidCompact10) || is_one(kNetOfferCompact10)) {
        is_right = is_known(compact_net_10::kCondition(m));
      } else if (is_one(kNetBidWide10) || is_one(kNetOfferWide10)) {
        is_right = is_known(wide_net_10::kCondition(m));
      } else if (is_one(kNetsCompact10)) {
        using namespace compact_nets_10;
        is_right = is_known(kBidCondition(m)) && is_known(kOfferCondition(m));
        const bool has_both = kBidSize(m) != 0 && kOfferSize(m) != 0;
        crossed += has_both && kBidPrice(m) >= kOfferPrice(m);
      } else if (is_one(kNetsWide10)) {
        using namespace wide_nets_10;
        is_right = is_known(kBidCondition(m)) && is_known(kOfferCondition(m));
        const bool has_both = kBidSize(m) != 0 && kOfferSize(m) != 0;
        crossed += has_both && kBidPrice(m) >= kOfferPrice(m);
      } else {
        continue;
      }
      ++quotes;
      EXPECT_TRUE(is_right) << message.info->name;
      EXPECT_EQ(message.bytes.size(), message.info->length);
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(quotes, 439u);
  EXPECT_EQ(crossed, 0u);
}

TEST(MiaxGolden, SinglePacketsOfOtherProductsAgreeByteByByte) {
  if (!CaptureFile("omi/Miax")) GTEST_SKIP() << test::kNoCaptures;
  const auto compare = [](const char* codec, const std::string& name) {
    return Compare(codec, *CaptureFile("omi/Miax/" + name + ".pcap"),
                   *CaptureFile("expected/omi/Miax/" + name + ".jsonl"))
        .by_type;
  };
  EXPECT_EQ(compare("miax_ctom", "MiaxOptions.cToM.v1.1/SystemStatusMessage"), (Counts{{'S', 1}}));
  EXPECT_EQ(compare("miax_onyx", "OnyxFutures.ToM.v1.0/BestBidAndOfferMessage"), (Counts{{15, 1}}));
  EXPECT_EQ(compare("miax_onyx", "OnyxFutures.ToM.v1.0/InstrumentTradingStatusNotificationMessage"),
            (Counts{{4, 1}}));
  EXPECT_EQ(compare("miax_onyx", "OnyxFutures.ToM.v1.0/SystemStateMessage"), (Counts{{3, 1}}));
}

// What a whole capture becomes.
struct Outcome {
  std::unique_ptr<Codec> codec;
  uint64_t gaps = 0;
  uint64_t late = 0;  // Updates whose time is not that of the capture.
  std::map<uint8_t, uint64_t> by_record;
};

Outcome DecodeAll(const char* name, const std::filesystem::path& capture,
                  InstrumentStore& instruments) {
  Outcome outcome{.codec = Make(name, &instruments)};
  uint64_t expected = 0;
  const absl::Status status = ForEachPacket(capture, [&](const CapturedPacket& captured) {
    PacketFrame frame;
    outcome.codec->Frame({&captured.packet, 1}, {&frame, 1});
    if (frame.kind == FrameKind::kUnsequenced) return;
    outcome.gaps += expected != 0 && frame.first_sequence != expected;
    expected = frame.first_sequence + frame.message_count;
    if (frame.message_count == 0) return;
    const DecodeJob job{&captured.packet,         &frame, 0, frame.number_count,
                        captured.packet.stamp_ns, 0};
    for (const NormalizedUpdate& update : test::DecodeJobs(*outcome.codec, {&job, 1})) {
      ++outcome.by_record[update.record];
      const int64_t late_ns = captured.packet.stamp_ns - update.ts_event_ns;
      outcome.late += late_ns < -1'000'000 || late_ns > 1'000'000'000;
    }
  });
  EXPECT_TRUE(status.ok()) << status;
  return outcome;
}

TEST(MiaxGolden, EveryUpdateOfTomHasItsTimeAndNoNumberIsMissing) {
  const auto capture = CaptureFile(kTomCapture);
  if (!capture) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore instruments(10'000);
  const Outcome outcome = DecodeAll("miax_tom", *capture, instruments);
  EXPECT_EQ(outcome.gaps, 0u);
  EXPECT_EQ(outcome.late, 0u);
  EXPECT_EQ(outcome.by_record,
            (std::map<uint8_t, uint64_t>{{FH_RECORD_TOP, 12'175 + 10'913}, {FH_RECORD_TRADE, 7}}));
  const CodecStats& stats = outcome.codec->stats();
  EXPECT_EQ(stats.undated + stats.malformed + stats.unknown + stats.instruments_full, 0u);
  EXPECT_EQ(stats.unmapped, 40u) << "the seconds themselves";
}

// The capture is of a day of tests: what was quoted and traded between their starts and ends was
// not.
TEST(MiaxGolden, ComplexCaptureDefinesItsStrategiesAndPlaysTheRest) {
  const auto capture = CaptureFile(kComplexCapture);
  if (!capture) GTEST_SKIP() << test::kNoCaptures;
  InstrumentStore instruments(10'000);
  const Outcome outcome = DecodeAll("miax_ctom", *capture, instruments);
  EXPECT_EQ(outcome.gaps, 0u);
  EXPECT_EQ(outcome.late, 0u);
  EXPECT_EQ(outcome.by_record.at(FH_RECORD_DEFINITION), 4'224u + 33u);
  const CodecStats& stats = outcome.codec->stats();
  EXPECT_EQ(stats.undated + stats.malformed + stats.unknown + stats.instruments_full, 0u);
  EXPECT_EQ(stats.messages, 5'210u);
  EXPECT_EQ(stats.updates + stats.unmapped, 5'210u) << "each is one update, or none";
  EXPECT_EQ(instruments.Name(0x8200'0001).view(), "AAMRQ 120818C00000500");
  EXPECT_EQ(instruments.Name(0x0200'0001).view(), "IBM#33554433");
  const fh_terms terms = instruments.Terms(0x0200'0001);
  EXPECT_EQ(instruments.Name(terms.underlying_id).view(), "IBM");
  ASSERT_EQ(terms.leg_count, 2);
  EXPECT_EQ(terms.legs[0].instrument_id, 0x8200'0333u);
  EXPECT_EQ(terms.legs[0].ratio, 1);
  EXPECT_EQ(terms.legs[1].instrument_id, 0x8200'0335u);
  EXPECT_EQ(terms.legs[1].ratio, -1);
}

// A packet of a capture is guessed as its own feed's; what several feeds send alike as nobody's for
// sure (50 is sure), and heartbeats still less; packets of other protocols not at all.
TEST(MiaxGolden, GuessKnowsItsOwnPackets) {
  if (!CaptureFile(kTomCapture) || !CaptureFile("omi")) GTEST_SKIP() << test::kNoCaptures;
  const std::map<std::string, std::string> own = {{kTomCapture, "miax_tom"},
                                                  {kComplexCapture, "miax_ctom"}};
  for (const auto& [file, name] : own) {
    uint64_t sure = 0;
    const absl::Status status =
        ForEachPacket(*CaptureFile(file), [&, owner = name](const CapturedPacket& at) {
          const bool is_heartbeat = at.packet.length == kHeaderBytes;
          for (const CodecInfo* info : Codecs()) {
            const int guess = info->guess({at.packet.data, at.packet.length});
            const bool is_mach = std::string(info->framing) == "mach";
            if (is_heartbeat) {
              EXPECT_EQ(guess, is_mach ? 20 : 0) << info->name;
            }
            if (info->name == owner) {
              sure += guess == 100;
              EXPECT_TRUE(is_heartbeat || guess >= 45);
            } else {
              EXPECT_LE(guess, 45) << info->name << " at " << at.frame_number;
            }
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_GT(sure, 500u) << name;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*CaptureFile("omi"))) {
    if (entry.path().extension() != ".pcap") continue;
    const std::string path = entry.path().generic_string();
    static_cast<void>(ForEachPacket(entry.path(), [&](const CapturedPacket& at) {
      for (const char* name : {"miax_tom", "miax_ctom", "miax_onyx"}) {
        const bool is_own =
            (std::string(name) == "miax_onyx" && path.find("/OnyxFutures") != std::string::npos) ||
            (std::string(name) == "miax_ctom" &&
             path.find("/MiaxOptions.cToM") != std::string::npos);
        EXPECT_EQ((*FindCodec(name))->guess({at.packet.data, at.packet.length}), is_own ? 100 : 0)
            << name << " of " << path;
      }
    }));
  }
}

}  // namespace
}  // namespace fh::codecs::miax
