#include "rio/stamps/trailer.h"

#include <algorithm>
#include <cstdlib>

namespace fh::rio {
namespace {

constexpr int64_t kNsPerS = 1'000'000'000;
constexpr int64_t kMostApartNs = 30LL * 24 * 3600 * kNsPerS;
constexpr uint32_t kDeviceUptimeS = 3600;  // Below: a clock that counts from its own start.
constexpr size_t kFcsBytes = 4;
constexpr size_t kMinFrameBytes = 60;  // Ethernet's minimum without FCS (IEEE 802.3, 3.2.8).

uint16_t Load16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
uint32_t Load32(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 |
         static_cast<uint32_t>(p[2]) << 8 | p[3];
}
uint64_t Load40(const uint8_t* p) { return static_cast<uint64_t>(p[0]) << 32 | Load32(p + 1); }

// Seconds and nanoseconds as UNIX ns, when they can be a time at all.
std::optional<int64_t> Plausible(uint32_t seconds, uint32_t ns, int64_t reference_ns) {
  if (seconds <= kDeviceUptimeS || ns >= kNsPerS) return std::nullopt;
  const int64_t stamp_ns = int64_t{seconds} * kNsPerS + ns;
  if (reference_ns != 0 && std::abs(stamp_ns - reference_ns) > kMostApartNs) return std::nullopt;
  return stamp_ns;
}

// A trailer that ends where `tail` does.
std::optional<TrailerStamp> MetamakoAtEnd(std::span<const uint8_t> tail, int64_t reference_ns) {
  constexpr size_t kEndBytes = 12;  // Seconds to port.
  constexpr uint8_t kHasExtensions = 0x02;
  constexpr uint8_t kDegraded = 0x10;
  if (tail.size() < kEndBytes + kFcsBytes) return std::nullopt;
  const uint8_t* const end = tail.data() + tail.size();
  const std::optional<int64_t> ns = Plausible(Load32(end - 12), Load32(end - 8), reference_ns);
  if (!ns.has_value()) return std::nullopt;
  TrailerStamp stamp{.ns = *ns, .device = Load16(end - 3), .port = end[-1]};
  stamp.unsynchronized = (end[-4] & kDegraded) != 0;
  if ((end[-4] & kHasExtensions) == 0) return stamp;
  // Towards the front: each extension ends with a word that says how many more it has.
  size_t left = tail.size() - kEndBytes;
  for (bool last = false; !last;) {
    if (left < 4) return std::nullopt;
    const uint32_t word = Load32(tail.data() + left - 4);
    const uint32_t tag = word & 0x1f;
    const size_t more_words = tag == 0x1f ? (word >> 6 & 0x3ff) + 1 : (word >> 6 & 3);
    last = (word >> 5 & 1) != 0;
    constexpr uint32_t kSubNanoseconds = 1;
    if (tag == kSubNanoseconds && more_words == 0) {
      stamp.picoseconds = static_cast<uint32_t>(uint64_t{word >> 8} * 1000 >> 24);
    }
    if (left < 4 * (more_words + 1)) return std::nullopt;
    left -= 4 * (more_words + 1);
  }
  return left < kFcsBytes ? std::nullopt : std::optional(stamp);
}

std::optional<TrailerStamp> ExablazeAtEnd(std::span<const uint8_t> tail, int64_t reference_ns) {
  constexpr size_t kBytes = 16;
  if (tail.size() < kBytes) return std::nullopt;
  const uint8_t* const start = tail.data() + tail.size() - kBytes;
  // fraction * 10^9 / 2^40 in two steps of 20 bits, which fit.
  const uint64_t fraction = Load40(start + 10);
  constexpr uint64_t kLow = (1u << 20) - 1;
  const uint64_t scaled = (fraction >> 20) * kNsPerS + ((fraction & kLow) * kNsPerS >> 20);
  const std::optional<int64_t> ns =
      Plausible(Load32(start + 6), static_cast<uint32_t>(scaled >> 20), reference_ns);
  if (!ns.has_value()) return std::nullopt;
  return TrailerStamp{.ns = *ns,
                      .picoseconds = static_cast<uint32_t>((scaled & kLow) * 1000 >> 20),
                      .device = start[4],
                      .port = start[5]};
}

// A trailer that is all there is of `tail`.
std::optional<TrailerStamp> VssWhole(std::span<const uint8_t> tail, int64_t reference_ns) {
  constexpr size_t kStampBytes = 8;
  const size_t more = tail.size() - kStampBytes;  // Wraps for a short tail, and is refused.
  if (more > 1 && more != kFcsBytes && more != kFcsBytes + 1) return std::nullopt;
  const uint32_t word = Load32(tail.data() + 4);
  const std::optional<int64_t> ns = Plausible(Load32(tail.data()), word & 0x3fffffff, reference_ns);
  if (!ns.has_value()) return std::nullopt;
  TrailerStamp stamp{.ns = *ns};
  if (more == 1 || more == kFcsBytes + 1) stamp.port = tail[kStampBytes];
  stamp.unsynchronized = word >> 30 == 0;
  return stamp;
}

bool AllZero(std::span<const uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

std::optional<TrailerStamp> Vss(std::span<const uint8_t> frame, size_t tail_begin,
                                int64_t reference_ns) {
  const auto stamp = VssWhole(frame.subspan(tail_begin), reference_ns);
  if (stamp.has_value() || tail_begin >= kMinFrameBytes || frame.size() <= kMinFrameBytes) {
    return stamp;
  }
  // A short packet was padded before the tap had it.
  if (!AllZero(frame.subspan(tail_begin, kMinFrameBytes - tail_begin))) return std::nullopt;
  return VssWhole(frame.subspan(kMinFrameBytes), reference_ns);
}

// Seconds that TAI is ahead of UTC at a moment of TAI (IERS Bulletin C; none is announced).
int64_t TaiAheadS(int64_t tai_s) {
  if (tai_s >= 1'483'228'800 + 37) return 37;  // 2017-01-01.
  if (tai_s >= 1'435'708'800 + 36) return 36;  // 2015-07-01.
  return 35;                                   // 2012-07-01, before which no such device was.
}

std::optional<TrailerStamp> Arista(std::span<const uint8_t> frame, size_t header,
                                   int64_t reference_ns) {
  if (header == 0 || header + 2 > frame.size()) return std::nullopt;
  const std::span<const uint8_t> behind = frame.subspan(header + 2);
  const size_t bytes = AristaHeaderBytes(behind);
  if (bytes == 0) return std::nullopt;
  const uint8_t* const stamp = behind.data() + 4;
  const bool is_utc = behind[2] == 1;
  uint32_t seconds = 0;
  if (bytes == 12) {
    seconds = Load32(stamp);
  } else {
    // The upper 16 bits are those that bring it next to the reference.
    if (reference_ns <= 0) return std::nullopt;
    const int64_t reference_s = reference_ns / kNsPerS + (is_utc ? 0 : 37);
    const auto apart = static_cast<int16_t>(Load16(stamp) - static_cast<uint16_t>(reference_s));
    seconds = static_cast<uint32_t>(reference_s + apart);
  }
  if (!is_utc) seconds -= static_cast<uint32_t>(TaiAheadS(seconds));
  const std::optional<int64_t> ns =
      Plausible(seconds, Load32(behind.data() + bytes - 4), reference_ns);
  if (!ns.has_value()) return std::nullopt;
  return TrailerStamp{.ns = *ns};
}

}  // namespace

const char* TrailerFormatName(TrailerFormat format) {
  switch (format) {
    case TrailerFormat::kNone:
      return "none";
    case TrailerFormat::kMetamako:
      return "metamako";
    case TrailerFormat::kExablaze:
      return "exablaze";
    case TrailerFormat::kVss:
      return "vss";
    case TrailerFormat::kArista:
      return "arista";
  }
  return "?";
}

std::optional<TrailerFormat> ParseTrailerFormat(absl::string_view name) {
  if (name == "none") return TrailerFormat::kNone;
  for (const TrailerFormat format : kTrailerFormats) {
    if (name == TrailerFormatName(format)) return format;
  }
  return std::nullopt;
}

size_t AristaHeaderBytes(std::span<const uint8_t> behind) {
  constexpr size_t kFixedBytes = 4;  // Subtype and version.
  if (behind.size() < kFixedBytes || Load16(behind.data()) != 1 || behind[2] > 1) return 0;
  const uint8_t length = behind[3] >> 4;
  const size_t bytes = length == 1 ? kFixedBytes + 8 : length == 2 ? kFixedBytes + 6 : 0;
  return bytes <= behind.size() ? bytes : 0;
}

std::optional<TrailerStamp> ParseTrailer(std::span<const uint8_t> frame, const StampPlace& place,
                                         TrailerFormat format, int64_t reference_ns) {
  if (format == TrailerFormat::kArista) return Arista(frame, place.header, reference_ns);
  if (format == TrailerFormat::kNone || place.tail >= frame.size()) return std::nullopt;
  if (format == TrailerFormat::kVss) return Vss(frame, place.tail, reference_ns);
  const auto at_end = format == TrailerFormat::kMetamako ? &MetamakoAtEnd : &ExablazeAtEnd;
  const std::span<const uint8_t> tail = frame.subspan(place.tail);
  std::optional<TrailerStamp> stamp = at_end(tail, reference_ns);
  if (!stamp.has_value() && tail.size() > kFcsBytes) {
    stamp = at_end(tail.first(tail.size() - kFcsBytes), reference_ns);
  }
  return stamp;
}

TrailerFormat DetectTrailer(std::span<const uint8_t> frame, const StampPlace& place,
                            int64_t reference_ns) {
  // The strictest first: VSS would take the front of a trailer of 12 or 13 bytes only.
  for (const TrailerFormat format : {TrailerFormat::kArista, TrailerFormat::kVss,
                                     TrailerFormat::kMetamako, TrailerFormat::kExablaze}) {
    if (ParseTrailer(frame, place, format, reference_ns).has_value()) return format;
  }
  return TrailerFormat::kNone;
}

}  // namespace fh::rio
