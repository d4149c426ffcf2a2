#include "rio/socket/socket.h"

#include <cstring>
#include <utility>

#include "rio/socket/socket_family.h"

namespace fh::rio {

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    Close();
    handle_ = std::exchange(other.handle_, kNone);
    provider_ = other.provider_;
    kind_ = other.kind_;
    family_ = other.family_;
    owned_ = other.owned_;
  }
  return *this;
}

absl::Status Socket::Join(const Membership& membership) { return Change(membership, true); }
absl::Status Socket::Leave(const Membership& membership) { return Change(membership, false); }

bool Socket::EncodeAddress(const Endpoint& endpoint, uint32_t interface_index,
                           std::span<uint8_t, abi::kAddressBytes> slice) const {
  if (endpoint.address.is_none() || !Fits(family_, endpoint.address)) return false;
  const SocketAddress address = AddressFor(family_, endpoint, interface_index);
  std::memcpy(slice.data(), &address.storage, slice.size());
  return true;
}

Endpoint DecodeAddress(std::span<const uint8_t, abi::kAddressBytes> slice) {
  return FromSocketAddress(slice.data(), slice.size());
}

}  // namespace fh::rio
