// What the AF_XDP backend has of interfaces that are removed, and come back as new ones: its
// program is attached to the new one, with sockets of its own, and handed to the thread that polls.
// Internal to the AF_XDP backend.
//
// Two threads take turns with an interface, as its phase says; the keeper of the lines
// (rio/socket/line_keeper.h) does everything that may take long:
//
//   kAttached   the poller receives. The keeper sees that the interface is another one, or gone ->
//   kDetach     the poller delivers what has arrived, gives up the queues ->
//   kDetached   the keeper closes them, and attaches anew once the interface is there and up ->
//   kReady      the poller takes the new queues -> kAttached
//
// Threads: Follow and Receives are the keeper's, has_news and Settle the poller's. The others are
// for before the start.
#ifndef FEEDHANDLER_RIO_AF_XDP_FOLLOWER_H_
#define FEEDHANDLER_RIO_AF_XDP_FOLLOWER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/af_xdp/interface.h"
#include "rio/backend.h"
#include "rio/memory/region.h"
#include "rio/socket/line_keeper.h"

namespace fh::rio {

class XdpFollower {
 public:
  // How the backend was attached at first. `interfaces` are changed (index, queues) while detached,
  // `region` is registered anew; both outlive it.
  struct Setup {
    XdpAttempt attempt{};
    XdpRingSizes sizes{};
    ChunkLayout layout{};
    ReceiverOptions options;
  };

  XdpFollower(std::vector<XdpInterface>& interfaces, RegisteredRegion& region)
      : interfaces_(interfaces), region_(region), followed_(interfaces.size()) {}

  void Begin(Setup setup) { setup_ = std::move(setup); }
  // The sockets that the interface has now.
  void SetSockets(size_t interface, std::vector<int> fds) {
    followed_[interface].fds = std::move(fds);
  }

  std::chrono::milliseconds Follow(std::span<const LineKeeper::InterfaceState> states);
  bool Receives(size_t interface) const {
    return followed_[interface].phase.load(std::memory_order_acquire) == Phase::kAttached;
  }

  // Whether Settle has something to do. Memory only.
  bool has_news() const { return news_.load(std::memory_order_relaxed); }

  // `detach(interface, dead)`: gives up the queues of the interface and puts what is to be closed
  // into `dead`; false when there is still something to deliver. `adopt(interface, attachment)`:
  // takes new ones.
  template <class Detach, class Adopt>
  void Settle(Detach&& detach, Adopt&& adopt) {
    news_.store(false, std::memory_order_relaxed);
    for (size_t i = 0; i < followed_.size(); ++i) {
      Followed& followed = followed_[i];
      const Phase phase = followed.phase.load(std::memory_order_acquire);
      if (phase == Phase::kDetach) {
        if (detach(i, followed.attachment.emplace())) {
          followed.phase.store(Phase::kDetached, std::memory_order_release);
        } else {
          news_.store(true, std::memory_order_relaxed);  // At the next poll.
        }
      } else if (phase == Phase::kReady) {
        adopt(i, *std::move(followed.attachment));
        followed.attachment.reset();
        followed.phase.store(Phase::kAttached, std::memory_order_release);
      }
    }
  }

 private:
  enum class Phase : uint8_t { kAttached, kDetach, kDetached, kReady };

  struct Followed {
    std::atomic<Phase> phase{Phase::kAttached};
    std::optional<XdpAttachment> attachment;  // Dead, or ready; of whoever's turn it is.
    // The keeper's.
    uint64_t generation = 0;
    std::vector<int> fds;
    std::chrono::steady_clock::time_point retry_at{};
    std::string told;
  };

  absl::StatusOr<XdpAttachment> AttachAnew(XdpInterface& interface, int owner_fd);
  bool Attach(size_t index, const LineKeeper::InterfaceState& state, int owner_fd);
  int RegionsOwner(std::span<const LineKeeper::InterfaceState> states) const;
  void Tell(const std::string& news) const {
    if (setup_.options.tell) setup_.options.tell(news);
  }

  std::vector<XdpInterface>& interfaces_;
  RegisteredRegion& region_;
  Setup setup_;
  std::vector<Followed> followed_;  // By interface; never resized.
  std::atomic<bool> news_{false};
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_FOLLOWER_H_
