#include "rio/af_xdp/follower.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

// Until the poller had its turn.
constexpr std::chrono::milliseconds kTurn(10);
constexpr std::chrono::milliseconds kRetry(1000);

}  // namespace

std::chrono::milliseconds XdpFollower::Follow(std::span<const LineKeeper::InterfaceState> states) {
  std::chrono::milliseconds wait = LineKeeper::kLongestWait;
  const auto now = std::chrono::steady_clock::now();
  for (size_t i = 0; i < followed_.size(); ++i) {
    Followed& followed = followed_[i];
    const auto state = std::find_if(
        states.begin(), states.end(),
        [&](const LineKeeper::InterfaceState& s) { return s.name == interfaces_[i].name; });
    if (state == states.end()) continue;
    switch (followed.phase.load(std::memory_order_acquire)) {
      case Phase::kAttached:
        if (state->generation == followed.generation) break;
        followed.fds.clear();
        followed.phase.store(Phase::kDetach, std::memory_order_release);
        news_.store(true, std::memory_order_relaxed);
        wait = std::min(wait, kTurn);
        break;
      case Phase::kDetach:
      case Phase::kReady:
        wait = std::min(wait, kTurn);
        break;
      case Phase::kDetached:
        followed.attachment.reset();
        // Whether there is a link, shows late, and does not matter.
        if (state->now.index == 0 || !state->now.is_up) break;
        if (now >= followed.retry_at && Attach(i, *state, RegionsOwner(states))) {
          wait = std::min(wait, kTurn);
        } else {
          wait = std::min(wait, kRetry);
        }
        break;
    }
  }
  return wait;
}

// A socket that has the region registered and is still bound, for new ones to share it with; -1
// when there is none left, and it must be registered anew.
int XdpFollower::RegionsOwner(std::span<const LineKeeper::InterfaceState> states) const {
  for (size_t i = 0; i < followed_.size(); ++i) {
    const Followed& followed = followed_[i];
    const bool is_bound =
        std::any_of(states.begin(), states.end(), [&](const LineKeeper::InterfaceState& state) {
          return state.name == interfaces_[i].name && state.generation == followed.generation;
        });
    if (is_bound && !followed.fds.empty()) return followed.fds[0];
  }
  return -1;
}

absl::StatusOr<XdpAttachment> XdpFollower::AttachAnew(XdpInterface& interface, int owner_fd) {
  if (absl::Status status = LookUp(interface, setup_.options); !status.ok()) return status;
  return AttachXdp(interface, setup_.attempt, setup_.options, setup_.sizes, owner_fd, region_,
                   setup_.layout);
}

bool XdpFollower::Attach(size_t index, const LineKeeper::InterfaceState& state, int owner_fd) {
  Followed& followed = followed_[index];
  XdpInterface& interface = interfaces_[index];
  absl::StatusOr<XdpAttachment> attachment = AttachAnew(interface, owner_fd);
  if (!attachment.ok()) {
    followed.retry_at = std::chrono::steady_clock::now() + kRetry;
    if (followed.told != attachment.status().message()) {
      followed.told = std::string(attachment.status().message());
      Tell(absl::StrCat("AF_XDP cannot receive from ", interface.name,
                        " again, and tries each second: ", followed.told));
    }
    return false;
  }
  for (const XskSocket& socket : attachment->sockets) followed.fds.push_back(socket.fd());
  for (const std::string& note : attachment->metadata.notes) Tell(note);
  Tell(absl::StrCat("AF_XDP receives from ", interface.name, " again, in ", setup_.attempt.name));
  followed.told.clear();
  followed.generation = state.generation;
  followed.attachment = *std::move(attachment);
  followed.phase.store(Phase::kReady, std::memory_order_release);
  news_.store(true, std::memory_order_relaxed);
  return true;
}

}  // namespace fh::rio
