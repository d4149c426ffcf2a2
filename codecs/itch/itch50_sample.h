// Valid ITCH 5.0 messages made from a seed, every type alike often; for tests and fuzzing. A day as
// a market would make it is the generator's business, not this file's.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH50_SAMPLE_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH50_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/message.h"
#include "codecs/sample_random.h"

namespace fh::codecs::itch50 {

// A message of that type: letters from the specification's lists where the decoder looks at them,
// quantities above 0, the same symbol for the same locate.
std::string SampleMessage(const MessageInfo& info, SampleRandom& random);

// A MoldUDP64 packet of 1 to 24 messages.
std::string SamplePacket(uint64_t seed);

}  // namespace fh::codecs::itch50

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH50_SAMPLE_H_
