// Addresses in the system's form (sockaddr), and back. Internal to rio/.
//
// Plain memory: no system call, no allocation. Any thread.
#ifndef FEEDHANDLER_RIO_SOCKET_SOCKET_ADDRESS_H_
#define FEEDHANDLER_RIO_SOCKET_SOCKET_ADDRESS_H_

#ifdef _WIN32
// Order matters: winsock2.h before everything that could bring in windows.h.
#include <winsock2.h>
// The rest needs winsock2.h.
#include <ws2tcpip.h>
#else
#include <sys/socket.h>
#endif

#include <cstddef>
#include <cstdint>

#include "rio/endpoint.h"

namespace fh::rio {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// `scope_id`: interface index, for IPv6 only; 0 = none.
SocketAddress ToSocketAddress(const Endpoint& endpoint, uint32_t scope_id);

// The reverse; an endpoint without address when `bytes` hold none. IPv4-mapped IPv6 comes out as
// IPv4.
Endpoint FromSocketAddress(const void* address, size_t bytes);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_SOCKET_ADDRESS_H_
