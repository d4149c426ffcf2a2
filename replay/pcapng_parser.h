// Blocks of pcapng files: any number of sections in either byte order, interfaces with their own
// link types and stamp resolutions, Enhanced, Simple and obsolete Packet Blocks, Interface
// Statistics; every other block is skipped. Source: draft-ietf-opsawg-pcapng.
//
// A part of CaptureReader. Memory grows with the number of interfaces (refused above 65,536 in a
// section), never with the number of frames.
#ifndef FEEDHANDLER_REPLAY_PCAPNG_PARSER_H_
#define FEEDHANDLER_REPLAY_PCAPNG_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "replay/byte_order.h"
#include "replay/captured_frame.h"
#include "replay/record_stream.h"
#include "replay/stamp_scale.h"

namespace fh::replay {

class PcapngParser {
 public:
  static constexpr size_t kMagicBytes = 4;

  // Whether a file that begins with these kMagicBytes bytes is for this parser.
  static bool Recognises(const uint8_t* magic);

  // Reads the first section header. The stream stands at its start, and Recognises said yes.
  // Errors: DataLoss when it is cut short or wrong.
  absl::Status ReadHeader(RecordStream& stream);

  // Of the current section, as far as it has been read.
  std::span<const CaptureInterface> interfaces() const { return interfaces_; }

  // Delivers the next frame, which lies in the stream's window, after whatever blocks stand before
  // it. Damage is told by stream.status.
  ReadResult Next(RecordStream& stream, CapturedFrame& frame);

 private:
  // A block that has been checked: whole in the window where `whole`, otherwise only its start.
  struct Block {
    uint64_t offset;  // In the stream.
    uint32_t type;
    uint32_t length;      // With both lengths.
    const uint8_t* body;  // After type and length.
    size_t body_bytes;    // Without the lengths.
  };

  // What a step over one block came to, when it delivered no frame.
  enum class Step : uint8_t { kFrame, kGoOn, kEnd, kDamaged };

  Step NextBlock(RecordStream& stream, CapturedFrame& frame);
  Step ReadSection(RecordStream& stream, uint64_t offset);
  Step ReadInterface(RecordStream& stream, const Block& block);
  void ReadStatistics(RecordStream& stream, const Block& block);
  Step ReadPacket(RecordStream& stream, const Block& block, CapturedFrame& frame);
  Step ReadSimplePacket(RecordStream& stream, const Block& block, CapturedFrame& frame);
  Step SkipBlock(RecordStream& stream, uint64_t offset, uint32_t type, uint32_t length);

  // Calls `use(code, value, length)` for each option in `options`; false when the list is cut.
  template <typename Use>
  bool ForEachOption(std::span<const uint8_t> options, Use use) const;

  ByteOrder order_;
  std::vector<CaptureInterface> interfaces_;
  std::vector<StampScale> scales_;  // By interface.
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_PCAPNG_PARSER_H_
