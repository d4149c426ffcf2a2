#include "feedhandler/inspect/watch.h"

#include <algorithm>
#include <array>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "rio/backends.h"
#include "rio/packet.h"
#include "rio/receiver.h"

namespace fh {
namespace {

using Clock = std::chrono::steady_clock;

// Jumbo frames fit; 18 MiB.
constexpr uint32_t kSliceBytes = 9216;
constexpr uint32_t kSlices = 2048;

constexpr std::chrono::nanoseconds kLongestSleep = std::chrono::milliseconds(100);

int64_t NowUnixNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

template <class B>
class Watch {
 public:
  Watch(const WatchOptions& options, WatchListener& listener, rio::Receiver<B>& receiver)
      : options_(options), listener_(listener), receiver_(receiver) {}

  void Run() {
    Clock::time_point next = start_ + options_.interval;
    while (!listener_.StopRequested()) {
      const Clock::time_point now = Clock::now();
      if (options_.duration.has_value() && now - start_ >= *options_.duration) break;
      if (now >= next) {
        receiver_.RefreshStats();
        listener_.OnInterval(State());
        while (next <= now) next += options_.interval;
      }
      if (!PollOnce()) receiver_.Wait(SleepFrom(now, next));
    }
    // What had arrived by then; bounded, since the stream goes on.
    for (uint32_t i = 0; i < kSlices && PollOnce(); ++i) {
    }
    receiver_.RefreshStats();
    listener_.OnInterval(State());
    listener_.OnEnd(State());
  }

 private:
  bool PollOnce() {
    const size_t count = receiver_.Poll(burst_);
    for (const rio::Packet& packet : std::span(burst_.data(), count)) {
      const rio::Subscription& line = options_.subscriptions[packet.line];
      table_.Add({.destination = line.group,
                  .source = line.source,
                  .payload = {packet.data, packet.length},
                  // How much longer a truncated datagram was is not known.
                  .length = packet.length + (packet.truncated ? 1 : 0),
                  .stamp_ns = packet.stamp_ns != 0 ? packet.stamp_ns : NowUnixNs(),
                  .vlan = std::nullopt});
    }
    receiver_.Release({burst_.data(), count});
    return count > 0;
  }

  std::chrono::nanoseconds SleepFrom(Clock::time_point now, Clock::time_point next) const {
    std::chrono::nanoseconds sleep = std::min<std::chrono::nanoseconds>(kLongestSleep, next - now);
    if (options_.duration.has_value()) {
      sleep = std::min<std::chrono::nanoseconds>(sleep, start_ + *options_.duration - now);
    }
    return std::max(sleep, std::chrono::nanoseconds(0));
  }

  WatchState State() const {
    return {.subscriptions = options_.subscriptions,
            .table = table_,
            .receive = receiver_.stats(),
            .lines = receiver_.line_stats(),
            .seconds = std::chrono::duration<double>(Clock::now() - start_).count()};
  }

  const WatchOptions& options_;
  WatchListener& listener_;
  rio::Receiver<B>& receiver_;
  StreamTable table_;
  std::array<rio::Packet, 64> burst_;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace

absl::Status WatchGroups(const WatchOptions& options, WatchListener& listener) {
  const absl::StatusOr<rio::BackendChoice> choice = rio::ChooseBackend(options.backend);
  if (!choice.ok()) return choice.status();
  rio::ReceiveSetup setup;
  setup.region.slice_bytes = kSliceBytes;
  setup.region.slice_count = kSlices;
  setup.receive.subscriptions = options.subscriptions;
  setup.receive.stamps = rio::ReceiveStamps::kSoftware;
  return rio::WithBackend(choice->name, [&](auto type) -> absl::Status {
    using B = typename decltype(type)::type;
    absl::StatusOr<std::unique_ptr<rio::Receiver<B>>> receiver = rio::Receiver<B>::Open(setup);
    if (!receiver.ok()) return receiver.status();
    std::vector<std::string> notes = choice->refusals;
    for (const std::string& note : (*receiver)->notes()) notes.push_back(note);
    listener.OnStart(choice->name, notes);
    Watch<B>(options, listener, **receiver).Run();
    return absl::OkStatus();
  });
}

}  // namespace fh
