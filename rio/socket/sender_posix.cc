#include <netinet/in.h>
#include <poll.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rio/socket/sender.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

constexpr std::chrono::nanoseconds kFirstBackoff = std::chrono::microseconds(20);
constexpr std::chrono::nanoseconds kLongestBackoff = std::chrono::milliseconds(5);

absl::Status SetSendOptions(int fd, const SenderOptions& options, uint32_t interface_index) {
  const bool v4 = options.destinations[0].address.is_v4();
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  bool ok = SetIntOption(fd, level, v4 ? IP_MULTICAST_TTL : IPV6_MULTICAST_HOPS, options.ttl) &&
            SetIntOption(fd, level, v4 ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP, options.loop);
  if (ok && interface_index != 0) ok = SetMulticastInterfaceIndex(fd, v4, interface_index);
  if (ok) return absl::OkStatus();
  return SocketError(errno, absl::StrCat("cannot send multicast on '", options.interface, "'"),
                     "is the interface up, with an address of this IP version?");
}

std::string SendFix(int error, const Endpoint& destination, const std::string& interface) {
  if (error != ENETUNREACH && error != EHOSTUNREACH) return "";
  if (interface.empty()) return "no route leads there: name the interface, or add a route";
  if (destination.address.is_v6()) {
    return absl::StrCat("no IPv6 route leads there through ", interface,
                        "; for loopback: ip -6 route add local ", destination.address.ToString(),
                        "/128 dev ", interface);
  }
  return absl::StrCat("is ", interface, " up?");
}

void SizeBuffer(int fd, uint32_t wanted_bytes, std::vector<std::string>& notes) {
  if (wanted_bytes == 0) return;
  const int wanted = static_cast<int>(std::min<uint32_t>(wanted_bytes, INT32_MAX / 2));
  if (!SetIntOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, wanted)) {
    SetIntOption(fd, SOL_SOCKET, SO_SNDBUF, wanted);
  }
  int doubled = 0;
  socklen_t length = sizeof doubled;
  if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &doubled, &length) != 0 || doubled / 2 >= wanted) {
    return;
  }
  notes.push_back(absl::StrCat("the send buffer is ", doubled / 2, " bytes instead of ", wanted,
                               ": raise net.core.wmem_max or grant CAP_NET_ADMIN"));
}

absl::Status BindSource(int fd, const SenderOptions& options, uint32_t interface_index) {
  if (options.source.is_none() && options.source_port == 0) return absl::OkStatus();
  constexpr uint8_t kAny[16] = {};
  const bool v4 = options.destinations[0].address.is_v4();
  const IpAddress any = v4 ? IpAddress::V4(kAny) : IpAddress::V6(kAny);
  const Endpoint local{options.source.is_none() ? any : options.source, options.source_port};
  const SocketAddress address = ToSocketAddress(local, interface_index);
  if (bind(fd, address.get(), address.length) == 0) return absl::OkStatus();
  const int error = errno;
  return SocketError(error, absl::StrCat("cannot send from ", local.ToString()),
                     BindFix(error, local));
}

absl::Status Connect(int fd, const SenderOptions& options, uint32_t interface_index) {
  const Endpoint& destination = options.destinations[0];
  const SocketAddress address = ToSocketAddress(destination, interface_index);
  if (connect(fd, address.get(), address.length) == 0) return absl::OkStatus();
  const int error = errno;
  return SocketError(error, absl::StrCat("cannot send to ", destination.ToString()),
                     SendFix(error, destination, options.interface));
}

bool IsFull(int error) {
  return error == ENOBUFS || error == EAGAIN || error == EWOULDBLOCK || error == ENOMEM;
}

}  // namespace

struct Sender::Socket {
  UniqueFd fd;
  std::vector<SocketAddress> addresses;  // Empty when connected.
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> vectors{};
};

Sender::Sender(const SenderOptions& options)
    : socket_(std::make_unique<Socket>()), patience_(options.patience) {
  for (size_t i = 0; i < kBatch; ++i) {
    socket_->messages[i].msg_hdr.msg_iov = &socket_->vectors[i];
    socket_->messages[i].msg_hdr.msg_iovlen = 1;
  }
}

Sender::~Sender() = default;

absl::StatusOr<std::unique_ptr<Sender>> Sender::Open(const SenderOptions& options) {
  if (absl::Status status = CheckSenderOptions(options); !status.ok()) return status;
  absl::StatusOr<UniqueFd> fd = OpenUdpSocket(options.destinations[0].address);
  if (!fd.ok()) return fd.status();
  const absl::StatusOr<uint32_t> interface_index = InterfaceIndex(fd->get(), options.interface);
  if (!interface_index.ok()) return interface_index.status();
  std::unique_ptr<Sender> sender(new Sender(options));
  sender->socket_->fd = *std::move(fd);
  const int descriptor = sender->socket_->fd.get();
  if (absl::Status status = SetSendOptions(descriptor, options, *interface_index); !status.ok()) {
    return status;
  }
  SizeBuffer(descriptor, options.socket_buffer_bytes, sender->notes_);
  if (absl::Status status = BindSource(descriptor, options, *interface_index); !status.ok()) {
    return status;
  }
  if (options.destinations.size() == 1) {
    absl::Status status = Connect(descriptor, options, *interface_index);
    if (!status.ok()) return status;
    return sender;
  }
  for (const Endpoint& destination : options.destinations) {
    sender->socket_->addresses.push_back(ToSocketAddress(destination, *interface_index));
  }
  return sender;
}

size_t Sender::SendBatch(std::span<const Datagram> datagrams) {
  Socket& socket = *socket_;
  for (size_t i = 0; i < datagrams.size(); ++i) {
    // The kernel only reads it; iovec has no const form.
    socket.vectors[i] = {.iov_base = const_cast<uint8_t*>(datagrams[i].data),
                         .iov_len = datagrams[i].length};
    if (socket.addresses.empty()) continue;
    SocketAddress& address = socket.addresses[datagrams[i].destination];
    socket.messages[i].msg_hdr.msg_name = &address.storage;
    socket.messages[i].msg_hdr.msg_namelen = address.length;
  }
  size_t sent = 0;
  size_t next = 0;
  std::chrono::nanoseconds waited{0};
  bool refused = false;
  while (next < datagrams.size()) {
    ++stats_.system_calls;
    const int count = sendmmsg(socket.fd.get(), socket.messages.data() + next,
                               static_cast<unsigned>(datagrams.size() - next), MSG_DONTWAIT);
    if (count > 0) {
      for (int i = 0; i < count; ++i) stats_.bytes += datagrams[next++].length;
      sent += static_cast<size_t>(count);
      stats_.sent += static_cast<uint64_t>(count);
      waited = std::chrono::nanoseconds(0);
      refused = false;
      continue;
    }
    const int error = errno;
    if (error == EINTR || WaitForRoom(error, waited)) continue;
    stats_.last_error = error;
    // Tells that nobody listened to an earlier datagram; this one was not tried.
    if (error == ECONNREFUSED && !std::exchange(refused, true)) continue;
    ++stats_.failed;
    waited = std::chrono::nanoseconds(0);
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
  const timespec spec{.tv_sec = 0, .tv_nsec = static_cast<long>(pause.count())};
  if (error == EAGAIN) {
    // The socket's own buffer is full: the kernel knows when it is not.
    pollfd writable{.fd = socket_->fd.get(), .events = POLLOUT, .revents = 0};
    ppoll(&writable, 1, &spec, nullptr);
  } else {
    nanosleep(&spec, nullptr);
  }
  waited += pause;
  return true;
}

}  // namespace fh::rio
