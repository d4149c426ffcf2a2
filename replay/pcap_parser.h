// Records of classic pcap files: microseconds or nanoseconds, either byte order, and the "modified"
// form of some old Linux systems (magic a1b2cd34), whose record headers are 8 bytes longer.
// Source: draft-ietf-opsawg-pcap, sections 4 and 5.
//
// A part of CaptureReader. The inline path is the one that counts for speed: four loads, two
// comparisons and no call a record.
#ifndef FEEDHANDLER_REPLAY_PCAP_PARSER_H_
#define FEEDHANDLER_REPLAY_PCAP_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "replay/byte_order.h"
#include "replay/captured_frame.h"
#include "replay/record_stream.h"

namespace fh::replay {

class PcapParser {
 public:
  static constexpr size_t kMagicBytes = 4;

  // Whether a file that begins with these kMagicBytes bytes is for this parser.
  static bool Recognises(const uint8_t* magic);

  // Reads the file header. The stream stands at its start, and Recognises said yes. Errors:
  // DataLoss when it is cut short; InvalidArgument for a version that is not read.
  absl::Status ReadHeader(RecordStream& stream);

  const CaptureInterface& interface() const { return interface_; }

  // Delivers the next frame, which lies in the stream's window. Damage is told by stream.status.
  ReadResult Next(RecordStream& stream, CapturedFrame& frame) {
    ReadWindow& window = stream.window;
    if (window.available() >= header_bytes_) [[likely]] {
      const Header header = ParseHeader(window.data());
      if (window.available() - header_bytes_ >= header.captured &&
          header.captured <= stream.max_record_bytes) [[likely]] {
        Deliver(header, stream, frame);
        return ReadResult::kFrame;
      }
    }
    return NextSlow(stream, frame);
  }

 private:
  struct Header {
    uint32_t seconds;
    uint32_t fraction;
    uint32_t captured;
    uint32_t original;
  };

  Header ParseHeader(const uint8_t* p) const {
    return {order_.Load32(p), order_.Load32(p + 4), order_.Load32(p + 8), order_.Load32(p + 12)};
  }

  void Deliver(const Header& header, RecordStream& stream, CapturedFrame& frame) const {
    constexpr int64_t kNsPerSecond = 1'000'000'000;
    const int64_t fraction_ns = int64_t{header.fraction} * ns_per_fraction_;
    frame.stamp_ns = header.seconds * kNsPerSecond + fraction_ns;
    frame.has_stamp = true;
    frame.interface_index = 0;
    frame.link_type = interface_.link_type;
    frame.original_length = header.original;
    frame.bytes = {stream.window.data() + header_bytes_, header.captured};
    stream.window.Consume(header_bytes_ + header.captured);
    stream.stats.odd_stamps += fraction_ns >= kNsPerSecond;
    stream.Count(frame);
  }

  ReadResult NextSlow(RecordStream& stream, CapturedFrame& frame);

  ByteOrder order_;
  uint32_t header_bytes_ = 16;
  int64_t ns_per_fraction_ = 1;
  CaptureInterface interface_;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_PCAP_PARSER_H_
