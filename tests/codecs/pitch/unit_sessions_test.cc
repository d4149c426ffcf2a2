// What is said to the servers for lost messages and by them: bytes as the documents and a capture of the
// exchange have them.
#include "codecs/pitch/unit_sessions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codecs/registry.h"
#include "replay/capture_reader.h"
#include "tests/captures.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/expected_json.h"

namespace fh::codecs::pitch {
namespace {

std::vector<Answer> Answers(const std::vector<uint8_t>& bytes) {
  std::vector<Answer> answers;
  ForEachAnswer(bytes, [&](const Answer& answer) { answers.push_back(answer); });
  return answers;
}

TEST(UnitSessions, ALoginHasItsFieldsPadded) {
  const auto login = Login({"0006", "MK", "SECRET"});
  ASSERT_TRUE(login.ok()) << login.status();
  EXPECT_EQ(test::Hex(*login),
            "1e00010000000000"
            "160130303036"
            "4d4b2020"
            "2020"
            "53454352455420202020");
}

TEST(UnitSessions, ALoginThatDoesNotFitIsRefusedAndDoesNotRepeatThePassword) {
  for (const Credentials& wrong :
       {Credentials{"00061", "MK", "secret"}, Credentials{"0006", "MKDAA", "secret"},
        Credentials{"0006", "MKDA", "secretsecret"}, Credentials{"", "MKDA", "secret"},
        Credentials{"0006", "M\n", "secret"}}) {
    const auto login = Login(wrong);
    EXPECT_EQ(login.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(std::string(login.status().message()).find("secret"), std::string::npos)
        << login.status();
  }
}

TEST(UnitSessions, RequestsAreLaidOutAsTheDocumentsSay) {
  EXPECT_EQ(test::Hex(GapRequest(3, 0x01020304, 100)),
            "1100010000000000"
            "090303040302016400");
  EXPECT_EQ(test::Hex(SpinRequest(77)),
            "0e00010000000000"
            "06814d000000");
  EXPECT_EQ(test::Hex(MappingSpinRequest()),
            "0e00010000000000"
            "068400000000");
  EXPECT_EQ(test::Hex(SessionHeartbeat()), "0800000000000000");
}

TEST(UnitSessions, NumbersSkipZero) {
  EXPECT_EQ(NumbersBetween(5, 5), 1u);
  EXPECT_EQ(NumbersBetween(5, 9), 5u);
  EXPECT_EQ(NumbersBetween(4'294'967'294, 2), 4u) << "4294967294, 4294967295, 1, 2";
}

TEST(UnitSessions, AStreamIsCutIntoUnitsWhereverItComesInPieces) {
  std::vector<uint8_t> stream;
  for (int i = 0; i < 2; ++i) {
    const auto heartbeat = SessionHeartbeat();
    stream.insert(stream.end(), heartbeat.begin(), heartbeat.end());
    const auto spin = SpinRequest(9);
    stream.insert(stream.end(), spin.begin(), spin.end());
  }
  for (size_t size = 0; size <= stream.size(); ++size) {
    std::span<const uint8_t> received(stream.data(), size);
    size_t units = 0;
    while (const uint32_t unit = WholeUnit(received)) {
      ASSERT_NE(unit, kDamagedUnit);
      received = received.subspan(unit);
      ++units;
    }
    EXPECT_EQ(units, 2 * (size / 22) + (size % 22 >= 8 ? 1 : 0)) << size;
  }
  const std::vector<uint8_t> damaged = {7, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(WholeUnit(damaged), kDamagedUnit);
  const std::vector<uint8_t> crowded = {9, 0, 1, 0, 0, 0, 0, 0, 1};
  EXPECT_EQ(WholeUnit(crowded), kDamagedUnit) << "a message has two bytes at least";
}

TEST(UnitSessions, AnswersAreRead) {
  const std::vector<Answer> answers =
      Answers({0x2c, 0,    5,    0,    0,    0, 0,    0,                  //
               3,    0x02, 'B',                                           //
               10,   0x04, 3,    0x10, 0x27, 0, 0,    0x64, 0, 'O',       //
               6,    0x80, 0x11, 0,    0,    0,                           //
               11,   0x82, 0x12, 0,    0,    0, 0x20, 0,    0, 0,   'A',  //
               6,    0x83, 0x12, 0,    0,    0});
  ASSERT_EQ(answers.size(), 5u);
  EXPECT_EQ(answers[0].kind, Answer::Kind::kLogin);
  EXPECT_TRUE(answers[0].is_refused());
  EXPECT_STREQ(StatusText(answers[0]), "session_in_use");
  EXPECT_EQ(answers[1].kind, Answer::Kind::kGap);
  EXPECT_EQ(answers[1].unit, 3);
  EXPECT_EQ(answers[1].sequence, 10'000u);
  EXPECT_EQ(answers[1].count, 100u);
  EXPECT_STREQ(StatusText(answers[1]), "out_of_range");
  EXPECT_EQ(answers[2].kind, Answer::Kind::kSpinImage);
  EXPECT_EQ(answers[2].sequence, 17u);
  EXPECT_EQ(answers[3].kind, Answer::Kind::kSpin);
  EXPECT_EQ(answers[3].sequence, 18u);
  EXPECT_EQ(answers[3].count, 32u);
  EXPECT_FALSE(answers[3].is_refused());
  EXPECT_EQ(answers[4].kind, Answer::Kind::kSpinFinished);
}

TEST(UnitSessions, WhatIsNoAnswerIsAMessageOfTheImageAndWhatIsShortIsDamaged) {
  const std::vector<Answer> answers = Answers({0x13, 0, 3, 0, 0, 0, 0, 0,  //
                                               6, 0x20, 1, 2, 3, 4,        //
                                               2, 0x02,                    //
                                               9, 0x29, 0});
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].kind, Answer::Kind::kOther);
  EXPECT_EQ(answers[0].bytes.size(), 6u);
  EXPECT_EQ(answers[1].kind, Answer::Kind::kDamaged) << "without a status";
  EXPECT_EQ(answers[2].kind, Answer::Kind::kDamaged) << "beyond the end";
  Answer strange;
  strange.kind = Answer::Kind::kSpin;
  strange.status = '?';
  EXPECT_TRUE(strange.is_refused());
  EXPECT_STREQ(StatusText(strange), "unknown_status");
}

TEST(UnitSessions, TheRequestsOfACaptureAreWritten) {
  const auto capture = test::CaptureFile("pitch/mcastpitch_grp_useq.pcap");
  if (!capture) GTEST_SKIP() << test::kNoCaptures;
  auto reader = replay::CaptureReader::Open(capture->string());
  ASSERT_TRUE(reader.ok()) << reader.status();
  replay::CapturedFrame captured;
  std::vector<Answer> answers;
  std::vector<std::string> requests;
  while ((*reader)->Next(captured) == replay::ReadResult::kFrame) {
    constexpr size_t kTcpAt = 14 + 20;
    const size_t payload_at = kTcpAt + (captured.bytes[kTcpAt + 12] >> 4) * size_t{4};
    if (payload_at >= captured.bytes.size()) continue;
    const auto payload = captured.bytes.subspan(payload_at);
    ASSERT_EQ(WholeUnit(payload), payload.size());
    const bool is_heartbeat = payload.size() == kUnitHeaderBytes;
    if (is_heartbeat) {
      EXPECT_EQ(test::Hex(payload), test::Hex(SessionHeartbeat()));
    }
    ForEachAnswer(payload, [&](const Answer& answer) {
      if (answer.kind == Answer::Kind::kOther) requests.push_back(test::Hex(payload));
      answers.push_back(answer);
    });
  }
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[1].kind, Answer::Kind::kLogin);
  EXPECT_FALSE(answers[1].is_refused());
  EXPECT_EQ(answers[3].kind, Answer::Kind::kGap);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1], test::Hex(GapRequest(answers[3].unit, answers[3].sequence,
                                              static_cast<uint16_t>(answers[3].count))));
}

// An image's Time is its own: the live units' seconds stay as they are, and theirs are not the image's.
TEST(UnitSessions, AnImageOfASnapshotChannelHasItsOwnSecond) {
  const std::string image(
      "\x1c\x00\x02\x00\x00\x00\x00\x00"
      "\x06\x20\x98\x85\x00\x00"                                   // 34,200.
      "\x0e\x29\x0a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00",  // 10 ns later.
      28);
  const test::PacketBytes bytes(image);
  for (const ChannelRole role : {ChannelRole::kSnapshot, ChannelRole::kIncremental}) {
    auto codec =
        (*FindCodec("cboe_pitch"))->make({.role = role, .day_ns = 1'577'736'000'000'000'000});
    ASSERT_TRUE(codec.ok());
    const test::Decoded decoded = test::DecodePacket(**codec, bytes.packet());
    ASSERT_EQ(decoded.updates.size(), 1u);
    EXPECT_EQ(decoded.updates[0].ts_event_ns,
              role == ChannelRole::kSnapshot ? 1'577'716'200'000'000'010 : kUndefinedTime);
  }
}

}  // namespace
}  // namespace fh::codecs::pitch
