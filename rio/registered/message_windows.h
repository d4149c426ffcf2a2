// An Operation as overlapped Winsock calls want it, and what their result means for it. Internal to
// the overlapped engine.
//
//   StartMessage(operation, queue);                     // Once, when it is submitted.
//   if (const int error = IssueMessage(operation, facts); error != 0) ... // Ended at once.
//   // ... its OVERLAPPED comes out of the completion port:
//   if (SettleMessage(operation, facts)) ... else issue it again for the rest
//
// Everything lives in the operation's scratch: no allocation. IssueMessage makes one system call;
// SettleMessage one when the operation failed. The thread that holds the operation.
#ifndef FEEDHANDLER_RIO_REGISTERED_MESSAGE_WINDOWS_H_
#define FEEDHANDLER_RIO_REGISTERED_MESSAGE_WINDOWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "rio/socket/socket_windows.h"
// After winsock2.h.
#include "rio/registered/abi.h"
#include "rio/registered/engine.h"

namespace fh::rio {

// What the engine has to know of a socket, learnt once.
struct SocketFacts {
  SOCKET socket = INVALID_SOCKET;
  bool stream = false;
  bool packet_info = false;  // IP_PKTINFO was switched on, since a request wanted `local`.
  LPFN_WSARECVMSG receive_message = nullptr;
  LPFN_WSASENDMSG send_message = nullptr;
  std::array<uint8_t, abi::kAddressBytes> local{};  // Its own address; of datagrams the port only.
};

// The engine's use of Operation::scratch.
struct MessageScratch {
  OVERLAPPED overlapped;  // First: its address is what the completion port returns.
  Operation* operation;
  void* queue;      // Of the engine.
  Operation* next;  // In the queue of its socket, then in that of the finished.
  uint32_t moved;   // Bytes of a stream that earlier turns moved.
  DWORD flags;
  WSABUF buffer;
  WSAMSG message;
  alignas(8) std::array<char, 64> control;  // For `local` without a control slice.
};
static_assert(sizeof(MessageScratch) <= sizeof(Operation::scratch));
static_assert(std::is_standard_layout_v<MessageScratch>);

inline MessageScratch& ScratchOf(Operation& operation) {
  return *reinterpret_cast<MessageScratch*>(operation.scratch);
}

// Operations in the order in which they were given, linked through their scratch.
class OperationList {
 public:
  bool empty() const { return head_ == nullptr; }
  Operation* front() const { return head_; }

  void PushBack(Operation* operation) {
    ScratchOf(*operation).next = nullptr;
    (head_ == nullptr ? head_ : ScratchOf(*tail_).next) = operation;
    tail_ = operation;
  }
  Operation* PopFront() {
    Operation* const operation = head_;
    head_ = ScratchOf(*operation).next;
    return operation;
  }

 private:
  Operation* head_ = nullptr;
  Operation* tail_ = nullptr;  // Meaningless when empty.
};

// The Winsock code that a system's error means to users of queues: abi::Error, or another one.
int32_t ErrorOfWindows(int error);

// kOk, or why the socket cannot be used.
int32_t LoadFacts(SOCKET socket, SocketFacts& facts);

// A receive wants to know the address that its datagram was sent to.
void NoteLocalWanted(SocketFacts& facts);

// Makes the scratch valid.
void StartMessage(Operation& operation, void* queue);

// Gives the operation, or what is left of it, to the system. 0: it will come out of the completion
// port, whatever its result; otherwise it has ended with this system error.
int IssueMessage(Operation& operation, const SocketFacts& facts);

// Takes the result that came out of the completion port. True: the operation has ended, and all
// that it reports was written. False: a stream's operation that goes on with the rest, or one that
// the system ended although nobody asked for it (`is_closing` false): to be issued again.
bool SettleMessage(Operation& operation, const SocketFacts& facts, bool is_closing);

// Ends an operation that the system does not have.
void AbortMessage(Operation& operation, int32_t error);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_MESSAGE_WINDOWS_H_
