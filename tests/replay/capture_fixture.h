// Small captures for tests: a file that removes itself, and frames made of payloads.
//
//   TempFile file("day.pcap");
//   WriteCapture(file.path(), {{.stamp_ns = 5, .group = "239.1.1.1:1000", .payload = "hello"}});
#ifndef FEEDHANDLER_TESTS_REPLAY_CAPTURE_FIXTURE_H_
#define FEEDHANDLER_TESTS_REPLAY_CAPTURE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "replay/capture_writer.h"
#include "replay/udp_frame.h"
#include "rio/endpoint.h"
#include "tests/platform.h"

namespace fh::test {

// A path that no other test or process uses. The file itself is removed at the end, if there is
// one.
class TempFile {
 public:
  explicit TempFile(const std::string& name)
      : path_((std::filesystem::temp_directory_path() /
               absl::StrCat("fh_", ProcessId(), "_", counter_++, "_", name))
                  .string()) {}
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  static inline int counter_ = 0;
  std::string path_;
};

struct TestDatagram {
  int64_t stamp_ns = 0;
  std::string group = "239.1.1.1:1000";
  std::string payload;
  std::string source = "10.0.0.1:40000";
  uint32_t captured_payload_bytes = UINT32_MAX;  // Fewer than the payload: the frame is cut.
  std::optional<uint16_t> vlan = std::nullopt;   // Of its tag.
};

inline rio::Endpoint EndpointOf(const std::string& text) { return *rio::ParseEndpoint(text); }

inline std::span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Appends the datagram as an Ethernet frame, cut when it says so.
inline void AppendDatagram(replay::CaptureWriter& writer, const TestDatagram& datagram) {
  const replay::UdpFraming framing{.source = EndpointOf(datagram.source),
                                   .destination = EndpointOf(datagram.group),
                                   .vlan_id = datagram.vlan};
  std::vector<uint8_t> frame(datagram.payload.size() + replay::kMaxUdpFramingBytes);
  const absl::StatusOr<size_t> size =
      replay::BuildUdpFrame(framing, BytesOf(datagram.payload), frame);
  ASSERT_TRUE(size.ok()) << size.status();
  size_t kept = *size;
  if (datagram.captured_payload_bytes < datagram.payload.size()) {
    kept -= datagram.payload.size() - datagram.captured_payload_bytes;
  }
  const absl::Status written = writer.WriteFrame(datagram.stamp_ns, std::span(frame).first(kept),
                                                 static_cast<uint32_t>(*size));
  ASSERT_TRUE(written.ok()) << written;
}

inline void WriteCapture(const std::string& path, const std::vector<TestDatagram>& datagrams) {
  absl::StatusOr<std::unique_ptr<replay::CaptureWriter>> writer = replay::CaptureWriter::Open(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (const TestDatagram& datagram : datagrams) AppendDatagram(**writer, datagram);
  const absl::Status closed = (*writer)->Close();
  ASSERT_TRUE(closed.ok()) << closed;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_REPLAY_CAPTURE_FIXTURE_H_
