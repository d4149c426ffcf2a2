// The binary interface of Windows Registered I/O, declared by this project: neither mingw-w64 nor
// Wine has it, and code that is written against the pointer to the table runs over any table that
// keeps the rules: the system's on Windows, and those of rio/registered/emulated_table.h elsewhere.
//
//   abi::Buf slice{.id = buffer, .offset = 4096, .length = 2048};
//   table.Receive(request_queue, &slice, 1, abi::kDefer, context);
//
// Layouts and order are Microsoft's (mswsock.h, mswsockdef.h: RIO_EXTENSION_FUNCTION_TABLE and
// following); the assertions hold on 64-bit systems, which are the only ones supported. Names carry
// the RIO name beside them. Types only: no thread, no cost.
#ifndef FEEDHANDLER_RIO_REGISTERED_ABI_H_
#define FEEDHANDLER_RIO_REGISTERED_ABI_H_

#include <cstddef>
#include <cstdint>

#ifdef _WIN32
#define FH_RIO_CALL __stdcall  // PASCAL; the same as the default on x64.
#else
#define FH_RIO_CALL
#endif

namespace fh::rio::abi {

using Socket = uintptr_t;    // SOCKET; a file descriptor elsewhere.
using BufferId = uintptr_t;  // RIO_BUFFERID
using Bool = int32_t;        // BOOL

struct CqHandle;  // Never defined: handles are opaque.
struct RqHandle;
using Cq = CqHandle*;  // RIO_CQ
using Rq = RqHandle*;  // RIO_RQ

// RIO_INVALID_BUFFERID is 32 bits of ones, widened: neither null nor -1 on 64-bit systems.
inline constexpr BufferId kInvalidBufferId = 0xFFFFFFFFu;
inline constexpr Cq kInvalidCq = nullptr;            // RIO_INVALID_CQ
inline constexpr Rq kInvalidRq = nullptr;            // RIO_INVALID_RQ
inline constexpr uint32_t kMaxCqSize = 0x8000000;    // RIO_MAX_CQ_SIZE
inline constexpr uint32_t kCorruptCq = 0xFFFFFFFFu;  // RIO_CORRUPT_CQ, from DequeueCompletion.

// Flags of a request (RIO_MSG_...).
inline constexpr uint32_t kDontNotify = 1;  // Its completion does not count for Notify.
inline constexpr uint32_t kDefer = 2;       // Queue it without telling the kernel yet.
inline constexpr uint32_t kWaitAll = 4;     // Streams only: complete when the slice is full.
inline constexpr uint32_t kCommitOnly = 8;  // Tell the kernel; every other argument is zero.

// RIO_BUF: a slice of a registered buffer.
struct Buf {
  BufferId id;
  uint32_t offset;
  uint32_t length;
};
static_assert(sizeof(Buf) == 16 && offsetof(Buf, offset) == 8 && offsetof(Buf, length) == 12);

// RIORESULT: one completion.
struct Result {
  int32_t status;  // 0 or a Winsock code (abi::Error).
  uint32_t bytes;
  uint64_t socket_context;   // Given when the request queue was made.
  uint64_t request_context;  // Given with the request; the only thing that names its slice.
};
static_assert(sizeof(Result) == 24 && offsetof(Result, bytes) == 4 &&
              offsetof(Result, socket_context) == 8 && offsetof(Result, request_context) == 16);

// RIO_NOTIFICATION_COMPLETION: how Notify tells.
enum class NotifyType : uint32_t { kEvent = 1, kPort = 2 };  // RIO_EVENT_COMPLETION, RIO_IOCP_...
struct EventNotification {
  void* handle;  // HANDLE of an event; elsewhere an eventfd, converted through intptr_t.
  Bool reset;    // Reset the event in Notify.
};
struct PortNotification {
  void* port;        // HANDLE of an I/O completion port. Windows only.
  void* key;         // Completion key.
  void* overlapped;  // Its own OVERLAPPED, not null.
};
struct Notification {
  NotifyType type;
  union {
    EventNotification event;
    PortNotification port;
  };
};
static_assert(sizeof(Notification) == 32 && offsetof(Notification, event) == 8);

// RIO_CMSG_BUFFER: what a control slice starts with. The messages start at offset 8.
struct ControlHeader {
  uint32_t total_length;  // With this header.
};
inline constexpr uint32_t kControlOffset = 8;
inline constexpr uint32_t kAddressBytes = 28;  // sizeof(SOCKADDR_INET) = sizeof(sockaddr_in6)

// RIO_EXTENSION_FUNCTION_TABLE. Bool functions: 0 = failed, with the code in WSAGetLastError (see
// Provider::last_error in provider.h).
struct Table {
  uint32_t size;  // cbSize
  Bool(FH_RIO_CALL* Receive)(Rq, Buf* data, uint32_t count, uint32_t flags, void* context);
  int(FH_RIO_CALL* ReceiveEx)(Rq, Buf* data, uint32_t count, Buf* local, Buf* remote, Buf* control,
                              Buf* flags_out, uint32_t flags, void* context);
  Bool(FH_RIO_CALL* Send)(Rq, Buf* data, uint32_t count, uint32_t flags, void* context);
  Bool(FH_RIO_CALL* SendEx)(Rq, Buf* data, uint32_t count, Buf* local, Buf* remote, Buf* control,
                            Buf* flags_in, uint32_t flags, void* context);
  void(FH_RIO_CALL* CloseCompletionQueue)(Cq);
  Cq(FH_RIO_CALL* CreateCompletionQueue)(uint32_t size, Notification*);
  Rq(FH_RIO_CALL* CreateRequestQueue)(Socket, uint32_t max_receives, uint32_t receive_buffers,
                                      uint32_t max_sends, uint32_t send_buffers, Cq receives,
                                      Cq sends, void* socket_context);
  uint32_t(FH_RIO_CALL* DequeueCompletion)(Cq, Result*, uint32_t count);
  void(FH_RIO_CALL* DeregisterBuffer)(BufferId);
  int(FH_RIO_CALL* Notify)(Cq);  // 0 or the error itself.
  BufferId(FH_RIO_CALL* RegisterBuffer)(char* data, uint32_t bytes);
  Bool(FH_RIO_CALL* ResizeCompletionQueue)(Cq, uint32_t size);
  Bool(FH_RIO_CALL* ResizeRequestQueue)(Rq, uint32_t max_receives, uint32_t max_sends);
};
static_assert(sizeof(Table) == 112);
static_assert(offsetof(Table, Receive) == 8 && offsetof(Table, ReceiveEx) == 16 &&
              offsetof(Table, Send) == 24 && offsetof(Table, SendEx) == 32 &&
              offsetof(Table, CloseCompletionQueue) == 40 &&
              offsetof(Table, CreateCompletionQueue) == 48 &&
              offsetof(Table, CreateRequestQueue) == 56 &&
              offsetof(Table, DequeueCompletion) == 64 && offsetof(Table, DeregisterBuffer) == 72 &&
              offsetof(Table, Notify) == 80 && offsetof(Table, RegisterBuffer) == 88 &&
              offsetof(Table, ResizeCompletionQueue) == 96 &&
              offsetof(Table, ResizeRequestQueue) == 104);

// The Winsock codes that completions and calls carry, on every system.
enum Error : int32_t {
  kOk = 0,
  kFault = 10014,               // WSAEFAULT: a slice outside its buffer, or no such buffer.
  kInvalid = 10022,             // WSAEINVAL
  kAlready = 10037,             // WSAEALREADY: Notify is armed already.
  kNotSocket = 10038,           // WSAENOTSOCK
  kMessageSize = 10040,         // WSAEMSGSIZE: the datagram was longer than the slice.
  kNotSupported = 10045,        // WSAEOPNOTSUPP
  kNetworkUnreachable = 10051,  // WSAENETUNREACH
  kConnectionReset = 10054,     // WSAECONNRESET
  kNoBuffers = 10055,           // WSAENOBUFS: the queue's credit is used up.
  kNotConnected = 10057,        // WSAENOTCONN
  kTooManyReferences = 10059,   // WSAETOOMANYREFS: shrinking below what is in use.
  kConnectionRefused = 10061,   // WSAECONNREFUSED
  kOperationAborted = 995,      // WSA_OPERATION_ABORTED: the socket was closed.
  kUnknown = 11003,             // WSANO_RECOVERY: an error of the system without a Winsock twin.
};

// WSAIoctl(SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER) with this GUID fills the table; the socket
// must have been made with kSocketFlag.
inline constexpr uint32_t kGetTableIoctl = 0xC8000024;  // _WSAIORW(IOC_WS2, 36)
inline constexpr uint32_t kSocketFlag = 0x100;          // WSA_FLAG_REGISTERED_IO
inline constexpr uint8_t kTableGuid[16] = {0x81, 0xe0, 0x09, 0x85, 0xdd, 0x96, 0x05, 0x40,
                                           0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f};

}  // namespace fh::rio::abi

#endif  // FEEDHANDLER_RIO_REGISTERED_ABI_H_
