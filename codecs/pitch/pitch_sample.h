// Valid Cboe PITCH packets for fuzzing, tests and benchmarks.
//
//   std::string packet = pitch::SamplePacket(pitch::kUs, seed);   // Every message type, with its fields.
//   pitch::UnitWriter unit({.unit = 3, .sequence = 17});
//   pitch::kTime.Put(unit.Add(pitch::kTimeMessage), 34'200);
//   Send(unit.Bytes());
//
// Any thread; allocates. Not for the hot path.
#ifndef FEEDHANDLER_CODECS_PITCH_PITCH_SAMPLE_H_
#define FEEDHANDLER_CODECS_PITCH_PITCH_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/message.h"
#include "codecs/pitch/pitch_decoder.h"

namespace fh::codecs::pitch {

struct UnitPosition {
  uint8_t unit = 1;
  uint32_t sequence = 1;  // Of the first message; 0: they have none.
};

// A packet in the making. No more than 255 messages.
class UnitWriter {
 public:
  explicit UnitWriter(const UnitPosition& position);

  // Appends a message: its length and type, text blank, all else 0. `length` 0: with all its fields.
  // Returns its first byte, valid until the next call.
  uint8_t* Add(const MessageInfo& info, uint8_t length = 0);
  void AddRaw(const std::string& message);

  const std::string& Bytes() const { return bytes_; }

 private:
  uint8_t* Grow(uint8_t length);

  std::string bytes_;
};

// One message of each type behind the second that they count from, and a few more orders.
std::string SamplePacket(const Feed& feed, uint64_t seed);

// `messages` orders that are added, executed, modified and deleted, behind a Time message.
std::string BusyPacket(const Feed& feed, uint64_t seed, uint8_t messages);

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_PITCH_SAMPLE_H_
