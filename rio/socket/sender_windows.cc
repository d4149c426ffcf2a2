#include "rio/socket/socket_windows.h"
// After winsock2.h.
#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rio/socket/sender.h"

namespace fh::rio {
namespace {

constexpr std::chrono::nanoseconds kFirstBackoff = std::chrono::microseconds(20);
constexpr std::chrono::nanoseconds kLongestBackoff = std::chrono::milliseconds(5);

absl::Status SetSendOptions(SOCKET socket, const SenderOptions& options,
                            const Interface& interface_found) {
  const bool v4 = options.destinations[0].address.is_v4();
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  bool ok = SetIntOption(socket, level, v4 ? IP_MULTICAST_TTL : IPV6_MULTICAST_HOPS, options.ttl) &&
            SetIntOption(socket, level, v4 ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP, options.loop);
  if (ok && interface_found.index != 0) ok = SetMulticastInterface(socket, v4, interface_found);
  if (ok) return absl::OkStatus();
  return SocketError(WSAGetLastError(),
                     absl::StrCat("cannot send multicast on '", options.interface, "'"),
                     "is the interface up, with an address of this IP version?");
}

std::string SendFix(int error, const std::string& interface_name) {
  if (error != WSAENETUNREACH && error != WSAEHOSTUNREACH) return "";
  if (interface_name.empty()) return "no route leads there: name the interface, or add a route";
  return absl::StrCat("is ", interface_name, " up?");
}

void SizeBuffer(SOCKET socket, uint32_t wanted_bytes, std::vector<std::string>& notes) {
  if (wanted_bytes == 0) return;
  const int wanted = static_cast<int>(std::min<uint32_t>(wanted_bytes, INT32_MAX));
  SetIntOption(socket, SOL_SOCKET, SO_SNDBUF, wanted);
  int granted = 0;
  int length = sizeof granted;
  if (getsockopt(socket, SOL_SOCKET, SO_SNDBUF, reinterpret_cast<char*>(&granted), &length) != 0 ||
      granted >= wanted) {
    return;
  }
  notes.push_back(absl::StrCat("the send buffer is ", granted, " bytes instead of ", wanted,
                               ": ask for less (socket_buffer_bytes)"));
}

absl::Status BindSource(SOCKET socket, const SenderOptions& options,
                        const Interface& interface_found) {
  if (options.source.is_none() && options.source_port == 0) return absl::OkStatus();
  constexpr uint8_t kAny[16] = {};
  const bool v4 = options.destinations[0].address.is_v4();
  const IpAddress any = v4 ? IpAddress::V4(kAny) : IpAddress::V6(kAny);
  const Endpoint local{options.source.is_none() ? any : options.source, options.source_port};
  const SocketAddress address = ToSocketAddress(local, interface_found.index_v6);
  if (bind(socket, address.get(), address.length) == 0) return absl::OkStatus();
  const int error = WSAGetLastError();
  return SocketError(error, absl::StrCat("cannot send from ", local.ToString()),
                     BindFix(error, local));
}

absl::Status Connect(SOCKET socket, const SenderOptions& options,
                     const Interface& interface_found) {
  const Endpoint& destination = options.destinations[0];
  const SocketAddress address = ToSocketAddress(destination, interface_found.index_v6);
  if (connect(socket, address.get(), address.length) == 0) return absl::OkStatus();
  const int error = WSAGetLastError();
  return SocketError(error, absl::StrCat("cannot send to ", destination.ToString()),
                     SendFix(error, options.interface));
}

bool IsFull(int error) {
  return error == WSAENOBUFS || error == WSAEWOULDBLOCK || error == WSA_NOT_ENOUGH_MEMORY;
}

}  // namespace

struct Sender::Socket {
  UniqueSocket socket;
  std::vector<SocketAddress> addresses;  // Empty when connected.
};

Sender::Sender(const SenderOptions& options)
    : socket_(std::make_unique<Socket>()), patience_(options.patience) {}

Sender::~Sender() = default;

absl::StatusOr<std::unique_ptr<Sender>> Sender::Open(const SenderOptions& options) {
  if (absl::Status status = CheckSenderOptions(options); !status.ok()) return status;
  absl::StatusOr<UniqueSocket> opened = OpenUdpSocket(options.destinations[0].address);
  if (!opened.ok()) return opened.status();
  const absl::StatusOr<Interface> found = FindInterface(options.interface);
  if (!found.ok()) return found.status();
  std::unique_ptr<Sender> sender(new Sender(options));
  sender->socket_->socket = *std::move(opened);
  const SOCKET socket = sender->socket_->socket.get();
  u_long nonblocking = 1;
  ioctlsocket(socket, static_cast<long>(FIONBIO), &nonblocking);
  if (absl::Status status = SetSendOptions(socket, options, *found); !status.ok()) return status;
  SizeBuffer(socket, options.socket_buffer_bytes, sender->notes_);
  if (absl::Status status = BindSource(socket, options, *found); !status.ok()) return status;
  if (options.destinations.size() == 1) {
    if (absl::Status status = Connect(socket, options, *found); !status.ok()) return status;
    return sender;
  }
  for (const Endpoint& destination : options.destinations) {
    sender->socket_->addresses.push_back(ToSocketAddress(destination, found->index_v6));
  }
  return sender;
}

size_t Sender::SendBatch(std::span<const Datagram> datagrams) {
  const Socket& socket = *socket_;
  size_t sent = 0;
  std::chrono::nanoseconds waited{0};
  bool refused = false;
  for (size_t next = 0; next < datagrams.size();) {
    const Datagram& datagram = datagrams[next];
    // Winsock only reads it; WSABUF has no const form.
    WSABUF buffer{.len = datagram.length,
                  .buf = reinterpret_cast<char*>(const_cast<uint8_t*>(datagram.data))};
    const SocketAddress* to =
        socket.addresses.empty() ? nullptr : &socket.addresses[datagram.destination];
    DWORD bytes = 0;
    ++stats_.system_calls;
    if (WSASendTo(socket.socket.get(), &buffer, 1, &bytes, 0, to == nullptr ? nullptr : to->get(),
                  to == nullptr ? 0 : to->length, nullptr, nullptr) == 0) {
      stats_.bytes += datagram.length;
      ++stats_.sent;
      ++sent;
    } else {
      const int error = WSAGetLastError();
      if (WaitForRoom(error, waited)) continue;
      stats_.last_error = error;
      // Tells that nobody listened to an earlier datagram (Wine says so although it was asked not
      // to); this one was not tried.
      const bool is_late = error == WSAECONNREFUSED || error == WSAECONNRESET;
      if (is_late && !std::exchange(refused, true)) continue;
      ++stats_.failed;
    }
    waited = std::chrono::nanoseconds(0);
    refused = false;
    ++next;
  }
  return sent;
}

// Whether to try the same datagram again: there was no room, and patience is left. Waits twice as
// long each time.
bool Sender::WaitForRoom(int error, std::chrono::nanoseconds& waited) {
  if (!IsFull(error) || waited >= patience_) return false;
  ++stats_.retries;
  const std::chrono::nanoseconds pause = std::min(std::max(waited, kFirstBackoff), kLongestBackoff);
  std::this_thread::sleep_for(pause);
  waited += pause;
  return true;
}

}  // namespace fh::rio
