// The network that a measurement's datagrams go over: one of its own wherever that may be made, so
// that no other program of the host meets them.
//
//   absl::StatusOr<std::unique_ptr<Network>> network = Network::Cable();
//   ... this thread is at the receiving end: (*network)->receive_interface() ...
//   std::thread([&] { (*network)->EnterSendingEnd(); ... }).join();
//
// * Cable: a pair of virtual Ethernet interfaces (veth) between two network namespaces. The kernel
//   works on the sender's CPU, as it does on that of an adapter's interrupt.
// * Loopback: the same with one namespace that has nothing but its loopback.
// * HostLoopback: that of this host, for who may not make a namespace; and on Windows.
//
// Threads enter namespaces one by one, and the thread that made them stays in. With the last of
// these threads and the object the kernel takes the namespaces away with all that is in them,
// however the program ends. Start-up only: system calls.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_NETWORK_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_NETWORK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fh::tune {

class Network {
 public:
  virtual ~Network() = default;

  // UNAVAILABLE, with the reason and what to do, where they cannot be made. The calling thread is
  // in a namespace of its own then all the same, maybe: it should be one that ends.
  static absl::StatusOr<std::unique_ptr<Network>> Cable();
  static absl::StatusOr<std::unique_ptr<Network>> Loopback();
  static std::unique_ptr<Network> HostLoopback();

  // Takes the calling thread to where the sender is.
  virtual absl::Status EnterSendingEnd() = 0;

  virtual std::string receive_interface() const = 0;
  virtual std::string send_interface() const = 0;
  // An interface at the sending end that drops what is sent on it at once: what sending alone takes.
  // Empty: there is none.
  virtual std::string dead_end_interface() const = 0;
  // "a virtual cable between two network namespaces".
  virtual std::string description() const = 0;
  // No other program is on it.
  virtual bool is_own() const = 0;
};

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_NETWORK_H_
