#include "rio/registered/message_windows.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "rio/socket/control_windows.h"

namespace fh::rio {
namespace {

// What Wine completes the receives of a closed socket with (STATUS_HANDLES_CLOSED); Windows says
// WSA_OPERATION_ABORTED.
constexpr int kHandlesClosed = 676;

int FamilyOf(const uint8_t* address) {
  ADDRESS_FAMILY family = 0;
  std::memcpy(&family, address, sizeof family);
  return family;
}

void LoadLocal(SocketFacts& facts) {
  sockaddr_storage address{};
  int length = sizeof address;
  if (getsockname(facts.socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return;
  std::memcpy(facts.local.data(), &address, facts.local.size());
}

// The address that a datagram was sent to, by its control messages.
void ReadLocal(const WSAMSG& message, uint8_t* local) {
  ForEachControlMessage(message, [local](const WSACMSGHDR& c) {
    if (const auto v4 = ControlValue<IN_PKTINFO>(c, IPPROTO_IP, IP_PKTINFO)) {
      std::memcpy(local + offsetof(sockaddr_in, sin_addr), &v4->ipi_addr, sizeof v4->ipi_addr);
    } else if (const auto v6 = ControlValue<IN6_PKTINFO>(c, IPPROTO_IPV6, IPV6_PKTINFO)) {
      std::memcpy(local + offsetof(sockaddr_in6, sin6_addr), &v6->ipi6_addr, sizeof v6->ipi6_addr);
    }
  });
}

// Room for control messages, or those of a send.
WSABUF ControlOf(Operation& operation) {
  size_t bytes = operation.control.size();
  if (operation.kind == Operation::Kind::kSend && bytes >= sizeof(abi::ControlHeader)) {
    abi::ControlHeader total{};
    std::memcpy(&total, operation.control.data(), sizeof total);
    bytes = std::min<size_t>(bytes, total.total_length);
  }
  if (bytes > abi::kControlOffset) {
    return {.len = static_cast<ULONG>(bytes - abi::kControlOffset),
            .buf = reinterpret_cast<char*>(operation.control.data() + abi::kControlOffset)};
  }
  if (operation.kind == Operation::Kind::kSend) return {};
  // Whoever asked the socket for IP_PKTINFO and takes no control messages gets the datagram all the
  // same: without room for them the system would call it truncated.
  std::array<char, 64>& own = ScratchOf(operation).control;
  return {.len = static_cast<ULONG>(own.size()), .buf = own.data()};
}

int IssueReceive(Operation& operation, const SocketFacts& facts) {
  MessageScratch& scratch = ScratchOf(operation);
  if (facts.stream) {
    scratch.flags = 0;
    return WSARecv(facts.socket, &scratch.buffer, 1, nullptr, &scratch.flags, &scratch.overlapped,
                   nullptr);
  }
  return facts.receive_message(facts.socket, &scratch.message, nullptr, &scratch.overlapped,
                               nullptr);
}

int IssueSend(Operation& operation, const SocketFacts& facts) {
  MessageScratch& scratch = ScratchOf(operation);
  const WSAMSG& message = scratch.message;
  if (message.Control.len > 0 && facts.send_message != nullptr) {
    return facts.send_message(facts.socket, &scratch.message, 0, nullptr, &scratch.overlapped,
                              nullptr);
  }
  if (message.name == nullptr) {
    return WSASend(facts.socket, &scratch.buffer, 1, nullptr, 0, &scratch.overlapped, nullptr);
  }
  return WSASendTo(facts.socket, &scratch.buffer, 1, nullptr, 0, message.name, message.namelen,
                   &scratch.overlapped, nullptr);
}

// The addresses, control messages and flags of a receive.
void ReportReceive(Operation& operation, const SocketFacts& facts, bool truncated) {
  WSAMSG& message = ScratchOf(operation).message;
  if (operation.remote != nullptr && facts.stream) {
    std::memset(operation.remote, 0, abi::kAddressBytes);  // Nobody is named.
  }
  if (operation.local != nullptr) {
    std::memcpy(operation.local, facts.local.data(), facts.local.size());
    if (!facts.stream) ReadLocal(message, operation.local);
  }
  if (operation.control.size() >= abi::kControlOffset) {
    const abi::ControlHeader total{abi::kControlOffset + (facts.stream ? 0 : message.Control.len)};
    std::memcpy(operation.control.data(), &total, sizeof total);
  }
  if (operation.flags_out != nullptr) {
    // Wine does not say it in the flags.
    *operation.flags_out = message.dwFlags | (truncated ? DWORD{MSG_TRUNC} : 0);
  }
}

// 0, or the system's error of what came out of the completion port.
int ResultOf(Operation& operation, const SocketFacts& facts, uint32_t& bytes) {
  MessageScratch& scratch = ScratchOf(operation);
  bytes = static_cast<uint32_t>(scratch.overlapped.InternalHigh);
  if (scratch.overlapped.Internal == 0) return 0;
  DWORD transferred = 0;
  DWORD flags = 0;
  if (WSAGetOverlappedResult(facts.socket, &scratch.overlapped, &transferred, FALSE, &flags)) {
    return 0;
  }
  return WSAGetLastError();
}

}  // namespace

int32_t ErrorOfWindows(int error) {
  switch (error) {
    case 0:
      return abi::kOk;
    case ERROR_MORE_DATA:
      return abi::kMessageSize;
    case ERROR_OPERATION_ABORTED:
    case kHandlesClosed:
      return abi::kOperationAborted;
    case ERROR_NETNAME_DELETED:
    case ERROR_CONNECTION_ABORTED:
    case WSAECONNABORTED:
      return abi::kConnectionReset;
    case ERROR_CONNECTION_REFUSED:
    case ERROR_PORT_UNREACHABLE:
      return abi::kConnectionRefused;
    case ERROR_NETWORK_UNREACHABLE:
    case ERROR_HOST_UNREACHABLE:
      return abi::kNetworkUnreachable;
    case ERROR_INVALID_HANDLE:
      return abi::kNotSocket;
    case ERROR_INVALID_PARAMETER:
      return abi::kInvalid;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
      return abi::kNoBuffers;
    default:
      return error >= WSABASEERR && error < WSABASEERR + 2000 ? error : int32_t{abi::kUnknown};
  }
}

int32_t LoadFacts(SOCKET socket, SocketFacts& facts) {
  int type = 0;
  int length = sizeof type;
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &length) != 0) {
    return ErrorOfWindows(WSAGetLastError());
  }
  facts = {.socket = socket, .stream = type == SOCK_STREAM};
  if (!facts.stream) {
    facts.receive_message = FindReceiveMessage(socket);
    if (facts.receive_message == nullptr) return abi::kNotSupported;
    facts.send_message = FindSendMessage(socket);
  }
  LoadLocal(facts);
  return abi::kOk;
}

void NoteLocalWanted(SocketFacts& facts) {
  if (facts.packet_info) return;
  facts.packet_info = true;
  LoadLocal(facts);  // It may have been bound or connected meanwhile.
  if (facts.stream) return;
  const bool v6 = FamilyOf(facts.local.data()) == AF_INET6;
  SetIntOption(facts.socket, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_PKTINFO : IP_PKTINFO, 1);
}

void StartMessage(Operation& operation, void* queue) {
  auto* scratch = new (operation.scratch) MessageScratch;
  scratch->operation = &operation;
  scratch->queue = queue;
  scratch->next = nullptr;
  scratch->moved = 0;
  operation.status = abi::kOk;
  operation.bytes = 0;
}

int IssueMessage(Operation& operation, const SocketFacts& facts) {
  MessageScratch& scratch = ScratchOf(operation);
  const std::span<uint8_t> rest = operation.data.subspan(scratch.moved);
  scratch.overlapped = {};
  scratch.buffer = {.len = static_cast<ULONG>(rest.size()),
                    .buf = reinterpret_cast<char*>(rest.data())};
  scratch.message = {};
  scratch.message.lpBuffers = &scratch.buffer;
  scratch.message.dwBufferCount = 1;
  if (operation.remote != nullptr && !facts.stream) {
    const bool v4_send =
        operation.kind == Operation::Kind::kSend && FamilyOf(operation.remote) == AF_INET;
    scratch.message.name = reinterpret_cast<sockaddr*>(operation.remote);
    scratch.message.namelen = v4_send ? int{sizeof(sockaddr_in)} : int{abi::kAddressBytes};
  }
  scratch.message.Control = ControlOf(operation);
  const bool receive = operation.kind == Operation::Kind::kReceive;
  const int result = receive ? IssueReceive(operation, facts) : IssueSend(operation, facts);
  if (result == 0) return 0;
  const int error = WSAGetLastError();
  // A truncated datagram is a warning to the system, and warnings complete through the port.
  const bool comes = error == WSA_IO_PENDING || (receive && error == WSAEMSGSIZE);
  return comes ? 0 : error;
}

bool SettleMessage(Operation& operation, const SocketFacts& facts, bool is_closing) {
  MessageScratch& scratch = ScratchOf(operation);
  const bool receive = operation.kind == Operation::Kind::kReceive;
  uint32_t bytes = 0;
  const int32_t error = ErrorOfWindows(ResultOf(operation, facts, bytes));
  // Of a datagram that was cut, Windows and Wine report a full slice or nothing; anything between
  // means that only control messages were.
  const bool whole_data = bytes > 0 && bytes < operation.data.size();
  const bool cut = receive && !facts.stream && error == abi::kMessageSize;
  const bool truncated = cut && !whole_data;
  if (error == abi::kOperationAborted && receive && !is_closing) return false;
  if (error != abi::kOk && !cut) {
    AbortMessage(operation, error);
    return true;
  }
  if (facts.stream) {
    scratch.moved += bytes;
    const bool whole = !receive || operation.wait_all;
    if (whole && bytes > 0 && scratch.moved < operation.data.size()) return false;
    operation.bytes = scratch.moved;
  } else {
    // Wine says that none came of a datagram that was cut.
    operation.bytes = truncated ? static_cast<uint32_t>(operation.data.size()) : bytes;
    operation.status = truncated ? abi::kMessageSize : abi::kOk;
  }
  if (receive) ReportReceive(operation, facts, truncated);
  return true;
}

void AbortMessage(Operation& operation, int32_t error) {
  // What a stream brought already is the user's to have; the error comes with its next receive.
  const bool some = operation.kind == Operation::Kind::kReceive && ScratchOf(operation).moved > 0;
  operation.bytes = ScratchOf(operation).moved;
  operation.status = some ? abi::kOk : error;
}

}  // namespace fh::rio
