// Reading a capture: CaptureReader against libpcap's pcap_next_ex as it comes, against read() alone
// and against the best walk over the mapped file, on the same generated file in the page cache, larger than the caches. Interleaved; both must see the same
// frames, by a checksum over lengths and stamps.
//
//   capture_bench [FILE]    FILE: where to put the 230 MB, deleted afterwards; default in TMPDIR.
#ifdef FEEDHANDLER_HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "replay/capture_reader.h"
#include "replay/capture_writer.h"
#include "replay/datagram.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

constexpr uint64_t kFrames = 1'000'000;
constexpr int kSamples = 15;
constexpr int64_t kFirstStampNs = 1'700'000'000'000'000'000;

// What a pass over the file found; equal for everyone who reads it right.
struct Seen {
  uint64_t frames = 0;
  uint64_t checksum = 0;

  void Add(uint64_t captured, uint64_t original, int64_t stamp_ns) {
    ++frames;
    checksum = checksum * 31 + captured + (original << 20) + static_cast<uint64_t>(stamp_ns);
  }
  bool operator==(const Seen&) const = default;
};

// The thread's own ns a frame of `pass`, which fills `seen`: nothing here waits, the file is in the
// page cache.
template <typename Pass>
double NsPerFrame(Pass pass, Seen& seen) {
  const double start = ThreadCpuNs();
  seen = pass();
  return (ThreadCpuNs() - start) / static_cast<double>(kFrames);
}

// Frames of 113 to 313 bytes, 213 on average.
bool Generate(const std::string& path) {
  auto writer = replay::CaptureWriter::Open(path);
  if (!writer.ok()) {
    std::fprintf(stderr, "%s\n", writer.status().ToString().c_str());
    return false;
  }
  const uint8_t source[] = {10, 0, 0, 1};
  const uint8_t group[] = {239, 1, 2, 3};
  const replay::UdpFraming framing{.source = {rio::IpAddress::V4(source), 40000},
                                   .destination = {rio::IpAddress::V4(group), 26400}};
  std::mt19937_64 random(1);
  std::vector<uint8_t> payload(271);
  int64_t stamp_ns = kFirstStampNs;
  for (uint64_t i = 0; i < kFrames; ++i) {
    stamp_ns += static_cast<int64_t>(random() % 2000);
    const size_t size = 71 + random() % 201;
    if (!(*writer)->WriteDatagram(stamp_ns, framing, {payload.data(), size}).ok()) break;
  }
  const absl::Status closed = (*writer)->Close();
  if (!closed.ok()) std::fprintf(stderr, "%s\n", closed.ToString().c_str());
  return closed.ok() && (*writer)->frames() == kFrames;
}

Seen ReadOurs(const std::string& path) {
  Seen seen;
  auto reader = replay::CaptureReader::Open(path);
  if (!reader.ok()) return seen;
  replay::CapturedFrame frame;
  while ((*reader)->Next(frame) == replay::ReadResult::kFrame) {
    seen.Add(frame.bytes.size(), frame.original_length, frame.stamp_ns);
  }
  return seen;
}

// The same, down to the UDP payload.
Seen ReadDatagrams(const std::string& path) {
  Seen seen;
  auto reader = replay::CaptureReader::Open(path);
  if (!reader.ok()) return seen;
  replay::CapturedFrame frame;
  replay::Datagram datagram;
  while ((*reader)->Next(frame) == replay::ReadResult::kFrame) {
    const auto outcome =
        replay::ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram);
    const size_t length = datagram.payload_offset + datagram.payload.size();
    if (outcome == replay::DatagramOutcome::kDatagram) {
      seen.Add(length, length, frame.stamp_ns);
    }
  }
  return seen;
}

// The floor: the bytes as CaptureReader asks for them, and nothing done with them.
Seen ReadBytesOnly(const std::string& path) {
  std::vector<char> buffer(replay::CaptureReaderOptions().buffer_bytes);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    while (read(file, buffer.data(), buffer.size()) > 0) {
    }
    close(file);
  }
  return {};
}

