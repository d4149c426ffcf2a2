// IP addresses and ports as values: IPv4 and IPv6, parsed and printed without the operating system.
//
//   absl::StatusOr<Endpoint> group = ParseEndpoint("239.1.2.3:26400");
//   absl::StatusOr<Endpoint> six   = ParseEndpoint("[ff15::1234]:26400");
//
// Plain values: any thread. Parsing allocates only for its error message; everything else is free
// of allocation but for ToString.
#ifndef FEEDHANDLER_RIO_ENDPOINT_H_
#define FEEDHANDLER_RIO_ENDPOINT_H_

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fh::rio {

// 16 bytes in network order. An IPv4 address is kept in its IPv4-mapped form (::ffff:a.b.c.d), so
// both families compare and hash in one way; `family` tells them apart for printing and for
// sockets.
class IpAddress {
 public:
  enum class Family : uint8_t { kNone = 0, kV4 = 4, kV6 = 6 };

  constexpr IpAddress() = default;

  // `bytes`: 4 bytes in network order.
  static IpAddress V4(const uint8_t* bytes) {
    IpAddress address;
    address.family_ = Family::kV4;
    address.bytes_[10] = address.bytes_[11] = 0xff;
    std::memcpy(address.bytes_.data() + 12, bytes, 4);
    return address;
  }

  // `bytes`: 16 bytes in network order.
  static IpAddress V6(const uint8_t* bytes) {
    IpAddress address;
    address.family_ = Family::kV6;
    std::memcpy(address.bytes_.data(), bytes, 16);
    return address;
  }

  // "239.1.2.3" or "ff15::1" (no brackets, no port, no scope).
  static absl::StatusOr<IpAddress> Parse(absl::string_view text);

  Family family() const { return family_; }
  bool is_v4() const { return family_ == Family::kV4; }
  bool is_v6() const { return family_ == Family::kV6; }
  bool is_none() const { return family_ == Family::kNone; }

  // 4 bytes for IPv4, 16 for IPv6, in network order.
  const uint8_t* bytes() const { return bytes_.data() + (is_v4() ? 12 : 0); }
  size_t size() const { return is_v4() ? 4 : 16; }

  // 224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291, section 2.7).
  bool IsMulticast() const { return is_v4() ? (bytes_[12] & 0xf0) == 0xe0 : bytes_[0] == 0xff; }

  std::string ToString() const;  // "(none)" for a default-constructed address.

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<uint8_t, 16> bytes_{};
  Family family_ = Family::kNone;
};

struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  std::string ToString() const;  // "239.1.2.3:26400", "[ff15::1]:26400"

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// "ADDRESS:PORT", an IPv6 address in brackets. The port is 1 to 65535.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_ENDPOINT_H_
