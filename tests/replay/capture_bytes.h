// Builds capture files byte by byte, in either byte order, right or deliberately wrong.
//
//   FileBytes file(/*big_endian=*/true);
//   AddPcapHeader(file, kPcapMicroseconds, LinkType::kEthernet);
//   AddPcapRecord(file, 1, 500'000, frame);
//   auto reader = CaptureReader::FromMemory(file.bytes());
#ifndef FEEDHANDLER_TESTS_REPLAY_CAPTURE_BYTES_H_
#define FEEDHANDLER_TESTS_REPLAY_CAPTURE_BYTES_H_

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "replay/capture_reader.h"

namespace fh::test {

using Bytes = std::vector<uint8_t>;

inline constexpr uint32_t kPcapMicroseconds = 0xa1b2c3d4;
inline constexpr uint32_t kPcapNanoseconds = 0xa1b23c4d;
inline constexpr uint32_t kPcapModified = 0xa1b2cd34;

class FileBytes {
 public:
  explicit FileBytes(bool big_endian = false) : big_endian_(big_endian) {}

  FileBytes& U8(uint8_t value) {
    bytes_.push_back(value);
    return *this;
  }
  FileBytes& U16(uint16_t value) { return Integer(value, 2); }
  FileBytes& U32(uint32_t value) { return Integer(value, 4); }
  FileBytes& U64(uint64_t value) { return Integer(value, 8); }
  FileBytes& Raw(std::span<const uint8_t> raw) {
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    return *this;
  }
  FileBytes& PadTo4() {
    while (bytes_.size() % 4 != 0) U8(0);
    return *this;
  }

  bool big_endian() const { return big_endian_; }
  const Bytes& bytes() const { return bytes_; }

 private:
  FileBytes& Integer(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (big_endian_ ? size - 1 - i : i);
      U8(static_cast<uint8_t>(value >> shift));
    }
    return *this;
  }

  bool big_endian_;
  Bytes bytes_;
};

inline void AddPcapHeader(FileBytes& file, uint32_t magic, replay::LinkType link_type,
                          uint32_t snap_length = 65535) {
  file.U32(magic).U16(2).U16(4).U32(0).U32(0).U32(snap_length);
  file.U32(static_cast<uint32_t>(link_type));
}

inline void AddPcapRecord(FileBytes& file, uint32_t seconds, uint32_t fraction, const Bytes& frame,
                          uint32_t original = 0) {
  const auto size = static_cast<uint32_t>(frame.size());
  file.U32(seconds).U32(fraction).U32(size).U32(original == 0 ? size : original).Raw(frame);
}

// A pcapng block around `body`, which is padded to 4 bytes.
inline void AddBlock(FileBytes& file, uint32_t type, FileBytes body) {
  body.PadTo4();
  const auto length = static_cast<uint32_t>(body.bytes().size() + 12);
  file.U32(type).U32(length).Raw(body.bytes()).U32(length);
}

inline void AddSection(FileBytes& file) {
  FileBytes body(file.big_endian());
  AddBlock(file, 0x0a0d0d0a, body.U32(0x1a2b3c4d).U16(1).U16(0).U64(UINT64_MAX));
}

// `resolution` below 0: no if_tsresol option.
inline void AddInterface(FileBytes& file, replay::LinkType link_type, uint32_t snap_length = 0,
                         int resolution = -1, int64_t offset_s = 0) {
  FileBytes body(file.big_endian());
  body.U16(static_cast<uint16_t>(link_type)).U16(0).U32(snap_length);
  if (resolution >= 0) body.U16(9).U16(1).U8(static_cast<uint8_t>(resolution)).PadTo4();
  if (offset_s != 0) body.U16(14).U16(8).U64(static_cast<uint64_t>(offset_s));
  if (resolution >= 0 || offset_s != 0) body.U16(0).U16(0);
  AddBlock(file, 1, body);
}

inline void AddEnhancedPacket(FileBytes& file, uint32_t interface, uint64_t units,
                              const Bytes& frame, uint32_t original = 0) {
  FileBytes body(file.big_endian());
  const auto size = static_cast<uint32_t>(frame.size());
  body.U32(interface).U32(static_cast<uint32_t>(units >> 32)).U32(static_cast<uint32_t>(units));
  AddBlock(file, 6, body.U32(size).U32(original == 0 ? size : original).Raw(frame));
}

// A frame with its own copy of the bytes.
struct KeptFrame {
  replay::CapturedFrame frame;
  Bytes bytes;
};

struct ReadAll {
  std::vector<KeptFrame> frames;
  replay::ReadResult end = replay::ReadResult::kEnd;
  absl::Status status;
};

inline ReadAll ReadEverything(replay::CaptureReader& reader) {
  ReadAll all;
  replay::CapturedFrame frame;
  while ((all.end = reader.Next(frame)) == replay::ReadResult::kFrame) {
    all.frames.push_back({frame, Bytes(frame.bytes.begin(), frame.bytes.end())});
  }
  all.status = reader.status();
  return all;
}

// A file that Open refuses comes back as kDamaged without frames.
inline ReadAll ReadBytes(std::span<const uint8_t> bytes,
                         replay::CaptureReaderOptions options = {}) {
  auto reader = replay::CaptureReader::FromMemory(bytes, "test", options);
  if (!reader.ok()) return {{}, replay::ReadResult::kDamaged, reader.status()};
  return ReadEverything(**reader);
}

inline Bytes BytesOf(std::initializer_list<int> values) {
  Bytes bytes(values.size());
  std::transform(values.begin(), values.end(), bytes.begin(),
                 [](int value) { return static_cast<uint8_t>(value); });
  return bytes;
}

// `count` bytes that differ from their neighbours and by `seed`.
Bytes Pattern(size_t count, uint8_t seed);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_REPLAY_CAPTURE_BYTES_H_