// The least that can be done with the file in the address space: from record header to record
// header, with all that is in them. `flags`: of mmap(2) besides MAP_PRIVATE.
Seen WalkMapped(const std::string& path, int flags) {
  struct RecordHeader {
    uint32_t seconds;
    uint32_t ns;
    uint32_t captured;
    uint32_t original;
  };
  constexpr size_t kFileHeaderBytes = 24;
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  Seen seen;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const off_t bytes = lseek(file, 0, SEEK_END);
  if (file < 0 || bytes < 0) return seen;
  const auto size = static_cast<size_t>(bytes);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | flags, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return seen;
  madvise(mapped, size, MADV_SEQUENTIAL);
  const auto* const data = static_cast<const uint8_t*>(mapped);
  for (size_t at = kFileHeaderBytes; at + sizeof(RecordHeader) <= size;) {
    RecordHeader header;
    std::memcpy(&header, data + at, sizeof header);
    seen.Add(header.captured, header.original, header.seconds * kNsPerSecond + header.ns);
    at += sizeof header + header.captured;
  }
  munmap(mapped, size);
  return seen;
}

#ifdef FEEDHANDLER_HAVE_LIBPCAP
Seen ReadLibpcap(const std::string& path) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  Seen seen;
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* file =
      pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error);
  if (file == nullptr) return seen;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  while (pcap_next_ex(file, &header, &bytes) == 1) {
    seen.Add(header->caplen, header->len, header->ts.tv_sec * kNsPerSecond + header->ts.tv_usec);
  }
  pcap_close(file);
  return seen;
}
#endif

int Run(const std::string& path) {
  if (!Generate(path)) return 1;
  const Seen expected = ReadOurs(path);
  if (expected.frames != kFrames || ReadDatagrams(path) != expected) {
    std::fprintf(stderr, "the generated capture was not read back\n");
    return 1;
  }
  Comparison read{.name = "capture: read a frame (213 bytes, ns pcap in page cache)",
                  .unit = "ns a frame",
                  .subject = "CaptureReader::Next",
                  .reference = "libpcap pcap_next_ex",
                  .limit = 0.25};
  Comparison floor{.name = "capture: read a frame, against read() alone",
                   .unit = "ns a frame",
                   .subject = "CaptureReader::Next",
                   .reference = "read() of 256 KiB at a time"};
  Comparison mapped{.name = "capture: read a frame, against the best mapped walk",
                    .unit = "ns a frame",
                    .subject = "CaptureReader::Next",
                    .reference = "mmap and a walk of the record headers",
                    .limit = 1.1};
  Comparison parse{.name = "capture: read a frame and find its UDP payload",
                   .unit = "ns a frame",
                   .subject = "Next and ParseDatagram",
                   .reference = "CaptureReader::Next"};
  for (int i = 0; i < kSamples; ++i) {
    Seen ours, datagrams, none;
    const double ours_ns = NsPerFrame([&] { return ReadOurs(path); }, ours);
#ifdef FEEDHANDLER_HAVE_LIBPCAP
    Seen theirs;
    read.Add(ours_ns, NsPerFrame([&] { return ReadLibpcap(path); }, theirs));
    if (theirs != expected) {
      std::fprintf(stderr, "libpcap saw other frames\n");
      return 1;
    }
#endif
    floor.Add(ours_ns, NsPerFrame([&] { return ReadBytesOnly(path); }, none));
    Seen touched, populated;
    const double touched_ns = NsPerFrame([&] { return WalkMapped(path, 0); }, touched);
    const double populated_ns =
        NsPerFrame([&] { return WalkMapped(path, MAP_POPULATE); }, populated);
    mapped.Add(ours_ns, std::min(touched_ns, populated_ns));
    if (touched != expected || populated != expected) {
      std::fprintf(stderr, "the mapped walk saw other frames\n");
      return 1;
    }
    parse.Add(NsPerFrame([&] { return ReadDatagrams(path); }, datagrams), ours_ns);
    if (ours != expected || datagrams != expected) {
      std::fprintf(stderr, "a pass saw other frames\n");
      return 1;
    }
  }
#ifdef FEEDHANDLER_HAVE_LIBPCAP
  read.Print();
#else
  std::printf(
      "capture: libpcap was not found when this was configured (Debian: libpcap-dev); "
      "there is nothing to compare with\n");
#endif
  floor.Print();
  mapped.Print();
  parse.Print();
  return 0;
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) {
  std::error_code error;
  const std::string path =
      argc > 1 ? argv[1]
               : (std::filesystem::temp_directory_path(error) / "feedhandler_capture_bench.pcap")
                     .string();
  const int result = fh::bench::Run(path);
  std::filesystem::remove(path, error);
  return result;
}
