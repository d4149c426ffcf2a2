// Records of Solaris snoop files (RFC 1761), version 2 on Ethernet; stamps in microseconds. A part
// of CaptureReader.
#ifndef FEEDHANDLER_REPLAY_SNOOP_PARSER_H_
#define FEEDHANDLER_REPLAY_SNOOP_PARSER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "replay/captured_frame.h"
#include "replay/record_stream.h"

namespace fh::replay {

class SnoopParser {
 public:
  static constexpr size_t kMagicBytes = 8;

  // Whether a file that begins with these kMagicBytes bytes is for this parser.
  static bool Recognises(const uint8_t* magic);

  // Reads the file header. The stream stands at its start, and Recognises said yes. Errors:
  // DataLoss when it is cut short; InvalidArgument for a version or data link that is not read.
  absl::Status ReadHeader(RecordStream& stream);

  // `dropped_by_system` follows the drops that the records report.
  const CaptureInterface& interface() const { return interface_; }

  // Delivers the next frame, which lies in the stream's window. Damage is told by stream.status.
  ReadResult Next(RecordStream& stream, CapturedFrame& frame);

 private:
  CaptureInterface interface_;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_SNOOP_PARSER_H_
