#include "feedhandler/cli/demo_source.h"

#include <algorithm>
#include <utility>

#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "feedhandler/inspect/discover.h"
#include "replay/capture_backend.h"
#include "rio/receiver.h"

namespace fh::cli {
namespace {

// How often the end of the session is said: it must not be lost with the last packet.
constexpr int kEndPackets = 3;

class SyntheticSource final : public DemoSource {
 public:
  SyntheticSource(ItchDay day, uint64_t messages, uint32_t messages_per_packet)
      : day_(std::move(day)),
        messages_(messages),
        packets_({.session = "SYNTHETIC1", .max_messages = messages_per_packet}) {
    FeedConfig feed{.name = "synthetic", .codec = "itch50"};
    feed.channels.push_back({.id = 1, .lines = {}});
    feeds_.push_back(std::move(feed));
  }

  const std::vector<FeedConfig>& feeds() const override { return feeds_; }
  int64_t day_ns() const override { return kSyntheticMidnightNs; }
  absl::Status status() const override { return absl::OkStatus(); }
  uint64_t expected_messages() const override { return messages_; }

  bool Next(DemoPacket& packet) override {
    packet = {};
    while (!message_.empty() || day_.NextMessage(message_)) {
      if (!packets_.Fits(message_)) {
        packet.packet = packets_.Take();
        return true;
      }
      packets_.Add(message_);
      message_ = {};
    }
    if (!packets_.empty()) {
      packet.packet = packets_.Take();
      return true;
    }
    if (ends_sent_++ == kEndPackets) return false;
    packet.packet = packets_.EndOfSession();
    packet.is_last = true;
    return true;
  }

 private:
  ItchDay day_;
  uint64_t messages_;
  MoldPacketizer packets_;
  std::vector<FeedConfig> feeds_;
  std::span<const uint8_t> message_;  // Read, and did not fit into the packet before.
  int ends_sent_ = 0;
};

// The first line of every channel that the capture holds.
class CaptureSource final : public DemoSource {
 public:
  static absl::StatusOr<std::unique_ptr<DemoSource>> Make(const std::string& path,
                                                          const std::string& codec) {
    absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({path}, codec);
    if (!feeds.ok()) return feeds.status();
    std::unique_ptr<CaptureSource> source(new CaptureSource());
    rio::ReceiverOptions options;
    for (FeedConfig& feed : *feeds) {
      const absl::StatusOr<const codecs::CodecInfo*> info = codecs::FindCodec(feed.codec);
      if (!info.ok()) return info.status();
      for (ChannelConfig& channel : feed.channels) {
        options.subscriptions.push_back(channel.lines[0].subscription);
        channel.lines.clear();
        absl::StatusOr<std::unique_ptr<codecs::Codec>> made =
            (*info)->make({.instruments = &source->instruments_});
        if (!made.ok()) return made.status();
        source->codecs_.push_back(*std::move(made));
      }
    }
    absl::StatusOr<rio::RegisteredRegion> region =
        rio::RegisteredRegion::Create({.slice_bytes = 16384, .slice_count = 8});
    if (!region.ok()) return region.status();
    auto owned = std::make_unique<rio::RegisteredRegion>(*std::move(region));
    auto backend = replay::CaptureBackend::Open({path}, options, *owned);
    if (!backend.ok()) return backend.status();
    source->receiver_ = std::make_unique<rio::Receiver<replay::CaptureBackend>>(
        std::move(owned), *std::move(backend));
    source->feeds_ = *std::move(feeds);
    return source;
  }

  const std::vector<FeedConfig>& feeds() const override { return feeds_; }
  int64_t day_ns() const override { return 0; }
  absl::Status status() const override { return receiver_->backend().status(); }
  uint64_t expected_messages() const override { return 0; }

  bool Next(DemoPacket& packet) override {
    if (holding_) receiver_->Release(std::span<const rio::Packet>(&held_, 1));
    holding_ = false;
    while (receiver_->Poll(std::span(&held_, 1)) == 0) {
      if (receiver_->finished()) return false;
    }
    holding_ = true;
    codecs::PacketFrame frame;
    codecs_[held_.line]->Frame(std::span(&held_, 1), std::span(&frame, 1));
    packet = {.packet = {.bytes = {held_.data, held_.length},
                         .first_sequence = frame.first_sequence,
                         .message_count = frame.message_count},
              .channel = held_.line,
              .stream = frame.stream,
              .stream_start = frame.stream_start || frame.session != session_of_[held_.line],
              .is_last = frame.kind == codecs::FrameKind::kEndOfSession};
    session_of_[held_.line] = frame.session;
    return true;
  }

 private:
  CaptureSource() : instruments_(65'535), session_of_(1024) {}

  codecs::InstrumentStore instruments_;
  std::vector<std::unique_ptr<codecs::Codec>> codecs_;
  std::vector<codecs::SessionId> session_of_;
  std::vector<FeedConfig> feeds_;
  std::unique_ptr<rio::Receiver<replay::CaptureBackend>> receiver_;
  rio::Packet held_{};
  bool holding_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DemoSource>> MakeSyntheticSource(const ItchDayOptions& options,
                                                                uint32_t messages_per_packet) {
  absl::StatusOr<ItchDay> day = ItchDay::Create(options);
  if (!day.ok()) return day.status();
  return std::make_unique<SyntheticSource>(*std::move(day), options.messages, messages_per_packet);
}

absl::StatusOr<std::unique_ptr<DemoSource>> MakeCaptureSource(const std::string& path,
                                                              const std::string& codec) {
  return CaptureSource::Make(path, codec);
}

}  // namespace fh::cli
