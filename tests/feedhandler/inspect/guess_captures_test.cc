// No false guess, over all codecs of the registry: each stream of each capture is taken for its own
// protocol or for none, and heartbeats alone are taken for nothing, but for IEX-TP's, whose header
// names the protocol.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "codecs/registry.h"
#include "feedhandler/inspect/payload_guess.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"

namespace fh {
namespace {

using codecs::Codec;
using codecs::CodecInfo;
using codecs::FrameKind;
using codecs::PacketFrame;

// Whose a capture is: what its codecs' names begin with. The first prefix of the path that fits
// counts; captures that none fits are nobody's.
struct Owner {
  const char* path;
  std::vector<const char*> codecs;
};

const std::vector<Owner>& Owners() {
  static const std::vector<Owner> owners = {
      {"iex/deep10", {"iex_deep10"}},
      {"iex/tops16", {"iex_tops16"}},
      {"cme/", {"cme_"}},
      {"miax/tom", {"miax_tom"}},
      {"miax/ctom", {"miax_ctom"}},
      {"nyse/", {"nyse_xdp"}},
      {"ice/", {"ice_"}},
      {"pitch/", {"cboe_pitch"}},
      {"omi/Asx/", {"asx_"}},
      {"omi/B3/", {"b3_"}},
      {"omi/Cboe/Futures.", {"cboe_cfe"}},
      {"omi/Cboe/Options.", {"cboe_pitch"}},
      {"omi/Cme/", {"cme_"}},
      {"omi/Eurex/", {"eurex_"}},
      {"omi/Ice/", {"ice_"}},
      {"omi/Iex/Deep.", {"iex_deep10"}},
      // The folder called v1.5 holds TOPS 1.6 by the protocol ids of its segments.
      {"omi/Iex/Tops.", {"iex_tops16"}},
      {"omi/Jnx/", {"jnx_"}},
      // A capture of another venue, by its bytes (ItchCaptureTest).
      {"omi/Memx/Equities.MemiorDepth.v1.3/StockTradingActionMessage", {"itch50"}},
      {"omi/Memx/", {"memx_"}},
      {"omi/Miax/MiaxOptions.cToM", {"miax_ctom"}},
      {"omi/Miax/OnyxFutures", {"miax_onyx"}},
      {"omi/Nasdaq/Ise.", {"ise_"}},
      {"omi/Nasdaq/Nasdaq.Equities.TotalView.", {"itch50"}},
      {"omi/Nasdaq/Nasdaq.Equities.Bbo.", {"nasdaq_"}},
      {"omi/Nasdaq/Nasdaq.Equities.NlsPlus.", {"nls_"}},
      {"omi/Nasdaq/Uqdf.", {"uqdf"}},
      {"omi/Nyse/Nyse.Equities.OpenBook.Ultra", {"nyse_openbook"}},
      {"omi/Nyse/", {"nyse_xdp"}},
      {"omi/Siac/Cqs.", {"cta"}},
      {"omi/Siac/Cts.", {"cta"}},
      {"omi/Siac/Opra.", {"opra"}},
  };
  return owners;
}

bool IsOwn(const std::string& path, const CodecInfo& info) {
  for (const Owner& owner : Owners()) {
    if (!absl::StartsWith(path, owner.path)) continue;
    return std::any_of(owner.codecs.begin(), owner.codecs.end(),
                       [&](const char* name) { return absl::StartsWith(info.name, name); });
  }
  return false;
}

bool HasOwner(const std::string& path) {
  return std::any_of(Owners().begin(), Owners().end(),
                     [&](const Owner& owner) { return absl::StartsWith(path, owner.path); });
}

// The captures of MANIFEST.tsv, by their path in it.
std::vector<std::string> Captures() {
  std::vector<std::string> paths;
  std::ifstream manifest(test::CapturesFolder() / "MANIFEST.tsv");
  std::string line;
  while (std::getline(manifest, line)) {
    const std::string path = std::vector<std::string>(absl::StrSplit(line, '\t'))[0];
    if (absl::EndsWith(path, ".pcap") || absl::EndsWith(path, ".pcapng")) paths.push_back(path);
  }
  return paths;
}

// A packet with the bytes behind it that guesses may read.
class Sampled {
 public:
  explicit Sampled(const rio::Packet& packet)
      : bytes_(std::string(reinterpret_cast<const char*>(packet.data), packet.length)) {}
  std::span<const uint8_t> payload() const {
    return {bytes_.packet().data, bytes_.packet().length};
  }
  const rio::Packet& packet() const { return bytes_.packet(); }

