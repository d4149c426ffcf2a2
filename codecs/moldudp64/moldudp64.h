// MoldUDP64 1.00: numbered messages in UDP datagrams, used by Nasdaq's and many other feeds.
//
//   0 session, 10 characters · 10 sequence number, 8 bytes · 18 message count, 2 bytes ·
//   20 message blocks, each behind a 2-byte length; all big-endian.
//
// A framing for CodecOf (codecs/codec_of.h). No state; any thread. Parse walks all blocks.
//
// Count 0 is a heartbeat, 0xFFFF the end of the session; both carry the number to come next. A
// block that runs past the datagram's end is lost with all behind it; the whole ones before it have
// certain numbers and count. Of a count that no datagram could carry, only what one could have carried
// is announced. Sequence number 0 occurs in edited captures and is taken as it is.
// Numbers never restart within a session (MoldUDP64 1.00, "Sequence Number"), so `stream_start` is
// never set: a publisher that starts over takes another session.
#ifndef FEEDHANDLER_CODECS_MOLDUDP64_MOLDUDP64_H_
#define FEEDHANDLER_CODECS_MOLDUDP64_MOLDUDP64_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/string_view.h"
#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs {

struct MoldUdp64 {
  using Blocks = LengthBlocks<std::endian::big>;

  static constexpr Alpha kSession{"session", 0, 10};
  static constexpr BigEndian<uint64_t> kSequence{"sequence_number", 10};
  static constexpr BigEndian<uint16_t> kCount{"message_count", 18};
  static constexpr uint32_t kHeaderBytes = 20;
  static constexpr uint16_t kEndOfSession = 0xFFFF;

  PacketFrame Parse(const rio::Packet& packet) const {
    AnnouncedBlocks blocks;
    PacketFrame frame = ParseHeader(packet, blocks);
    FinishFrame(frame, blocks, Blocks::CountWhole(blocks));
    return frame;
  }

  // Parse in two parts, with the walk of the blocks in between.
  static PacketFrame ParseHeader(const rio::Packet& packet, AnnouncedBlocks& blocks) {
    PacketFrame frame;
    blocks = {packet.data, packet.data, 0};
    if (packet.length < kHeaderBytes) {
      frame.reject = RejectReason::kTooShort;
      return frame;
    }
    std::memcpy(frame.session.bytes.data(), kSession(packet.data), kSession.length);
    frame.first_sequence = kSequence(packet.data);
    const uint16_t count = kCount(packet.data);
    if (count == 0 || count == kEndOfSession) {
      frame.kind = count == 0 ? FrameKind::kHeartbeat : FrameKind::kEndOfSession;
      frame.trailing_bytes = packet.length > kHeaderBytes;
      return frame;
    }
    frame.kind = FrameKind::kMessages;
    blocks = {packet.data + kHeaderBytes, packet.data + packet.length, count};
    return frame;
  }
  static void FinishFrame(PacketFrame& frame, const AnnouncedBlocks& blocks,
                          const BlockCount& found) {
    if (blocks.count == 0) return;
    frame.message_count = found.whole;
    frame.number_count = found.whole;
    frame.lost_in_tail =
        static_cast<uint16_t>(std::min(blocks.count - found.whole, MostBehind(blocks, found)));
    frame.trailing_bytes = frame.lost_in_tail == 0 && found.end != blocks.end;
  }

  // How many more blocks the largest datagram could have held behind the whole ones.
  static uint32_t MostBehind(const AnnouncedBlocks& blocks, const BlockCount& found) {
    const auto used = kHeaderBytes + static_cast<uint32_t>(found.end - blocks.first);
    return used < kMostDatagramBytes ? (kMostDatagramBytes - used) / Blocks::kLengthBytes : 0;
  }

  static BlockRun Run(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take) {
    const BlockRun all = {packet.data + kHeaderBytes, packet.data + packet.length,
                          frame.message_count};
    return Blocks::Slice(all, skip, take);
  }

  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    Blocks::ForEach(Run(packet, frame, skip, take), std::forward<Function>(function));
  }

  // What a client asks a re-request server for: 20 bytes as a header, to the server's own address. The
  // answer is one ordinary packet to where the request came from, with as many of the messages as it
  // holds; a request that the server cannot answer meets with silence.
  struct Request {
    absl::string_view session;  // As it came in the packets.
    uint64_t first = 0;
    uint16_t count = 0;  // 1 to kMostRequested.
  };
  static constexpr uint16_t kMostRequested = kEndOfSession - 1;

  // Writes kHeaderBytes bytes. False, and nothing written, for a count that has no meaning.
  static bool PutRequest(uint8_t* bytes, const Request& request) {
    if (request.count == 0 || request.count > kMostRequested) return false;
    PutHeader(bytes, request.session, request.first, request.count);
    return true;
  }

  // Of a datagram; the session lies in it. Nothing when it is none.
  static std::optional<Request> ParseRequest(std::span<const uint8_t> datagram) {
    if (datagram.size() != kHeaderBytes) return std::nullopt;
    const uint8_t* bytes = datagram.data();
    const uint16_t count = kCount(bytes);
    if (count == 0 || count > kMostRequested) return std::nullopt;
    return Request{{kSession(bytes), kSession.length}, kSequence(bytes), count};
  }

  // Writes a header to kHeaderBytes bytes (generators, tests, requests).
  static void PutHeader(uint8_t* header, absl::string_view session, uint64_t sequence,
                        uint16_t count) {
    std::memset(header, 0, kSession.length);
    std::memcpy(header, session.data(),
                session.size() < kSession.length ? session.size() : kSession.length);
    kSequence.Put(header, sequence);
    kCount.Put(header, count);
  }
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_MOLDUDP64_MOLDUDP64_H_
