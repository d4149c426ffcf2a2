// Stamps that a switch or tap on the way wrote into the frame: behind the IP packet (a trailer), or
// before it. They tell when a packet passed that device, to nanoseconds and better, whatever the
// capturing host made of it later.
//
//   const std::optional<TrailerStamp> stamp =
//       ParseTrailer(frame, {.tail = end_of_ip_packet}, TrailerFormat::kMetamako, capture_ns);
//   if (stamp.has_value()) packet.stamp_ns = stamp->ns;    // StampSource::kTrailer
//
// Formats (sizes in bytes; integers are big-endian; a new frame check sequence of 4 may follow, for
// captures differ in whether they keep it):
//
// * Metamako, which is Arista 7130 (MetaWatch, MetaMux): original FCS 4, extensions, seconds 4,
//   nanoseconds 4, flags 1, device 2, port 1. Extensions are read from the end; one of them holds
//   the fraction of the nanosecond. Wireshark's dissector "metamako".
// * Exablaze, which is Cisco Nexus 3550 (its trailer of HPT, too): original FCS 4, device 1, port
//   1, seconds 4, fraction of the second 5 (in 2^-40), reserved 1. Wireshark's "exablaze". The
//   device's clock may be set to TAI.
// * VSS Monitoring: seconds 4, clock source 2 bits and nanoseconds 30 bits, then an optional port
//   1. Wireshark's "vssmonitoring".
// * Arista 7280 and 7500: no trailer, but a header before the EtherType: EtherType 0xd28b, subtype
//   1 (2), version 2 (time scale, length, hardware), then 64 or 48 bits of seconds and nanoseconds.
//   tcpdump's print-arista.c, Wireshark's "avsp". Of 48 bits the upper half of the seconds is taken
//   from the reference; TAI is turned into UTC.
//
// Not read: the 31-bit counter of Arista 7150 and the ttag of Cisco Nexus 9000, for neither means a
// time without further packets that tell what it counts from; ERSPAN, which encapsulates frames.
//
// Pure functions of any bytes; any thread; no allocation; some 5 ns.
#ifndef FEEDHANDLER_RIO_STAMPS_TRAILER_H_
#define FEEDHANDLER_RIO_STAMPS_TRAILER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"

namespace fh::rio {

enum class TrailerFormat : uint8_t { kNone = 0, kMetamako, kExablaze, kVss, kArista };

// Without kNone.
inline constexpr std::array<TrailerFormat, 4> kTrailerFormats = {
    TrailerFormat::kMetamako, TrailerFormat::kExablaze, TrailerFormat::kVss,
    TrailerFormat::kArista};

// "none", "metamako", "exablaze", "vss", "arista".
const char* TrailerFormatName(TrailerFormat format);

// The reverse; nothing for any other text.
std::optional<TrailerFormat> ParseTrailerFormat(absl::string_view name);

// "metamako, exablaze, vss, arista": for help and errors.
inline constexpr char kTrailerFormatNames[] = "metamako, exablaze, vss, arista";

struct TrailerStamp {
  int64_t ns = 0;            // UNIX time, never 0.
  uint32_t picoseconds = 0;  // Of the nanosecond, where the format has them.
  uint16_t device = 0;       // As the format numbers them; 0 where it does not.
  uint16_t port = 0;
  bool unsynchronized = false;  // The device says that its clock is not to be trusted.
};

// Where in a frame stamps can be.
struct StampPlace {
  // First byte behind the IP packet: what follows is padding, trailer, frame check sequence.
  size_t tail = 0;
  // Of the EtherType 0xd28b, when the frame has one; 0 = none.
  size_t header = 0;
};

// The stamp in `frame`, which must be whole: of one that was cut, the trailer is gone.
// `reference_ns`: about when it was captured (UNIX); a stamp that is further from it than 30 days
// is none, and without a reference (0) one from 1970 is none. Nothing when the format is not there
// or its stamp is zero.
std::optional<TrailerStamp> ParseTrailer(std::span<const uint8_t> frame, const StampPlace& place,
                                         TrailerFormat format, int64_t reference_ns);

// The format of which `frame` looks, or kNone. Judge by many frames: padding can look like a
// trailer once. `reference_ns` must not be 0.
TrailerFormat DetectTrailer(std::span<const uint8_t> frame, const StampPlace& place,
                            int64_t reference_ns);

// The note of a backend that is asked for such stamps and cannot see them.
inline constexpr char kTrailersUnseen[] =
    "stamps in frames (trailer) are not seen by sockets, which hand on payloads only: packets go "
    "without them; use the backend af_xdp, or a capture";

inline constexpr uint16_t kAristaEtherType = 0xd28b;

// How many bytes of Arista's stamp header follow its EtherType, the next EtherType not included; 0
// when `behind` (what follows the EtherType) is none, or cut.
size_t AristaHeaderBytes(std::span<const uint8_t> behind);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_STAMPS_TRAILER_H_
