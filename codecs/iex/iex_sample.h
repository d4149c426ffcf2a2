// Writes IEX-TP segments, and valid samples of each feed from a seed: for CodecInfo::sample, tests
// and benchmarks.
//
//   SegmentWriter segment(kDeep10.protocol, {.first_sequence = 1});
//   kSize.Put(segment.Add(kBuyLevelMessage), 100);
//   Send(segment.Bytes());
//
// Not for the hot path: allocates.
#ifndef FEEDHANDLER_CODECS_IEX_IEX_SAMPLE_H_
#define FEEDHANDLER_CODECS_IEX_IEX_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/iex/iex_messages.h"

namespace fh::codecs::iex {

// Where a segment stands; the rest of its header follows from its messages.
struct SegmentPosition {
  uint32_t channel = 1;
  uint32_t session = 0x49455801;
  int64_t stream_offset = 0;
  uint64_t first_sequence = 1;
  int64_t send_time_ns = 0;
};

class SegmentWriter {
 public:
  SegmentWriter(uint16_t protocol, const SegmentPosition& position);

  // Appends a message of the type's length: its type set, the symbol, if it has one, blank, all
  // else 0. The result points at it until the next call of a member.
  uint8_t* Add(const MessageInfo& info);

  // Appends a block of any content.
  void AddRaw(const std::string& message);

  // The segment so far. Valid until the next call of a member.
  const std::string& Bytes() const { return bytes_; }

 private:
  // Makes room for a block of `length` bytes and counts it; returns where its message starts.
  uint8_t* Grow(uint16_t length);

  std::string bytes_;
};

// A segment with every message type of the feed once and then, from the seed, up to 16 more of the
// frequent ones; always below 1,400 bytes. Times, symbols and numbers are plausible.
std::string SampleSegment(const Feed& feed, uint64_t seed);

// A segment of `messages` of the feed's frequent types only, as in the middle of a trading day.
std::string BusySegment(const Feed& feed, uint64_t seed, uint32_t messages);

}  // namespace fh::codecs::iex

#endif  // FEEDHANDLER_CODECS_IEX_IEX_SAMPLE_H_
