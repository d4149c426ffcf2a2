// The packets of the example venue: a header of 22 bytes, then messages, each behind its length.
//
//   "EXM1", the number of the first message (8), the time of sending (8), how many messages (2)
//
// Each message has a number. A packet without messages is a heartbeat; its number is the next one.
#ifndef FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_FRAMING_H_
#define FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_FRAMING_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::example {

struct Framing {
  using Blocks = LengthBlocks<std::endian::little>;

  static constexpr Alpha kProtocol{"protocol", 0, 4};
  static constexpr LittleEndian<uint64_t> kSequence{"sequence", 4};
  static constexpr LittleEndian<uint64_t> kSendTime{"send_time", 12, FieldKind::kUnixNs};
  static constexpr LittleEndian<uint16_t> kCount{"message_count", 20};
  static constexpr uint32_t kHeaderBytes = 22;
  static constexpr char kExm1[] = "EXM1";

  // Where the packet stands. It has counted the messages that lie wholly in it: who reads them later
  // need not look again.
  PacketFrame Parse(const rio::Packet& packet) const {
    PacketFrame frame;
    if (packet.length < kHeaderBytes) {
      frame.reject = RejectReason::kTooShort;
      return frame;
    }
    if (std::memcmp(kProtocol(packet.data), kExm1, kProtocol.length) != 0) {
      frame.reject = RejectReason::kForeign;
      return frame;
    }
    frame.first_sequence = kSequence(packet.data);
    frame.send_time_ns = static_cast<int64_t>(kSendTime(packet.data));
    frame.stream_start = frame.first_sequence == 1;
    const uint16_t announced = kCount(packet.data);
    const uint8_t* const first = packet.data + kHeaderBytes;
    const uint8_t* const end = packet.data + packet.length;
    const BlockCount found = Blocks::CountWhole(first, end, announced);
    frame.kind = announced == 0 ? FrameKind::kHeartbeat : FrameKind::kMessages;
    frame.message_count = found.whole;
    frame.number_count = found.whole;
    frame.lost_in_tail = static_cast<uint16_t>(std::min(announced - found.whole, kMostLost));
    frame.trailing_bytes = frame.lost_in_tail == 0 && found.end != end;
    return frame;
  }

  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const BlockRun all = {packet.data + kHeaderBytes, packet.data + packet.length,
                          frame.message_count};
    Blocks::ForEach(Blocks::Slice(all, skip, take), std::forward<Function>(function));
  }

  static void PutHeader(uint8_t* header, uint64_t sequence, uint64_t send_time, uint16_t count) {
    kProtocol.Put(header, kExm1);
    kSequence.Put(header, sequence);
    kSendTime.Put(header, send_time);
    kCount.Put(header, count);
  }

 private:
  // A header that lies announces more than any datagram holds.
  static constexpr uint32_t kMostLost = kMostDatagramBytes / Blocks::kLengthBytes;
};

}  // namespace fh::codecs::example

#endif  // FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_FRAMING_H_
