// What the POSIX engines share: an Operation as recvmsg(2) and sendmsg(2) want it, what their
// result means for it, and the queue in which operations wait. Internal to the engines.
//
//   StartMessage(operation);                              // Once, when it is submitted.
//   ssize_t n = recvmsg(fd, &MessageOf(operation, facts), kFlags);
//   if (SettleMessage(operation, facts, n < 0 ? -errno : n)) ... else go on with the rest
//
// Everything lives in the operation's scratch: no allocation. Only LoadFacts and NoteLocalWanted
// make system calls. The thread that holds the operation.
#ifndef FEEDHANDLER_RIO_REGISTERED_MESSAGE_POSIX_H_
#define FEEDHANDLER_RIO_REGISTERED_MESSAGE_POSIX_H_

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "rio/registered/abi.h"
#include "rio/registered/engine.h"

namespace fh::rio {

// What an engine has to know of a socket, learnt once.
struct SocketFacts {
  int fd = -1;
  bool stream = false;
  bool packet_info = false;  // IP_PKTINFO was switched on, since a request wanted `local`.
  std::array<uint8_t, abi::kAddressBytes> local{};  // Its own address; of datagrams the port only.
};

// The engines' use of Operation::scratch.
struct MessageScratch {
  Operation* next;  // In the queue of its socket, then in that of the finished.
  uint32_t moved;   // Bytes of a stream that earlier turns moved.
  msghdr header;
  iovec vector;
  alignas(cmsghdr) std::array<uint8_t, 64> control;  // For `local` without a control slice.
};
static_assert(sizeof(MessageScratch) <= sizeof(Operation::scratch));

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
  // One that was popped goes back to its place.
  void PushFront(Operation* operation) {
    ScratchOf(*operation).next = head_;
    if (head_ == nullptr) tail_ = operation;
    head_ = operation;
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

// A blocking socket, as an engine makes it; kBadSocket with the errno.
abi::Socket OpenEngineSocket(int family, int type, int protocol, int* error);

// False: `fd` is not a socket; `error` is the errno.
bool LoadFacts(int fd, SocketFacts& facts, int& error);

// A receive wants to know the address that its datagram was sent to. Switches IP_PKTINFO on the
// first time, so it may fail to say for datagrams that a connected TCP socket never has.
void NoteLocalWanted(SocketFacts& facts);

// Whether plain recv or send will do, which is faster than the message forms.
inline bool IsPlain(const Operation& operation) {
  return operation.remote == nullptr && operation.local == nullptr && operation.control.empty() &&
         operation.flags_out == nullptr;
}

// Makes the scratch valid.
void StartMessage(Operation& operation);

// What is still to be moved.
std::span<uint8_t> RestOf(Operation& operation);

// The message header for what is still to be moved; for plain operations too. In the scratch, where
// SettleMessage looks for the answer, or in another place.
msghdr& MessageOf(Operation& operation);
void FillMessage(Operation& operation, msghdr& header);

// MSG_ flags of the operation's next turn, without MSG_DONTWAIT.
int FlagsOf(const Operation& operation, const SocketFacts& facts);

// Takes the result of a turn, bytes or -errno. True: the operation has ended, and everything that
// it reports was written. False: a stream's operation that goes on with RestOf.
bool SettleMessage(Operation& operation, const SocketFacts& facts, int64_t result);

// Ends an operation that no turn will be made for.
void AbortMessage(Operation& operation, abi::Error error);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_MESSAGE_POSIX_H_
