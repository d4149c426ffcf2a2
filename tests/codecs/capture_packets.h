// The UDP datagrams of a capture as packets for a codec.
//
//   const absl::Status status = ForEachPacket(path, [](const CapturedPacket& captured) {...});
#ifndef FEEDHANDLER_TESTS_CODECS_CAPTURE_PACKETS_H_
#define FEEDHANDLER_TESTS_CODECS_CAPTURE_PACKETS_H_

#include <cstdint>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replay/capture_reader.h"
#include "replay/datagram.h"
#include "rio/packet.h"

namespace fh::test {

struct CapturedPacket {
  uint64_t frame_number;    // 1-based.
  uint32_t payload_offset;  // Of packet.data in the frame.
  const replay::Datagram& datagram;
  rio::Packet packet;  // Valid during the call.
};

// Calls fn(const CapturedPacket&) for each whole datagram, in file order.
template <typename Function>
absl::Status ForEachPacket(const std::filesystem::path& path, Function&& function) {
  absl::StatusOr<std::unique_ptr<replay::CaptureReader>> reader =
      replay::CaptureReader::Open(path.string());
  if (!reader.ok()) return reader.status();
  replay::CapturedFrame frame;
  while ((*reader)->Next(frame) == replay::ReadResult::kFrame) {
    replay::Datagram datagram;
    if (replay::ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram) !=
        replay::DatagramOutcome::kDatagram) {
      continue;
    }
    rio::Packet packet{};
    packet.data = datagram.payload.data();
    packet.length = static_cast<uint32_t>(datagram.payload.size());
    packet.stamp_ns = frame.stamp_ns;
    packet.stamp_source = rio::StampSource::kCapture;
    function(CapturedPacket{frame.number, datagram.payload_offset, datagram, packet});
  }
  return (*reader)->status();
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_CAPTURE_PACKETS_H_
