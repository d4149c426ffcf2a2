// The demonstration's exchange: publishes packets on two lossy multicast lines a channel, over
// loopback, and keeps account of what it did. At a rate it has a schedule that nothing moves: not its own
// oversleeping, and not a receiver that leaves no room.
//
//   DemoPublisher publisher(sender, channels, options);
//   while (source.Next(packet)) publisher.Publish(packet);
//   publisher.Finish();
//   publisher.account().lost_on_both ...
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_DEMO_PUBLISHER_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_DEMO_PUBLISHER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "feedhandler/cli/demo_source.h"
#include "feedhandler/synthetic/lossy_line.h"
#include "latency/clock.h"
#include "latency/open_loop.h"
#include "rio/socket/sender.h"

namespace fh::cli {

struct DemoPublisherOptions {
  uint64_t seed = 1;
  double loss_a = 0.01;
  double loss_b = 0.02;
  double duplication = 0.005;
  double reordering = 0.01;
  uint32_t packets_per_second = 30'000;  // A line. 0 = as fast as the receiver takes them.
  // Most packets that may be on their way to the receiver: fewer than the smallest usual socket
  // buffer holds, so that nothing is lost but what the lines lose on purpose.
  uint64_t window_packets = 64;
};

// Who is told when each packet was due and when it was sent. With a rate there is a schedule.
struct DemoSchedule {
  latency::OpenLoop* loop = nullptr;  // By message; null: nobody.
  const latency::Clock* clock = nullptr;
  std::vector<uint16_t> channel_ids;  // By DemoPacket::channel.
};

// What was published. Packets and messages count once, whatever the lines made of them.
struct DemoAccount {
  uint64_t packets = 0;
  uint64_t messages = 0;
  uint64_t lost_on_both = 0;  // Messages that neither line delivers.
  uint64_t sent = 0;          // Datagrams, second copies included.
  uint64_t send_failures = 0;
};

class DemoPublisher {
 public:
  // Destinations of `sender`: line A and B of channel 0, of channel 1, ... `received` tells how
  // many datagrams the receiver has taken; `backlog` whether strategies are far behind.
  DemoPublisher(rio::Sender& sender, size_t channels, const DemoPublisherOptions& options,
                std::function<uint64_t()> received, std::function<bool()> backlog,
                DemoSchedule schedule = {});

  // Sends, or loses, the packet on both lines; waits for its time and for room. False when the
  // receiver did not take what was sent for so long that something must be wrong.
  bool Publish(const DemoPacket& packet);

  // Sends what the lines hold back and waits until the receiver has taken everything.
  bool Finish();

  const DemoAccount& account() const { return account_; }
  // Line 0 is A, 1 is B.
  LossyLineStats line_stats(int line) const;

 private:
  struct Channel {
    LossyLine lines[2];
  };

  bool WaitForRoom(uint64_t most_on_their_way);
  std::chrono::steady_clock::time_point Due() const;
  void WaitForTime();
  void TellSchedule(const DemoPacket& packet, std::chrono::steady_clock::time_point due);
  void Send(size_t channel, int line, const MoldPacket& packet);
  void FlushLines(size_t channel);

  rio::Sender& sender_;
  const DemoPublisherOptions options_;
  std::function<uint64_t()> received_;
  std::function<bool()> backlog_;
  const DemoSchedule schedule_;
  std::vector<Channel> channels_;
  DemoAccount account_;
  uint64_t known_received_ = 0;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_DEMO_PUBLISHER_H_
