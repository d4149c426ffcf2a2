#include "rio/registered/message_posix.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "rio/registered/errors_posix.h"
#include "rio/socket/control_posix.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

uint16_t FamilyOf(const uint8_t* address) {
  sa_family_t family = 0;
  std::memcpy(&family, address + offsetof(sockaddr, sa_family), sizeof family);
  return family;
}

void LoadLocal(SocketFacts& facts) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(facts.fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return;
  std::memcpy(facts.local.data(), &address, facts.local.size());
}

// The address that a datagram was sent to, by its control messages.
void ReadLocal(const msghdr& header, uint8_t* local) {
  ForEachControlMessage(header.msg_control, header.msg_controllen, [local](const cmsghdr& c) {
    if (const auto v4 = ControlValue<in_pktinfo>(c, IPPROTO_IP, IP_PKTINFO)) {
      std::memcpy(local + offsetof(sockaddr_in, sin_addr), &v4->ipi_addr, sizeof v4->ipi_addr);
    } else if (const auto v6 = ControlValue<in6_pktinfo>(c, IPPROTO_IPV6, IPV6_PKTINFO)) {
      std::memcpy(local + offsetof(sockaddr_in6, sin6_addr), &v6->ipi6_addr, sizeof v6->ipi6_addr);
      if (IN6_IS_ADDR_LINKLOCAL(&v6->ipi6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&v6->ipi6_addr)) {
        const uint32_t scope = v6->ipi6_ifindex;
        std::memcpy(local + offsetof(sockaddr_in6, sin6_scope_id), &scope, sizeof scope);
      }
    }
  });
}

// Bytes of control messages: what a send says in its header, or the room that a receive gives.
size_t ControlBytes(const Operation& operation) {
  size_t bytes = operation.control.size();
  if (operation.kind == Operation::Kind::kSend && bytes >= sizeof(abi::ControlHeader)) {
    abi::ControlHeader total{};
    std::memcpy(&total, operation.control.data(), sizeof total);
    bytes = std::min<size_t>(bytes, total.total_length);
  }
  return bytes > abi::kControlOffset ? bytes - abi::kControlOffset : 0;
}

// The addresses, control messages and flags of a receive.
void ReportReceive(Operation& operation, const SocketFacts& facts) {
  msghdr& header = ScratchOf(operation).header;
  if (operation.remote != nullptr && header.msg_namelen == 0) {
    std::memset(operation.remote, 0, abi::kAddressBytes);  // A stream's: nobody is named.
  }
  if (operation.local != nullptr) {
    std::memcpy(operation.local, facts.local.data(), facts.local.size());
    if (!facts.stream) ReadLocal(header, operation.local);
  }
  if (operation.control.size() >= abi::kControlOffset) {
    const abi::ControlHeader total{
        static_cast<uint32_t>(abi::kControlOffset + header.msg_controllen)};
    std::memcpy(operation.control.data(), &total, sizeof total);
  }
  if (operation.flags_out != nullptr) {
    *operation.flags_out = static_cast<uint32_t>(header.msg_flags);
  }
}

}  // namespace

abi::Socket OpenEngineSocket(int family, int type, int protocol, int* error) {
  UniqueFd fd = OpenDescriptor([&] { return socket(family, type | SOCK_CLOEXEC, protocol); });
  if (fd.get() < 0) {
    *error = errno;
    return kBadSocket;
  }
  return static_cast<abi::Socket>(fd.Release());
}

bool LoadFacts(int fd, SocketFacts& facts, int& error) {
  int type = 0;
  socklen_t length = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) {
    error = errno;
    return false;
  }
  facts = {.fd = fd, .stream = type == SOCK_STREAM};
  LoadLocal(facts);
  return true;
}

