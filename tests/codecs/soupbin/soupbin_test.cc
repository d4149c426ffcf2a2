#include "codecs/soupbin/soupbin.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "codecs/moldudp64/moldudp64.h"

namespace fh::codecs::soupbin {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string Text(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

struct Seen {
  char type;
  std::string payload;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> Parse(StreamParser& parser, const std::string& stream, size_t part,
                        bool* good = nullptr) {
  std::vector<Seen> seen;
  bool all_good = true;
  for (size_t at = 0; at < stream.size(); at += part) {
    all_good = parser.Take(Bytes(stream.substr(at, part)), [&](const Packet& packet) {
      seen.push_back({packet.type, Text(packet.payload)});
    });
  }
  if (good != nullptr) *good = all_good;
  return seen;
}

// The bytes of the document's table, by hand: 49 and 33 in all.
TEST(SoupBin, LoginsAreTheBytesOfTheTable) {
  std::string request;
  AppendLoginRequest(request, {.user = "user", .password = "pass", .first = 17});
  EXPECT_EQ(request, absl::HexStringToBytes("002f") + "Luser  pass                " +
                         "                  17");
  EXPECT_EQ(request.size(), 49u);
  std::string accepted;
  AppendLoginAccepted(accepted, {.session = {' ', ' ', ' ', 'S', '2', '3', '4', '5', '6', '7'},
                                 .first = 18'446'744'073'709'551'615u});
  EXPECT_EQ(accepted, absl::HexStringToBytes("001f") + "A   S23456718446744073709551615");
  EXPECT_EQ(accepted.size(), 33u);
  std::string rejected;
  AppendLoginRejected(rejected, kSessionNotAvailable);
  EXPECT_EQ(rejected, absl::HexStringToBytes("0002") + "JS");
  std::string others;
  AppendPacket(others, PacketType::kServerHeartbeat);
  AppendPacket(others, PacketType::kSequenced, "abc");
  EXPECT_EQ(others, absl::HexStringToBytes("0001") + "H" + absl::HexStringToBytes("0004") + "Sabc");
}

TEST(SoupBin, NumbersAreTrimmedOnBothSidesAndNothingElseIsOne) {
  EXPECT_EQ(ParseNumber("                  17"), 17u);
  EXPECT_EQ(ParseNumber("17                  "), 17u);
  EXPECT_EQ(ParseNumber("  0 "), 0u);
  EXPECT_EQ(ParseNumber("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"18446744073709551616", "99999999999999999999", "", "    ", "-1", "1 2",
                           "0x10", "1\t", "+5"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

TEST(SoupBin, LoginsAreReadAsTheyWereWritten) {
  std::string stream;
  const SessionName session = {'0', '0', '0', '0', '1', '0', '0', '5', '9', 'B'};
  AppendLoginRequest(
      stream, {.user = "toolong", .password = "0123456789", .session = session, .first = 42});
  StreamParser parser;
  const std::vector<Seen> seen = Parse(parser, stream, stream.size());
  ASSERT_EQ(seen.size(), 1u);
  const std::optional<LoginRequest> request = ParseLoginRequest(Bytes(seen[0].payload));
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->user, "toolon");
  EXPECT_EQ(request->password, "0123456789");
  EXPECT_EQ(request->session, session);
  EXPECT_EQ(request->first, 42u);
  for (size_t length = 0; length < seen[0].payload.size(); ++length) {
    EXPECT_FALSE(ParseLoginRequest(Bytes(seen[0].payload.substr(0, length))).has_value());
  }
}

TEST(SoupBin, AStreamIsCutIntoPacketsHoweverItArrives) {
  std::string stream;
  AppendLoginAccepted(stream, {.first = 7});
  AppendPacket(stream, PacketType::kSequenced, std::string(300, 'x'));
  AppendPacket(stream, PacketType::kServerHeartbeat);
  AppendPacket(stream, PacketType::kSequenced, std::string(kMostPayloadBytes, 'y'));
  AppendPacket(stream, PacketType::kSequenced, "");
  AppendPacket(stream, PacketType::kEndOfSession);
  StreamParser whole;
  const std::vector<Seen> expected = Parse(whole, stream, stream.size());
  ASSERT_EQ(expected.size(), 6u);
  EXPECT_EQ(expected[3].payload.size(), kMostPayloadBytes);
  for (const size_t part : {1, 2, 3, 5, 33, 34, 1'000, 65'536}) {
    StreamParser parser;
    EXPECT_EQ(Parse(parser, stream, part), expected) << "in parts of " << part;
    EXPECT_EQ(parser.packets(), 6u);
    EXPECT_EQ(parser.held(), 0u);
  }
}

TEST(SoupBin, APacketWithoutATypeBreaksTheStreamForGood) {
  for (const size_t part : {1, 2, 100}) {
    std::string stream;
    AppendPacket(stream, PacketType::kServerHeartbeat);
    stream += std::string(2, '\0');
    AppendPacket(stream, PacketType::kServerHeartbeat);
    StreamParser parser;
    bool good = true;
    EXPECT_EQ(Parse(parser, stream, part, &good).size(), 1u);
    EXPECT_FALSE(good);
    parser.Reset();
    EXPECT_EQ(Parse(parser, stream.substr(0, 3), 1, &good).size(), 1u);
    EXPECT_TRUE(good);
  }
}

Event Give(ClientSession& session, PacketType type, const std::string& payload = "") {
  return session.Take({static_cast<char>(type), Bytes(payload)});
}

std::string Accepted(uint64_t first) {
  std::string packet;
  AppendLoginAccepted(packet, {.session = {'S'}, .first = first});
  return packet.substr(kHeaderBytes);
}

TEST(SoupBinSession, MessagesCountFromTheNumberThatTheServerSays) {
  ClientSession session;
  EXPECT_EQ(Give(session, PacketType::kDebug, "hello").kind, EventKind::kAlive);
  EXPECT_EQ(Give(session, PacketType::kLoginAccepted, Accepted(41)).kind, EventKind::kAccepted);
  EXPECT_EQ(Give(session, PacketType::kServerHeartbeat).kind, EventKind::kAlive);
  EXPECT_EQ(Give(session, PacketType::kUnsequenced, "u").kind, EventKind::kUnsequenced);
  EXPECT_EQ(Give(session, PacketType::kSequenced, "a").number, 41u);
  const std::string b = "b";
  const Event second = session.Take({'S', Bytes(b)});
  EXPECT_EQ(second.number, 42u);
  EXPECT_EQ(Text(second.message), "b");
  EXPECT_EQ(session.next(), 43u);
  // The connection breaks; the login goes on where it was.
  session.Disconnected();
  EXPECT_EQ(session.next(), 43u);
  EXPECT_EQ(session.session(), (SessionName{'S'}));
  EXPECT_EQ(Give(session, PacketType::kLoginAccepted, Accepted(43)).number, 43u);
  EXPECT_EQ(Give(session, PacketType::kEndOfSession).kind, EventKind::kEnd);
  EXPECT_TRUE(session.has_ended());
  EXPECT_EQ(Give(session, PacketType::kSequenced, "late").kind, EventKind::kViolation);
}

TEST(SoupBinSession, WhatIsNotAllowedIsAViolationAndWhatIsNotKnownIsCounted) {
  ClientSession session;
  EXPECT_EQ(Give(session, PacketType::kSequenced, "a").kind, EventKind::kViolation);
  EXPECT_EQ(Give(session, PacketType::kServerHeartbeat).kind, EventKind::kViolation);
  EXPECT_EQ(Give(session, PacketType::kLoginAccepted, "short").kind, EventKind::kViolation);
  EXPECT_EQ(Give(session, PacketType::kLoginRejected, "A").reason, kNotAuthorized);
  EXPECT_FALSE(session.is_logged_in());
  EXPECT_EQ(Give(session, PacketType::kLoginAccepted, Accepted(1)).kind, EventKind::kAccepted);
  EXPECT_EQ(Give(session, PacketType::kLoginAccepted, Accepted(1)).kind, EventKind::kViolation);
  EXPECT_EQ(Give(session, PacketType::kLogout).kind, EventKind::kViolation);
  EXPECT_EQ(session.Take({'?', {}}).kind, EventKind::kUnknown);
  EXPECT_EQ(session.unknown(), 1u);
}

TEST(Glimpse, TheEndOfASnapshotNamesTheLiveMessageToGoOnWith) {
  const std::string end = SnapshotEnd(14'764'496);
  EXPECT_EQ(end, "G            14764496");
  EXPECT_EQ(ParseSnapshotEnd(Bytes(end)), 14'764'496u);
  EXPECT_EQ(ParseSnapshotEnd(Bytes("G14764496            ")), 14'764'496u) << "padded behind";
  EXPECT_EQ(ParseSnapshotEnd(Bytes(end + " later")), 14'764'496u);
  EXPECT_EQ(ParseSnapshotEnd(Bytes(end.substr(0, 20))), std::nullopt);
  EXPECT_EQ(ParseSnapshotEnd(Bytes("A" + end.substr(1))), std::nullopt);
}

// The request of the brief's test vector: session, first number, how many.
TEST(MoldRequest, AsksForARangeInTwentyBytes) {
  uint8_t request[MoldUdp64::kHeaderBytes];
  ASSERT_TRUE(
      MoldUdp64::PutRequest(request, {.session = "000010059B", .first = 14'764'496, .count = 1}));
  EXPECT_EQ(absl::BytesToHexString({reinterpret_cast<const char*>(request), sizeof request}),
            "303030303130303539420000000000e149d00001");
  const std::optional<MoldUdp64::Request> read = MoldUdp64::ParseRequest(request);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->session, "000010059B");
  EXPECT_EQ(read->first, 14'764'496u);
  EXPECT_EQ(read->count, 1);
  EXPECT_FALSE(MoldUdp64::ParseRequest({request, 19}).has_value());
  EXPECT_FALSE(MoldUdp64::PutRequest(request, {.session = "S", .first = 1, .count = 0}));
  EXPECT_FALSE(MoldUdp64::PutRequest(request, {.session = "S", .first = 1, .count = 65'535}));
  request[18] = request[19] = 0xFF;
  EXPECT_FALSE(MoldUdp64::ParseRequest(request).has_value());
}

}  // namespace
}  // namespace fh::codecs::soupbin
