// What a payload is taken for.
#include "feedhandler/inspect/payload_guess.h"

#include <gtest/gtest.h>

#include <string>

#include "codecs/registry.h"
#include "tests/feedhandler/inspect/streams.h"

namespace fh::test {
namespace {

// Copies the payload to where bytes behind it may be read.
class Padded {
 public:
  explicit Padded(const std::string& payload)
      : size_(payload.size()), bytes_(payload.begin(), payload.end()) {
    bytes_.resize(size_ + rio::kReadablePastEnd);
  }
  std::span<const uint8_t> span() const { return {bytes_.data(), size_}; }

 private:
  size_t size_;
  std::vector<uint8_t> bytes_;
};

FramingFamily FamilyOf(const std::string& payload, int64_t stamp_ns = 0, bool truncated = false) {
  return GuessFraming(Padded(payload).span(), stamp_ns, truncated).family;
}

std::string LittleEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

constexpr uint64_t kTimeNs = 1'478'900'000'000'000'000;

TEST(GuessFraming, TellsMoldUdp64FromItsStructure) {
  EXPECT_EQ(FamilyOf(MoldPacket("DAY", 5, 3)), FramingFamily::kMoldUdp64);
  EXPECT_EQ(FamilyOf(MoldPacket("DAY", 5, 3) + "x"), FramingFamily::kUnknown);
  const Padded heartbeat(MoldPacket("DAY", 5, 0));
  const FramingGuess guess = GuessFraming(heartbeat.span(), 0, false);
  EXPECT_EQ(guess.family, FramingFamily::kMoldUdp64);
  EXPECT_FALSE(guess.has_messages);
}

TEST(GuessFraming, TellsAFramingFromACutPayload) {
  const std::string cut = MoldPacket("DAY", 5, 3).substr(0, 50);
  EXPECT_EQ(FamilyOf(cut), FramingFamily::kUnknown);
  EXPECT_EQ(FamilyOf(cut, 0, true), FramingFamily::kMoldUdp64);
}

TEST(GuessFraming, TellsIexTpOfAnyProtocol) {
  std::string payload = (*codecs::FindCodec("iex_deep10"))->sample(1);
  EXPECT_EQ(FamilyOf(payload), FramingFamily::kIexTp);
  payload[2] = 0x77;
  EXPECT_EQ(FamilyOf(payload), FramingFamily::kIexTp);
}

TEST(GuessFraming, TellsSbeFromSizesThatAddUpOrATimeThatIsNear) {
  const std::string header = LittleEndian(7, 4) + LittleEndian(kTimeNs, 8);
  const std::string message = LittleEndian(20, 2) + std::string(18, '\1');
  EXPECT_EQ(FamilyOf(header + message + message), FramingFamily::kSbe);
  const std::string other = header + std::string(20, '\xff');
  EXPECT_EQ(FamilyOf(other), FramingFamily::kUnknown);
  EXPECT_EQ(FamilyOf(other, static_cast<int64_t>(kTimeNs) + 5'000'000), FramingFamily::kSbe);
}

TEST(GuessFraming, TellsLengthPrefixedMessagesOfBothByteOrders) {
  EXPECT_EQ(FamilyOf(std::string("\0\3abc\0\2de", 9)), FramingFamily::kLengthPrefixedBig);
  EXPECT_EQ(FamilyOf(std::string("\3\0abc\2\0de", 9)), FramingFamily::kLengthPrefixedLittle);
  EXPECT_EQ(FamilyOf(std::string("\0\3abc\0\2d", 8)), FramingFamily::kUnknown);
}

TEST(GuessFraming, ADatagramThatBeginsWithItsOwnLengthIsNotYetLengthPrefixed) {
  EXPECT_EQ(FamilyOf(std::string("\0\3abc", 5)), FramingFamily::kUnknown);
}

TEST(GuessFraming, CallsTheRestUnknown) {
  EXPECT_EQ(FamilyOf(""), FramingFamily::kUnknown);
  EXPECT_EQ(FamilyOf(std::string(20, '\0')), FramingFamily::kUnknown);
  EXPECT_EQ(FamilyOf("GET / HTTP/1.1"), FramingFamily::kUnknown);
}

TEST(PayloadGuess, EveryCodecRecognisesItsOwnSamples) {
  for (const codecs::CodecInfo* codec : codecs::Codecs()) {
    PayloadGuess guess;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const Padded payload(codec->sample(seed));
      guess.Sample(payload.span(), 0, false);
    }
    ASSERT_NE(guess.codec(), nullptr) << codec->name;
    EXPECT_STREQ(guess.codec()->name, codec->name);
    EXPECT_GE(guess.confidence(), 90);
  }
}

TEST(PayloadGuess, HeartbeatsDoNotOutweighMessages) {
  PayloadGuess guess;
  const Padded heartbeat(MoldPacket("DAY", 1, 0));
  for (int i = 0; i < 100; ++i) guess.Sample(heartbeat.span(), 0, false);
  EXPECT_EQ(guess.codec(), nullptr);
  EXPECT_EQ(guess.family(), FramingFamily::kMoldUdp64);
  const Padded messages(MoldPacket("DAY", 1, 3));
  EXPECT_TRUE(guess.Sample(messages.span(), 0, false));
  ASSERT_NE(guess.codec(), nullptr);
  EXPECT_STREQ(guess.codec()->name, "itch50");
  EXPECT_EQ(guess.confidence(), 100);
}

TEST(PayloadGuess, AFramingWithForeignMessagesIsNoCodec) {
  PayloadGuess guess;
  std::string packet(codecs::MoldUdp64::kHeaderBytes, '\0');
  codecs::MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "OTHER     ", 1, 2);
  codecs::MoldUdp64::Blocks::Append(packet, "~~~~~~~~");
  codecs::MoldUdp64::Blocks::Append(packet, "~~");
  guess.Sample(Padded(packet).span(), 0, false);
  EXPECT_EQ(guess.codec(), nullptr);
  EXPECT_EQ(guess.family(), FramingFamily::kMoldUdp64);
}

}  // namespace
}  // namespace fh::test
