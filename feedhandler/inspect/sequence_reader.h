// Where the packets of one stream stand in the venue's numbers: read by a codec, or by the framing
// alone where the messages are of a protocol that no codec knows.
//
//   std::unique_ptr<SequenceReader> reader = MakeSequenceReader(codec_info, family, instruments);
//   const codecs::PacketFrame frame = reader->Frame(packet);
//   reader->ForEachMessage(packet, frame, [](uint64_t sequence, std::span<const uint8_t> bytes) {
//     ... });
//
// For looking at streams, not for the hot path. One thread.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_SEQUENCE_READER_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_SEQUENCE_READER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/functional/function_ref.h"
#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "feedhandler/inspect/payload_guess.h"
#include "rio/packet.h"

namespace fh {

class SequenceReader {
 public:
  using MessageFunction = absl::FunctionRef<void(uint64_t sequence, std::span<const uint8_t>)>;

  virtual ~SequenceReader() = default;

  virtual codecs::PacketFrame Frame(const rio::Packet& packet) = 0;

  // Every message of a packet that Frame has seen.
  virtual void ForEachMessage(const rio::Packet& packet, const codecs::PacketFrame& frame,
                              MessageFunction function) const = 0;

  // As in CodecInfo::framing; readers of the same framing count alike.
  virtual std::string framing() const = 0;
};

// `codec` may be null. Null when nothing is known that reads `family`; SBE-like packets count as a
// message each, since their number is the packet's. `instruments` outlives the reader.
std::unique_ptr<SequenceReader> MakeSequenceReader(const codecs::CodecInfo* codec,
                                                   FramingFamily family,
                                                   codecs::InstrumentStore& instruments);

// A session id for people: "0000026617", "1150681088/1" (IEX: session and channel), else
// hexadecimal; "-" when it is all zero.
std::string SessionText(const std::string& framing, const codecs::SessionId& session);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_SEQUENCE_READER_H_
