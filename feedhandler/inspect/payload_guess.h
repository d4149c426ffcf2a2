// What a stream of datagrams speaks, judged by its first payloads: which codec fits, or at least
// which family of framings.
//
//   PayloadGuess guess;
//   for (const Payload& payload : first_payloads) guess.Sample(payload, stamp_ns, truncated);
//   if (guess.codec() != nullptr) Print(guess.codec()->name, guess.confidence());
//
// Payloads with messages decide; heartbeats and payloads that the capture cut off say too little
// and count only while there is nothing better; heartbeats alone make no codec accepted, but for
// IEX-TP, whose header names the protocol. A codec is
// accepted when it gives such payloads kAccepted or more on average (CodecInfo::guess); of several the
// best, and none when two are the best (dialects that differ in what was not seen).
//
// One thread. A sample costs a call of each codec's guess(), some microseconds; after kMostSamples
// nothing is looked at any more. Allocates at construction, and once for each codec that takes a
// payload for its own.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_PAYLOAD_GUESS_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_PAYLOAD_GUESS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codecs/codec.h"

namespace fh {

// Framings that are told from their structure alone, whatever messages they carry.
enum class FramingFamily : uint8_t {
  kUnknown,
  kMoldUdp64,             // codecs/moldudp64
  kIexTp,                 // codecs/iex/iex_tp.h, any message protocol
  kSbe,                   // 32-bit sequence and 64-bit UNIX ns, little-endian, then sized messages
  kLengthPrefixedBig,     // The whole payload is [16-bit length][message]..., no header.
  kLengthPrefixedLittle,  // The same, little-endian.
};
inline constexpr size_t kFramingFamilies = 6;

// "moldudp64", "iex_tp" (as in CodecInfo::framing), "sbe-like", ..., "unknown".
const char* FramingFamilyName(FramingFamily family);

// Bytes of the header of an SBE-like packet: what CME's MDP 3.0 calls the binary packet header
// (message sequence number, sending time).
inline constexpr uint32_t kSbePacketHeaderBytes = 12;

struct FramingGuess {
  FramingFamily family = FramingFamily::kUnknown;
  bool has_messages = false;  // Not a heartbeat.
};

// `stamp_ns`: when the payload was captured, 0 = not known. `truncated`: only the start of the
// payload is here, so lengths need not add up. Any bytes are allowed; pure function.
FramingGuess GuessFraming(std::span<const uint8_t> payload, int64_t stamp_ns, bool truncated);

class PayloadGuess {
 public:
  static constexpr uint32_t kMostSamples = 64;  // Of each kind: with messages, and weak ones.
  static constexpr int kAccepted = 50;
  static constexpr int kAcceptedWhenAsked = 20;

  // `asked`: the codec that somebody named; it is accepted from kAcceptedWhenAsked on as long as no
  // other reaches kAccepted. Null: none. rio::kReadablePastEnd bytes behind each payload must be
  // readable.
  explicit PayloadGuess(const codecs::CodecInfo* asked = nullptr);

  // True when the guess (codec or family) is another than before.
  bool Sample(std::span<const uint8_t> payload, int64_t stamp_ns, bool truncated);

  // Null when none is accepted.
  const codecs::CodecInfo* codec() const { return codec_; }
  // The best codec's average, 0 to 100, accepted or not.
  int confidence() const { return confidence_; }
  FramingFamily family() const { return family_; }
  uint32_t samples() const { return strong_.samples + weak_.samples; }

 private:
  struct Votes {
    uint32_t samples = 0;
    std::vector<uint32_t> codecs;  // Sum of guesses; indices of Codecs().
    uint32_t asked = 0;            // The same of the codec that was named, which may not be there.
    std::array<uint32_t, kFramingFamilies> families{};
  };

  void Decide();
  FramingFamily DecideFamily(const Votes& votes) const;

  const codecs::CodecInfo* asked_;
  const codecs::CodecInfo* codec_ = nullptr;
  int confidence_ = 0;
  FramingFamily family_ = FramingFamily::kUnknown;
  Votes strong_;
  Votes weak_;
  std::vector<int> guesses_;  // Of the payload at hand.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_PAYLOAD_GUESS_H_
