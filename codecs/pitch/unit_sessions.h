// What a client says to Cboe's servers for lost messages, the gap request proxy (GRP) and the Spin
// servers of units, and what they answer; over TCP, each message in a unit header without a number.
//
//   absl::StatusOr<LoginBytes> login = Login({"0006", "MKDA", password});
//   Send(*login);
//   while (const uint32_t size = WholeUnit(received)) {        // 0: receive more.
//     ForEachAnswer(received.first(size), [&](const Answer& answer) { ... });
//     received = received.subspan(size);
//   }
//   Send(GapRequest(unit, first, count));      // The messages come on the gap group, not here.
//   Send(SpinRequest(image));                  // The image comes here, between the answers.
//   Send(SessionHeartbeat());                  // Once a second, or the server hangs up.
//
// Any thread; nothing allocates but an error of Login. Bytes received are hostile: damage ends what can
// be read, and is said (Answer::Kind::kDamaged; kDamagedUnit).
//
// Source: "Cboe US Equities/Options Multicast PITCH Specification" 2.41, "Gap Request Proxy Messages",
// "Spin Messages"; the same in CFE's, Europe's and Australia's.
#ifndef FEEDHANDLER_CODECS_PITCH_UNIT_SESSIONS_H_
#define FEEDHANDLER_CODECS_PITCH_UNIT_SESSIONS_H_

#include <array>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/pitch/pitch_messages.h"
#include "codecs/pitch/unit_framing.h"

namespace fh::codecs::pitch {

template <uint32_t kMessage>
using SessionBytes = std::array<uint8_t, kUnitHeaderBytes + kMessage>;
using LoginBytes = SessionBytes<22>;

struct Credentials {
  absl::string_view session_sub_id;  // Four characters at most, as the venue has given them.
  absl::string_view username;        // Four.
  absl::string_view password;        // Ten.
};

// The first message of a session. InvalidArgument names a value that is too long or not printable; it
// does not repeat the password.
absl::StatusOr<LoginBytes> Login(const Credentials& credentials);

// Messages [first, first + count) of a unit; at most what the venue allows a request (100 in the US),
// which only its answer tells. Behind 4294967295 comes 1.
SessionBytes<9> GapRequest(uint8_t unit, uint32_t first, uint16_t count);

// The image of a Spin server with the number of one that it has advertised; with another the server
// takes its next newer one, so read the number from the answer.
SessionBytes<6> SpinRequest(uint32_t image);

// All symbol mappings, or definitions, of a Spin server.
SessionBytes<6> MappingSpinRequest();

SessionBytes<0> SessionHeartbeat();

// How many numbers lie in [first, last] of a unit, whose numbers go on with 1 behind 4294967295.
constexpr uint32_t NumbersBetween(uint32_t first, uint32_t last) {
  return last - first + 1 - (last < first ? 1 : 0);
}

// The bytes of the whole unit header and messages at the front of what was received; 0 while more has
// to come; kDamagedUnit when they are no unit, and nothing behind them can be found any more.
inline constexpr uint32_t kDamagedUnit = UINT32_MAX;
uint32_t WholeUnit(std::span<const uint8_t> received);

// A message of a server.
struct Answer {
  enum class Kind : uint8_t {
    kLogin,
    kGap,
    kSpinImage,  // Advertised: an image with the number `sequence` can be asked for.
    kSpin,       // It begins, or is refused.
    kSpinFinished,
    kMappingSpin,
    kMappingSpinFinished,
    kOther,    // A message of the image, or of a type that is not known.
    kDamaged,  // Shorter than its type demands.
  };
  Kind kind = Kind::kOther;
  char status = 'A';  // The venue's letter, where the kind has one.
  uint8_t unit = 0;   // kGap.
  // kGap: the first that was asked for. Spins: the last message that the image holds.
  uint32_t sequence = 0;
  uint32_t count = 0;  // kGap: messages; kSpin: orders; kMappingSpin: instruments.
  std::span<const uint8_t> bytes = {};

  bool is_refused() const { return status != 'A'; }
};

Answer ParseAnswer(std::span<const uint8_t> message);

// What a refusal means, by the documents' names: "session_in_use". "accepted" for 'A'; "unknown_status" for letters
// that the documents do not have.
const char* StatusText(const Answer& answer);

// Calls fn(const Answer&) for each message of a unit that WholeUnit has measured; none for a heartbeat.
template <typename Function>
void ForEachAnswer(std::span<const uint8_t> unit, Function&& function) {
  rio::Packet packet{};
  packet.data = unit.data();
  packet.length = static_cast<uint32_t>(unit.size());
  const UnitFraming framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected) return;
  framing.ForEachMessage(packet, frame, 0, frame.message_count,
                         [&](const uint8_t* message, uint32_t length) {
                           function(ParseAnswer({message, length}));
                         });
  if (frame.lost_in_tail != 0) {
    Answer damaged;
    damaged.kind = Answer::Kind::kDamaged;
    function(damaged);
  }
}

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_UNIT_SESSIONS_H_