 private:
  test::PacketBytes bytes_;
};

// Heartbeats by the framing, or packets of nothing but messages called heartbeats.
class HeartbeatNames final : public codecs::MessageVisitor {
 public:
  void BeginMessage(uint64_t, const codecs::MessageInfo* info, std::span<const uint8_t>,
                    const char*) override {
    ++messages;
    heartbeats += info != nullptr && absl::StrContains(info->name, "heartbeat");
  }
  void Field(const codecs::FieldInfo&, const codecs::Value&) override {}
  void EndMessage() override {}
  uint64_t messages = 0;
  uint64_t heartbeats = 0;
};

bool IsHeartbeat(Codec& codec, const rio::Packet& packet) {
  PacketFrame frame;
  codec.Frame({&packet, 1}, {&frame, 1});
  if (frame.kind == FrameKind::kHeartbeat) return true;
  if (frame.kind != FrameKind::kMessages) return false;
  HeartbeatNames names;
  codec.Describe(packet, frame, names);
  return names.messages != 0 && names.messages == names.heartbeats;
}

std::string NameOf(const CodecInfo* info) { return info == nullptr ? "none" : info->name; }

constexpr uint64_t kManyPackets = 400;
constexpr uint64_t kPacketsOfACapture = 20'000;

TEST(GuessCaptures, EachStreamIsTakenForItsOwnProtocolOrForNone) {
  const std::vector<std::string> captures = Captures();
  if (captures.empty()) GTEST_SKIP() << test::kNoCaptures;
  size_t named = 0;
  for (const std::string& path : captures) {
    std::map<std::string, PayloadGuess> streams;
    std::map<std::string, uint64_t> packets_of;
    uint64_t packets = 0;
    // Some captures are damaged on purpose: what can be read of them counts.
    static_cast<void>(test::ForEachPacket(
        test::CapturesFolder() / path, [&](const test::CapturedPacket& captured) {
          if (++packets > kPacketsOfACapture) return;
          const Sampled sampled(captured.packet);
          const std::string group = captured.datagram.destination_endpoint().ToString();
          ++packets_of[group];
          streams[group].Sample(sampled.payload(), captured.packet.stamp_ns, false);
        }));
    for (const auto& [group, guess] : streams) {
      // A long capture has more than heartbeats.
      const bool is_long = packets_of[group] >= kManyPackets && HasOwner(path);
      EXPECT_TRUE(!is_long || guess.codec() != nullptr) << path << " " << group;
      if (guess.codec() == nullptr) continue;
      ++named;
      EXPECT_TRUE(IsOwn(path, *guess.codec()))
          << path << " " << group << " was taken for " << guess.codec()->name;
    }
  }
  EXPECT_GT(named, 50u);
}

TEST(GuessCaptures, HeartbeatsOfCapturesAloneAreTakenForNothing) {
  const std::vector<std::string> captures = Captures();
  if (captures.empty()) GTEST_SKIP() << test::kNoCaptures;
  uint64_t heartbeats = 0;
  for (const std::string& path : captures) {
    for (const CodecInfo* info : codecs::BuiltInCodecs()) {
      if (!IsOwn(path, *info)) continue;
      const absl::StatusOr<std::unique_ptr<Codec>> codec = info->make({});
      ASSERT_TRUE(codec.ok()) << codec.status();
      PayloadGuess guess;
      uint64_t packets = 0;
      static_cast<void>(test::ForEachPacket(
          test::CapturesFolder() / path, [&](const test::CapturedPacket& captured) {
            if (++packets > kPacketsOfACapture) return;
            const Sampled sampled(captured.packet);
            if (!IsHeartbeat(**codec, sampled.packet())) return;
            guess.Sample(sampled.payload(), captured.packet.stamp_ns, false);
            ++heartbeats;
          }));
      if (info->framing == std::string_view("iex_tp")) {
        EXPECT_TRUE(guess.codec() == nullptr || guess.codec() == info) << path;
        continue;
      }
      EXPECT_EQ(guess.codec(), nullptr)
          << "heartbeats of " << path << " were taken for " << NameOf(guess.codec());
    }
  }
  EXPECT_GT(heartbeats, 1'000u);
}

// ---- Heartbeats of every codec, found by changing its sample ----

// Calls fn(candidate) for the beginnings of a packet in which a number of one or two bytes is zero
// (a count), and another one may say how long the packet is.
template <typename Function>
void ForEachCandidate(const std::string& sample, Function&& fn) {
  const size_t most = std::min<size_t>(sample.size(), 48);
  for (size_t length = 1; length <= most; ++length) {
    for (size_t zero = 0; zero < length; ++zero) {
      for (size_t size = 1; size <= 2 && zero + size <= length; ++size) {
        std::string cut = sample.substr(0, length);
        std::memset(cut.data() + zero, 0, size);
        fn(cut);
        for (size_t at = 0; at + 2 <= length; ++at) {
          std::string sized = cut;
          sized[at] = static_cast<char>(length);
          fn(sized);
          sized[at + 1] = '\0';
          fn(sized);
          sized[at] = '\0';
          sized[at + 1] = static_cast<char>(length);
          fn(sized);
        }
      }
    }
  }
}

TEST(GuessCaptures, HeartbeatsOfEveryCodecAloneAreTakenForNothing) {
  std::vector<std::string> without;
  for (const CodecInfo* info : codecs::BuiltInCodecs()) {
    const absl::StatusOr<std::unique_ptr<Codec>> codec = info->make({});
    ASSERT_TRUE(codec.ok()) << codec.status();
    uint64_t heartbeats = 0;
    ForEachCandidate(info->sample(1), [&](const std::string& candidate) {
      if (HasFailure()) return;
      const test::PacketBytes bytes(candidate);
      PacketFrame frame;
      (*codec)->Frame({&bytes.packet(), 1}, {&frame, 1});
      if (frame.kind != FrameKind::kHeartbeat) return;
      ++heartbeats;
      PayloadGuess guess;
      guess.Sample({bytes.packet().data, bytes.packet().length}, 0, false);
      if (guess.codec() == info && info->framing == std::string_view("iex_tp")) return;
      EXPECT_EQ(guess.codec(), nullptr)
          << "a heartbeat of " << info->name << ", " << absl::BytesToHexString(candidate)
          << ", was taken for " << NameOf(guess.codec());
    });
    if (heartbeats == 0) without.push_back(info->name);
  }
  // Those whose heartbeats are messages, or that have none.
  std::printf("no heartbeat was found of: %s\n", absl::StrJoin(without, ", ").c_str());
  EXPECT_LT(without.size(), codecs::BuiltInCodecs().size());
}

}  // namespace
}  // namespace fh
