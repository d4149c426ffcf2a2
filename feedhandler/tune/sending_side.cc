#include "feedhandler/tune/sending_side.h"

#include <cstring>

#include "absl/strings/str_join.h"
#include "feedhandler/threads/thread_setup.h"
#include "feedhandler/tune/host.h"
#include "latency/clock.h"
#include "rio/packet.h"

namespace fh::tune {

using latency::Clock;

absl::StatusOr<std::unique_ptr<SendingSide>> SendingSide::Open(Network& network,
                                                               const Options& options) {
  std::unique_ptr<SendingSide> side(new SendingSide(options));
  side->thread_ = std::thread([&network, side = side.get()] { side->Serve(network); });
  side->Ask(kOpen);
  side->Join();
  if (!side->status_.ok()) return side->status_;
  return side;
}

SendingSide::SendingSide(const Options& options)
    : options_(options),
      payload_(options.packet_bytes + rio::kReadablePastEnd),
      burst_(kMostBurst, {.data = payload_.data(), .length = options.packet_bytes}) {}

SendingSide::~SendingSide() {
  Ask(kStop);
  thread_.join();
}

absl::Status SendingSide::MoveTo(int cpu) {
  cpu_ = cpu;
  Ask(kMove);
  Join();
  return status_;
}

SendingSide::Took SendingSide::Burst(uint32_t count, Where where) {
  count_ = count;
  if (where == Where::kHere) return SendBurst();
  Ask(kBurst);
  Join();
  return took_;
}

void SendingSide::SendOne() {
  const Stamp stamp{token_, Clock::Ticks()};
  std::memcpy(payload_.data(), &stamp, sizeof stamp);
  sender_->Send({burst_.data(), 1});
}

void SendingSide::StartSingles(uint32_t count, uint64_t interval_ticks) {
  count_ = count;
  interval_ticks_ = interval_ticks;
  Ask(kSingles);
}

void SendingSide::Join() {
  for (;;) {
    const int task = task_.load(std::memory_order_acquire);
    if (task == kNothing) return;
    task_.wait(task, std::memory_order_acquire);
  }
}

void SendingSide::Ask(Task task) {
  task_.store(task, std::memory_order_release);
  task_.notify_all();
}

void SendingSide::Serve(Network& network) {
  for (;;) {
    task_.wait(kNothing, std::memory_order_acquire);
    switch (task_.load(std::memory_order_acquire)) {
      case kStop:
        return;
      case kOpen:
        OpenSender(network);
        break;
      case kMove: {
        const std::vector<std::string> notes = SetUpThisThread({.name = "tune-send", .cpu = cpu_});
        status_ = notes.empty() ? absl::OkStatus()
                                : absl::FailedPreconditionError(absl::StrJoin(notes, "; "));
        break;
      }
      case kBurst:
        took_ = SendBurst();
        break;
      case kSingles: {
        uint64_t due = Clock::Ticks();
        for (uint32_t i = 0; i < count_; ++i) {
          while (Clock::Ticks() < due) {
          }
          due += interval_ticks_;
          SendOne();
        }
        break;
      }
    }
    Ask(kNothing);
  }
}

void SendingSide::OpenSender(Network& network) {
  status_ = network.EnterSendingEnd();
  if (!status_.ok()) return;
  rio::SenderOptions options{.destinations = {options_.group},
                             .interface = network.send_interface()};
  auto sender = rio::Sender::Open(options);
  status_ = sender.status();
  if (!status_.ok()) return;
  sender_ = *std::move(sender);
  if (network.dead_end_interface().empty()) return;
  options.interface = network.dead_end_interface();
  auto dead_end = rio::Sender::Open(options);
  status_ = dead_end.status();
  if (status_.ok()) dead_end_ = *std::move(dead_end);
}

SendingSide::Took SendingSide::SendBurst() {
  const Stamp stamp{token_, Clock::Ticks()};
  std::memcpy(payload_.data(), &stamp, sizeof stamp);
  Took took{};
  if (dead_end_ != nullptr) {
    const double start_ns = ThreadNs();
    dead_end_->Send({burst_.data(), count_});
    took.sending_ns = ThreadNs() - start_ns;
  }
  const double start_ns = ThreadNs();
  sender_->Send({burst_.data(), count_});
  took.together_ns = ThreadNs() - start_ns;
  return took;
}

}  // namespace fh::tune