void NoteLocalWanted(SocketFacts& facts) {
  if (facts.packet_info) return;
  facts.packet_info = true;
  LoadLocal(facts);  // It may have been bound or connected meanwhile.
  if (facts.stream) return;
  const int on = 1;
  if (FamilyOf(facts.local.data()) == AF_INET6) {
    setsockopt(facts.fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  } else {
    setsockopt(facts.fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  }
}

void StartMessage(Operation& operation) {
  auto* scratch = new (operation.scratch) MessageScratch;
  scratch->next = nullptr;
  scratch->moved = 0;
  scratch->header.msg_namelen = 0;
  scratch->header.msg_controllen = 0;
  scratch->header.msg_control = nullptr;
  scratch->header.msg_flags = 0;
  operation.status = abi::kOk;
  operation.bytes = 0;
}

std::span<uint8_t> RestOf(Operation& operation) {
  return operation.data.subspan(ScratchOf(operation).moved);
}

void FillMessage(Operation& operation, msghdr& header) {
  MessageScratch& scratch = ScratchOf(operation);
  const std::span<uint8_t> rest = RestOf(operation);
  scratch.vector = {.iov_base = rest.data(), .iov_len = rest.size()};
  header = {};
  header.msg_iov = &scratch.vector;
  header.msg_iovlen = 1;
  if (IsPlain(operation)) return;
  if (operation.remote != nullptr) {
    header.msg_name = operation.remote;
    header.msg_namelen = abi::kAddressBytes;
    if (operation.kind == Operation::Kind::kSend && FamilyOf(operation.remote) == AF_INET) {
      header.msg_namelen = sizeof(sockaddr_in);
    }
  }
  if (const size_t bytes = ControlBytes(operation); bytes > 0) {
    header.msg_control = operation.control.data() + abi::kControlOffset;
    header.msg_controllen = bytes;
  } else if (operation.local != nullptr) {
    header.msg_control = scratch.control.data();
    header.msg_controllen = scratch.control.size();
  }
}

msghdr& MessageOf(Operation& operation) {
  msghdr& header = ScratchOf(operation).header;
  FillMessage(operation, header);
  return header;
}

int FlagsOf(const Operation& operation, const SocketFacts& facts) {
  if (operation.kind == Operation::Kind::kSend) {
    // The rest of a stream's short send follows at once; no signal when the peer is gone.
    return MSG_NOSIGNAL | (facts.stream ? MSG_WAITALL : 0);
  }
  // MSG_TRUNC returns a datagram's whole length, but throws a stream's bytes away (tcp(7)).
  if (!facts.stream) return MSG_TRUNC;
  return operation.wait_all ? MSG_WAITALL : 0;
}

bool SettleMessage(Operation& operation, const SocketFacts& facts, int64_t result) {
  MessageScratch& scratch = ScratchOf(operation);
  const bool receive = operation.kind == Operation::Kind::kReceive;
  if (result < 0) {
    AbortMessage(operation, ErrorOfErrno(static_cast<int>(-result)));
    return true;
  }
  if (facts.stream) {
    scratch.moved += static_cast<uint32_t>(result);
    const bool whole = !receive || operation.wait_all;
    if (whole && result > 0 && scratch.moved < operation.data.size()) return false;
    operation.bytes = scratch.moved;
  } else {
    const auto size = static_cast<int64_t>(operation.data.size());
    operation.bytes = static_cast<uint32_t>(std::min(result, size));
    const bool cut = receive && (result > size || (scratch.header.msg_flags & MSG_TRUNC) != 0);
    operation.status = cut ? abi::kMessageSize : abi::kOk;
  }
  if (receive && !IsPlain(operation)) ReportReceive(operation, facts);
  return true;
}

void AbortMessage(Operation& operation, abi::Error error) {
  // What a stream brought already is the user's to have; the error comes with its next receive.
  const bool some = operation.kind == Operation::Kind::kReceive && ScratchOf(operation).moved > 0;
  operation.bytes = ScratchOf(operation).moved;
  operation.status = some ? abi::kOk : error;
}

}  // namespace fh::rio
