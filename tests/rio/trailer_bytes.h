// The stamps that devices write into frames, made byte by byte for tests, from what their makers
// and Wireshark's dissectors publish of them.
#ifndef FEEDHANDLER_TESTS_RIO_TRAILER_BYTES_H_
#define FEEDHANDLER_TESTS_RIO_TRAILER_BYTES_H_

#include <cstdint>
#include <vector>

namespace fh::test {

using TrailerBytes = std::vector<uint8_t>;

inline void AppendBig(TrailerBytes& out, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

struct MetamakoFields {
  uint32_t seconds = 0;
  uint32_t ns = 0;
  uint8_t flags = 0x01;  // The original FCS was right.
  uint16_t device = 0;
  uint8_t port = 0;
  TrailerBytes extensions;  // Set flag 0x02 with them.
};

inline TrailerBytes MetamakoTrailer(const MetamakoFields& fields) {
  TrailerBytes out;
  AppendBig(out, 0xdeadbeef, 4);
  for (const uint8_t byte : fields.extensions) out.push_back(byte);
  AppendBig(out, fields.seconds, 4);
  AppendBig(out, fields.ns, 4);
  out.push_back(fields.flags);
  AppendBig(out, fields.device, 2);
  out.push_back(fields.port);
  return out;
}

// A word of three bytes of data, their length in further words, whether it is the last, and a tag.
inline void AppendMetamakoTag(TrailerBytes& out, uint32_t data24, uint32_t more_words, bool last,
                              uint32_t tag) {
  AppendBig(out, data24 << 8 | more_words << 6 | (last ? 1u : 0u) << 5 | tag, 4);
}

// `fraction`: of the second, in 2^-40.
inline TrailerBytes ExablazeTrailer(uint8_t device, uint8_t port, uint32_t seconds,
                                    uint64_t fraction) {
  TrailerBytes out;
  AppendBig(out, 0xdeadbeef, 4);
  out.push_back(device);
  out.push_back(port);
  AppendBig(out, seconds, 4);
  AppendBig(out, fraction, 5);
  out.push_back(0);
  return out;
}

inline TrailerBytes VssTrailer(uint32_t seconds, uint32_t ns, uint32_t clock_source) {
  TrailerBytes out;
  AppendBig(out, seconds, 4);
  AppendBig(out, clock_source << 30 | ns, 4);
  return out;
}

// With the EtherType in front, and without the one behind. `version`: 0x0110 UTC in 64 bits, 0x0010
// TAI in 64, 0x0120 and 0x0020 the same in 48.
inline TrailerBytes AristaHeader(uint16_t version, uint32_t seconds, uint32_t ns) {
  TrailerBytes out;
  AppendBig(out, 0xd28b, 2);
  AppendBig(out, 1, 2);
  AppendBig(out, version, 2);
  AppendBig(out, seconds, (version & 0x20) != 0 ? 2 : 4);
  AppendBig(out, ns, 4);
  return out;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_TRAILER_BYTES_H_
