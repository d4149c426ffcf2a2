// Message files as exchanges publish them: records of [2-byte big-endian length][message] from the
// first byte on, no header. Nasdaq calls it BinaryFILE.
//
// A framing for CodecOf (codecs/codec_of.h). A packet is any run of whole records. There are no
// numbers on the wire: message k of the file has number k, counted from 1 in the order of the calls
// of Parse, so each packet must be given to Parse once; the session is always the same. A record of
// length 0 ends the session: what follows it is not read, and Parse says kEndOfSession for the
// packet that starts with it and for each later one. One thread.
#ifndef FEEDHANDLER_CODECS_LENGTH_PREFIXED_LENGTH_PREFIXED_H_
#define FEEDHANDLER_CODECS_LENGTH_PREFIXED_LENGTH_PREFIXED_H_

#include <bit>
#include <cstdint>
#include <utility>

#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "rio/packet.h"

namespace fh::codecs {

class LengthPrefixed {
 public:
  using Blocks = LengthBlocks<std::endian::big>;

  PacketFrame Parse(const rio::Packet& packet) {
    PacketFrame frame;
    frame.first_sequence = next_sequence_;
    const uint8_t* record = packet.data;
    const uint8_t* end = packet.data + packet.length;
    while (!ended_ && end - record >= Blocks::kLengthBytes) {
      const uint32_t length = Blocks::Length(record);
      ended_ = length == 0;
      if (ended_ || end - record < int64_t{Blocks::kLengthBytes} + length) break;
      record += Blocks::kLengthBytes + length;
      ++frame.message_count;
    }
    frame.number_count = frame.message_count;
    const bool left_over = record != end;
    frame.lost_in_tail = !ended_ && left_over ? 1 : 0;
    const int64_t read = ended_ && record == packet.data ? Blocks::kLengthBytes : 0;
    frame.trailing_bytes = ended_ && end - record > read;
    if (frame.message_count == 0 && frame.lost_in_tail == 0) {
      frame.kind = ended_ ? FrameKind::kEndOfSession : FrameKind::kHeartbeat;
    } else {
      frame.kind = FrameKind::kMessages;
    }
    next_sequence_ += frame.message_count + frame.lost_in_tail;
    return frame;
  }

  static BlockRun Run(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take) {
    return Blocks::Slice({packet.data, packet.data + packet.length, frame.message_count}, skip,
                         take);
  }

  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    Blocks::ForEach(Run(packet, frame, skip, take), std::forward<Function>(function));
  }

 private:
  uint64_t next_sequence_ = 1;
  bool ended_ = false;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_LENGTH_PREFIXED_LENGTH_PREFIXED_H_
