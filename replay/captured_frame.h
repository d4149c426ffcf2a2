// What a capture file holds, as values: frames, the interfaces they were captured on, and counts.
//
// Plain values; no thread owns them. The bytes of a frame belong to the reader that delivered it.
#ifndef FEEDHANDLER_REPLAY_CAPTURED_FRAME_H_
#define FEEDHANDLER_REPLAY_CAPTURED_FRAME_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace fh::replay {

// What a frame's first byte is. The numbers are the LINKTYPE_ values of capture files (registry at
// tcpdump.org/linktypes.html); any other number may occur too, and is kept as it is. 12 and 14 are
// DLT_RAW of some systems, seen in files that predate LINKTYPE_RAW.
enum class LinkType : uint16_t {
  kNull = 0,
  kEthernet = 1,
  kRawDlt12 = 12,
  kRawDlt14 = 14,
  kRaw = 101,
  kLoop = 108,
  kLinuxSll = 113,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxSll2 = 276,
};

// "Ethernet", "Linux cooked v1", ...; "link type 147" for those that ParseDatagram does not know.
std::string LinkTypeName(LinkType type);

// One record of a capture. Valid until the next call of CaptureReader::Next.
struct CapturedFrame {
  // 1-based, as Wireshark counts: pcapng's custom blocks take a number too, although they are not
  // delivered.
  uint64_t number = 0;
  // UNIX time in ns, rounded down. 0 when the record has none.
  int64_t stamp_ns = 0;
  // False for pcapng's Simple Packet Blocks, and for stamps outside of int64 ns (1677 to 2262).
  bool has_stamp = false;
  // Number of the interface in its section, as the file counts; 0 for pcap and snoop.
  uint32_t interface_index = 0;
  LinkType link_type = LinkType::kEthernet;
  // Bytes on the wire. More than bytes.size() when the capture kept only the start of the frame.
  uint32_t original_length = 0;
  // What was captured. rio::kReadablePastEnd bytes after the end may be read (content unspecified).
  std::span<const uint8_t> bytes;
};

// An interface as the capture describes it. pcap and snoop files have exactly one.
struct CaptureInterface {
  LinkType link_type = LinkType::kEthernet;
  uint32_t snap_length = 0;      // 0: no limit stated.
  uint8_t stamp_resolution = 6;  // As if_tsresol: 10^-n seconds, or 2^-n with the top bit set.
  int64_t stamp_offset_s = 0;    // if_tsoffset: added to every stamp.
  std::string name;              // Empty when not stated.
  // What the capturing system counted (pcapng's Interface Statistics Block, latest one). Frames
  // dropped before they reached the file are in no frame number: this is the only trace of them.
  std::optional<uint64_t> received;
  std::optional<uint64_t> dropped_by_interface;
  std::optional<uint64_t> dropped_by_system;
};

// Counts that only grow, from the start of the file.
struct CaptureStats {
  uint64_t frames = 0;             // Delivered.
  uint64_t frame_bytes = 0;        // Their captured bytes.
  uint64_t truncated_frames = 0;   // Fewer bytes captured than were on the wire (snap length).
  uint64_t unstamped_frames = 0;   // Delivered with has_stamp false.
  uint64_t odd_stamps = 0;         // Fraction of a second that is a second or more; carried over.
  uint64_t sections = 0;           // pcapng: section headers. 1 for the others.
  uint64_t blocks_skipped = 0;     // pcapng: blocks that are neither frames nor descriptions.
  uint64_t malformed_options = 0;  // pcapng: option lists that were cut or had a wrong length.
};

enum class ReadResult : uint8_t {
  kFrame,    // A frame was delivered.
  kEnd,      // The file ended where a record ends.
  kDamaged,  // No further frame can be read; CaptureReader::status() says where, why, what to do.
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURED_FRAME_H_
