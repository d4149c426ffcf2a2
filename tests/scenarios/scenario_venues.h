// What each codec's venue sends, as packets that the scenarios ask for: so that one list of things
// that happen on a trading day is tried on every codec of the registry.
//
//   const ScenarioVenue* venue = FindScenarioVenue("itch50");
//   std::string bytes = venue->packet({.number = 7, .tags = {700, 701}});
//   uint64_t tag = venue->tag(update);           // 700: which message an update is of; 0: of none.
//
// A codec that is added gets a row in scenario_venues.cc; ScenarioTest fails until it has one.
#ifndef FEEDHANDLER_TESTS_SCENARIOS_SCENARIO_VENUES_H_
#define FEEDHANDLER_TESTS_SCENARIOS_SCENARIO_VENUES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/codec.h"
#include "codecs/update.h"

namespace fh::test {

// One packet: a message for each tag.
struct WirePacket {
  uint64_t number = 1;  // As on the wire: of the first message, or of the packet.
  std::vector<uint64_t> tags;
  uint16_t stream = 1;                                    // Of venues with several.
  uint32_t session = 1;                                   // Of venues that name them.
  codecs::FrameKind kind = codecs::FrameKind::kMessages;  // Those three that carry messages.
  int64_t time_ns = 0;                                    // Of sending, where the venue says it.
  uint32_t instrument = 900;                              // Of venues whose ids are their own.
};

struct ScenarioVenue {
  const char* codec;
  bool names_sessions;   // A restart has another id.
  bool has_unsequenced;  // Sends packets outside of all numbering.
  bool has_loops;        // Has snapshot channels, numbered anew each round.
  std::string (*packet)(const WirePacket& wanted);
  uint64_t (*tag)(const codecs::NormalizedUpdate& update);
  // A packet that defines an instrument, of venues whose ids are their own; else null.
  std::string (*definition)(uint64_t number, uint32_t instrument, const char* symbol);
};

// Null when there is none.
const ScenarioVenue* FindScenarioVenue(std::string_view codec);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SCENARIOS_SCENARIO_VENUES_H_
