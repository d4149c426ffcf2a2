#include "feedhandler/cli/demo_publisher.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "codecs/update.h"
#include "feedhandler/cli/terminal.h"

namespace fh::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(10);
// Packets that share a deadline: a sleep for each would cost more than sending it.
constexpr uint64_t kPacketsPerDeadline = 8;

}  // namespace

DemoPublisher::DemoPublisher(rio::Sender& sender, size_t channels,
                             const DemoPublisherOptions& options,
                             std::function<uint64_t()> received, std::function<bool()> backlog,
                             DemoSchedule schedule)
    : sender_(sender),
      options_(options),
      received_(std::move(received)),
      backlog_(std::move(backlog)),
      schedule_(std::move(schedule)) {
  for (size_t i = 0; i < channels; ++i) {
    LossyLineOptions line{.seed = options.seed + 2 * i,
                          .loss = options.loss_a,
                          .duplication = options.duplication,
                          .reordering = options.reordering};
    LossyLineOptions other = line;
    other.seed = line.seed + 1;
    other.loss = options.loss_b;
    channels_.push_back({.lines = {LossyLine(line), LossyLine(other)}});
  }
}

void DemoPublisher::Send(size_t channel, int line, const MoldPacket& packet) {
  const rio::Sender::Datagram datagram{
      .data = packet.bytes.data(),
      .length = static_cast<uint32_t>(packet.bytes.size()),
      .destination = static_cast<uint32_t>(2 * channel + static_cast<size_t>(line))};
  if (sender_.Send(std::span(&datagram, 1)) == 1) {
    ++account_.sent;
  } else {
    ++account_.send_failures;
  }
}

void DemoPublisher::FlushLines(size_t channel) {
  for (int line = 0; line < 2; ++line) {
    channels_[channel].lines[line].Flush(
        [&](const MoldPacket& packet) { Send(channel, line, packet); });
  }
}

bool DemoPublisher::WaitForRoom(uint64_t most_on_their_way) {
  if (account_.sent - known_received_ <= most_on_their_way && !backlog_()) return true;
  const SteadyClock::time_point give_up = SteadyClock::now() + kPatience;
  while (true) {
    known_received_ = received_();
    if (account_.sent - known_received_ <= most_on_their_way && !backlog_()) return true;
    if (StopRequested() || SteadyClock::now() > give_up) return false;
    std::this_thread::yield();
  }
}

// Of the next packet. Against the start, never against the last packet: nothing drifts.
SteadyClock::time_point DemoPublisher::Due() const {
  const uint64_t first = account_.packets - account_.packets % kPacketsPerDeadline;
  return start_ + std::chrono::nanoseconds(first * 1'000'000'000 / options_.packets_per_second);
}

void DemoPublisher::WaitForTime() {
  if (options_.packets_per_second == 0 || account_.packets % kPacketsPerDeadline != 0) return;
  std::this_thread::sleep_until(Due());
}

void DemoPublisher::TellSchedule(const DemoPacket& packet, SteadyClock::time_point due) {
  const int64_t sent_ns = schedule_.clock->NowUnixNs();
  const std::chrono::nanoseconds late = SteadyClock::now() - due;
  const latency::Schedule::Times times{sent_ns - late.count(), sent_ns};
  schedule_.loop->Sent(times);
  if (packet.is_last) return;  // Its count of messages is none.
  const uint16_t channel_id = schedule_.channel_ids[packet.channel];
  // Where packets are numbered, the number is that of the packet.
  for (uint64_t i = 0; i < std::max<uint64_t>(1, packet.packet.message_count); ++i) {
    schedule_.loop->schedule().Tell(
        latency::Schedule::OfMessage(
            channel_id, codecs::StreamSequence(packet.stream, packet.packet.first_sequence + i)),
        times);
  }
}

bool DemoPublisher::Publish(const DemoPacket& packet) {
  WaitForTime();
  if (!WaitForRoom(options_.window_packets)) return false;
  if (schedule_.loop != nullptr) TellSchedule(packet, Due());
  ++account_.packets;
  account_.messages += packet.packet.message_count;
  if (packet.stream_start || packet.is_last) {
    // Whoever joins two lines cannot know which of them was first to start over. So nothing of the
    // old run is left on its way, and the packets that say it are not lost.
    FlushLines(packet.channel);
    if (!WaitForRoom(0)) return false;
    for (int line = 0; line < 2; ++line) Send(packet.channel, line, packet.packet);
    return true;
  }
  int lost_on = 0;
  for (int line = 0; line < 2; ++line) {
    LossyLine& lossy = channels_[packet.channel].lines[line];
    const uint64_t lost_before = lossy.stats().lost;
    lossy.Send(packet.packet,
               [&](const MoldPacket& delivered) { Send(packet.channel, line, delivered); });
    if (lossy.stats().lost != lost_before) ++lost_on;
  }
  if (lost_on == 2) account_.lost_on_both += packet.packet.message_count;
  return true;
}

bool DemoPublisher::Finish() {
  for (size_t channel = 0; channel < channels_.size(); ++channel) FlushLines(channel);
  return WaitForRoom(0);
}

LossyLineStats DemoPublisher::line_stats(int line) const {
  LossyLineStats sum;
  for (const Channel& channel : channels_) {
    const LossyLineStats& one = channel.lines[line].stats();
    sum.packets += one.packets;
    sum.delivered += one.delivered;
    sum.lost += one.lost;
    sum.duplicated += one.duplicated;
    sum.reordered += one.reordered;
    sum.messages_lost += one.messages_lost;
  }
  return sum;
}

}  // namespace fh::cli
