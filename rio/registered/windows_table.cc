#include "rio/registered/windows_table.h"

#include "rio/socket/socket_windows.h"
// After winsock2.h.
#include <cstring>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

abi::Socket OpenRegisteredSocket(int family, int type, int protocol, int* error) {
  UniqueSocket socket = OpenOverlappedSocket(family, type, protocol, abi::kSocketFlag);
  if (socket.get() == INVALID_SOCKET) {
    *error = WSAGetLastError();
    return kBadSocket;
  }
  if (type == SOCK_DGRAM) IgnoreUnreachable(socket.get());
  return static_cast<abi::Socket>(socket.Release());
}

void CloseRegisteredSocket(abi::Socket socket) { closesocket(static_cast<SOCKET>(socket)); }

int LastWinsockError() { return WSAGetLastError(); }

absl::Status Refusal(const std::string& what, int error, const std::string& fix) {
  return absl::FailedPreconditionError(absl::StrCat("no Registered I/O here: ", what,
                                                    " fails with code ", error, " (",
                                                    SocketErrorText(error), "); ", fix));
}

// The table as the system fills it in.
absl::Status Query(abi::Table& table) {
  if (absl::Status status = StartWinsock(); !status.ok()) return status;
  int error = 0;
  const UniqueSocket socket(
      static_cast<SOCKET>(OpenRegisteredSocket(AF_INET, SOCK_DGRAM, IPPROTO_UDP, &error)));
  if (socket.get() == INVALID_SOCKET) {
    return Refusal("a socket with WSA_FLAG_REGISTERED_IO", error,
                   "Windows 8 and Windows Server 2012 or later have it");
  }
  GUID id;
  static_assert(sizeof id == sizeof abi::kTableGuid);
  std::memcpy(&id, abi::kTableGuid, sizeof id);
  table = {};
  table.size = sizeof table;
  DWORD bytes = 0;
  if (WSAIoctl(socket.get(), abi::kGetTableIoctl, &id, sizeof id, &table, sizeof table, &bytes,
               nullptr, nullptr) != 0) {
    return Refusal("the query of the function table", WSAGetLastError(),
                   "Windows 8 and Windows Server 2012 or later answer it, Wine and some filters in "
                   "the network stack do not (netsh winsock show catalog)");
  }
  if (table.size < sizeof table || bytes < sizeof table) {
    return absl::FailedPreconditionError(
        absl::StrCat("no Registered I/O here: the function table has ", table.size, " bytes (",
                     bytes, " written) instead of ", sizeof table,
                     "; a filter in the network stack may have made it (netsh winsock show "
                     "catalog)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<const Provider*> Load() {
  static abi::Table table;
  static const Provider provider = {.name = kWindowsTableName,
                                    .table = &table,
                                    .open_socket = &OpenRegisteredSocket,
                                    .close_socket = &CloseRegisteredSocket,
                                    .last_error = &LastWinsockError,
                                    .wait = nullptr};
  if (absl::Status status = Query(table); !status.ok()) return status;
  int error = 0;
  if (const char* const failed = FirstFailure(provider, &error); failed != nullptr) {
    return Refusal(failed, error,
                   "filters in the network stack (anti-virus, VPN) are known to break it: netsh "
                   "winsock show catalog lists them");
  }
  return &provider;
}

}  // namespace

absl::StatusOr<const Provider*> WindowsTable() {
  static const absl::StatusOr<const Provider*> loaded = Load();
  return loaded;
}

ProbeResult ProbeWindowsTable() {
  const absl::StatusOr<const Provider*> provider = WindowsTable();
  if (provider.ok()) return {true, ""};
  return {false, std::string(provider.status().message())};
}

}  // namespace fh::rio
