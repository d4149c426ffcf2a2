// What the feed thread does with packets, whichever backend they came from: frame, arbitrate,
// decode, publish. The poll loop around it is feed_loop.h.
//
//   FeedCore core(std::move(channels), lines, publisher, clock, {.wire_stamps = true});
//   core.OnPackets(packets);                   // Or core.OnIdle() when there were none.
//   receiver.Release(core.TakeReleased());
//   ...
//   core.Finish();                             // End of the stream: gives up gaps, empties
//   windows.
//
// The feed thread's own, but for Stages(), WaitOf() and the counters of Counters(), which any
// thread may ask for. After construction nothing allocates, locks, logs or calls the system, but for
// one getrusage in a burst that is slow already (above the running p99.9). Two indirect calls a burst
// and channel (Codec::Frame, Codec::Decode), none a message.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_FEED_CORE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_FEED_CORE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "feedhandler/pipeline/order_index.h"
#include "feedhandler/pipeline/packet_samples.h"
#include "feedhandler/pipeline/rate_peaks.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/session/channel_session.h"
#include "feedhandler/session/line_races.h"
#include "feedhandler/session/loop_session.h"
#include "latency/clock.h"
#include "latency/histogram.h"
#include "latency/pending_records.h"
#include "latency/stages.h"
#include "rio/packet.h"
#include "rio/stamps/stamps.h"

namespace fh {

// A channel to be: one codec instance, some lines, a session for each of its streams.
struct Channel {
  std::string feed;  // For labels.
  uint16_t id = 0;
  std::unique_ptr<codecs::Codec> codec;
  // The codec's; cleared when a session starts anew where ids are those of a session.
  codecs::InstrumentStore* instruments = nullptr;
  codecs::InstrumentScope instrument_scope = codecs::InstrumentScope::kSession;
  SessionOptions session;
  // "A", "B"; as many as session.lines and session.recovery_lines.
  std::vector<std::string> line_names;
  codecs::ChannelRole role = codecs::ChannelRole::kIncremental;
  // Most streams at a time, where the venue has several on a line (Numbering::has_streams); else 1.
  uint16_t streams = 1;
  std::unique_ptr<OrderIndex> orders = {};  // May be null.
};

// Which channel, and which of its lines, a subscription of the receiver is.
struct LineOfChannel {
  uint16_t channel;  // Index, not id.
  uint8_t line;
};

struct FeedCoreOptions {
  // Packets carry the kernel's or the adapter's stamp: kWireToDequeue is recorded from it.
  bool wire_stamps = false;
  // Some may carry the kernel's beside the adapter's or a trailer's: kWireToKernel and kKernelToDequeue are
  // recorded of those. With wire_stamps only; 70 KiB a line.
  bool two_stamps = false;
  // The stamps are those of a capture: they are the clock that gaps time out by.
  bool capture_clock = false;
  // Whether stages are recorded. For benchmarks, which measure what that costs; a run always does.
  bool measure = true;
};

// A channel's counters, copied. Those of the session are sums over its streams.
struct ChannelCounters {
  codecs::CodecStats codec;
  uint32_t streams = 0;           // That have shown themselves.
  uint64_t strayed_messages = 0;  // Of streams that there was no session left for.
  OrderIndexStats orders;
  SessionStats session;
  std::array<LineStats, kMaxSessionLines> lines;
};

// What a run was decoded from: packets that came now, and those that waited for them. `lines[i]` says what
// Packet::line == i is.
void DescribeRun(const codecs::Codec& codec, std::span<const codecs::DecodeJob> jobs,
                 std::span<const LineOfChannel> lines, RunNote& note);

class FeedCore {
 public:
  // Most packets of one OnPackets call.
  static constexpr size_t kMaxBurst = 64;
  // Most updates of one message (a repeating group fills a packet): the publisher's scratch buffer.
  static constexpr uint64_t kMostOfAMessage = 16384;

  // `lines[i]` says what Packet::line == i is. `publisher` and `clock` outlive the core.
  // `slices`: how many the region has, so that none can overflow the list of released ones.
  FeedCore(std::vector<Channel> channels, std::vector<LineOfChannel> lines,
           UpdatePublisher& publisher, const latency::Clock& clock, uint32_t slices,
           const FeedCoreOptions& options);

  // At most kMaxBurst packets, which stay valid until the call returns; the slices of those that
  // are held stay with the core until they come out of TakeReleased. Packets of one channel are taken
  // together, in their order, and those of one stream within it, so that a burst that alternates
  // between many costs what a burst of each does; a capture's are taken as they came. Gaps of every channel that are
  // due by then are given up, so a quiet channel beside a busy one need not wait for its own
  // packets: by the stamps, packet by packet, when a capture's are the clock, else at the end of
  // the burst.
  void OnPackets(std::span<const rio::Packet> packets);

  // Nothing arrived: gaps may time out.
  void OnIdle();

  // The stream has ended: every gap is given up, everything held is delivered. When a strategy
  // thread lost updates this waits, for up to a second, until it can be told.
  void Finish();

  // Slices that may be posted again. Valid until the next call of anything.
  std::span<const uint32_t> TakeReleased();

  // What was measured, but for the latest packets while others come at once behind them. Any thread.
  latency::StageSnapshot Stages() const;
  // The hops of the feed thread of one channel's packets, counted when they came in: what one then
  // waited for others before it is in the totals alone. Any thread.
  enum class Hop : uint8_t {
    kDequeueToSequenced,
    kSequencedToDecoded,
    kDequeueToDecoded,
    kDecodedToPublished,
  };
  static constexpr std::array<latency::Stage, 4> kHops = {
      latency::Stage::kDequeueToSequenced, latency::Stage::kSequencedToDecoded,
      latency::Stage::kDequeueToDecoded, latency::Stage::kDecodedToPublished};
  latency::HistogramSnapshot HopOf(size_t channel, Hop hop) const;
  // kWireToDequeue of one line; empty without wire_stamps. Any thread.
  latency::HistogramSnapshot WaitOf(size_t line) const;
  // Its two hops, of the line's packets that have the kernel's stamp beside a better one; empty without
  // two_stamps. Any thread.
  latency::HistogramSnapshot WireToKernelOf(size_t line) const;
  latency::HistogramSnapshot KernelToDequeueOf(size_t line) const;
  bool two_stamps() const { return hops_to_dequeue_ != nullptr; }
  // Which of its lines is first, of a channel that has several; else null. Of any thread what
  // LineRaces allows.
  const LineRaces* races(size_t channel) const { return races_[channel].get(); }
  const std::vector<LineOfChannel>& lines() const { return lines_; }
  const std::vector<Channel>& channels() const { return channels_; }
  void CopyCounters(std::span<ChannelCounters> out) const;

  // Packets by what stamps them, indexed by rio::StampSource.
  using StampCounts = std::array<uint64_t, rio::kStampSources>;
  const StampCounts& stamp_counts() const { return stamp_counts_; }

  // By the time of dequeue.
  const RatePeaks& peaks() const { return peaks_; }

 private:
  // One numbered stream of a channel.
  struct Stream {
    uint16_t channel;  // Index.
    uint16_t id = 0;   // The venue's.
    bool is_open = false;
    int64_t last_ns = kNoTime;
    std::unique_ptr<ChannelSession> session;  // Of an incremental channel;
    std::unique_ptr<LoopSession> loop;        // of any other.
  };
  static constexpr size_t kNoStream = SIZE_MAX;

  void MakeStreams(Channel& channel, uint16_t index);
  size_t ChannelRun(std::span<const rio::Packet> packets) const;
  std::span<const rio::Packet> GroupByChannel(std::span<const rio::Packet> packets);
  void OnChannelRun(size_t index, std::span<const rio::Packet> packets);
  void NoteRaces(LineRaces& races, std::span<const rio::Packet> packets);
  void DivertRetransmissions(const Channel& channel, std::span<Arrival> arrivals);
  void TakeByStream(size_t channel, std::span<const Arrival> arrivals);
  void TakeOfStream(size_t stream, std::span<const Arrival> arrivals);
  size_t FindStream(size_t channel, const Arrival& arrival);
  size_t OpenStream(size_t channel, const Arrival& arrival);
  void Stray(size_t channel, const Arrival& arrival);
  void Unwrap(const Stream& stream, std::span<const Arrival> arrivals);
  size_t UntilSomethingIsDue(size_t stream, std::span<const Arrival> arrivals);
  void Execute(size_t stream, const SessionBatch& batch);
  void DecodeJobs(Channel& channel, std::span<const codecs::DecodeJob> jobs);
  void DecodeInHalves(Channel& channel, const codecs::DecodeJob& job);
  void TellCodec(const Stream& stream, const SessionEvent& event);
  void PublishEvent(const Stream& stream, const SessionEvent& event);
  fh_session SessionRecord(const Channel& channel, const SessionEvent& event);
  void NoteWaits(std::span<const rio::Packet> packets);
  int64_t ReceiveTimeNs(const rio::Packet& packet) const;
  void NoteDeadline(size_t stream);
  int64_t LeastDeadlineBut(size_t stream) const;
  enum class Waiting : uint8_t { kNothing, kPerhaps };  // Packets that are not taken yet.
  void GiveUpWhatIsDue(int64_t now_ns, Waiting waiting, size_t but);
  void NoteTaken(size_t channel, uint64_t packets, uint64_t sequenced_ticks,
                 std::span<const codecs::DecodeJob> jobs);
  void PublishAndMeasure();
  void LookWhatHappened();
  int64_t NowNs() const;

  std::vector<Channel> channels_;
  std::vector<Stream> streams_;       // Those of a channel side by side.
  std::vector<size_t> first_stream_;  // Of each channel, and one more.
  std::vector<uint64_t> strayed_;     // Messages, by channel.
  std::vector<LineOfChannel> lines_;
  UpdatePublisher& publisher_;
  const latency::Clock& clock_;
  const FeedCoreOptions options_;
  using Hops = std::array<latency::Histogram, kHops.size()>;
  std::unique_ptr<Hops[]> hops_;                 // One a channel.
  std::unique_ptr<latency::Histogram[]> waits_;  // One a line, with wire_stamps.
  struct HopsToDequeue {
    latency::Histogram wire_to_kernel;
    latency::Histogram kernel_to_dequeue;
  };
  std::unique_ptr<HopsToDequeue[]> hops_to_dequeue_;  // One a line, with two_stamps.
  static constexpr size_t kMostRecordsOfABurst = kMaxBurst * (kHops.size() + 3);
  latency::PendingRecords pending_{2 * kMostRecordsOfABurst};
  std::vector<std::unique_ptr<LineRaces>> races_;  // One a channel; null where nothing races.

  std::array<codecs::PacketFrame, kMaxBurst> frames_;
  std::array<Arrival, kMaxBurst> arrivals_;
  std::array<rio::Packet, kMaxBurst> grouped_;      // Of a burst that alternates between channels.
  std::vector<uint8_t> newest_of_channel_;          // In that burst, while it is put in groups.
  std::array<Arrival, kMaxBurst> stream_arrivals_;  // Those of one stream.
  std::unique_ptr<uint32_t[]> released_;
  size_t released_count_ = 0;
  StampCounts stamp_counts_{};
  RatePeaks peaks_;
  std::vector<int64_t> deadlines_;  // Of each stream; INT64_MAX when nothing of it is open.
  int64_t least_deadline_ns_ = INT64_MAX;
  int64_t newest_stamp_ns_ = 0;  // With capture_clock: the time of the capture.
  int64_t burst_recv_ns_ = 0;    // Time of dequeue of the burst at hand.
  uint64_t dequeue_ticks_ = 0;   // The same.
  // What of the burst was decoded together, for when it is published.
  struct Taken {
    size_t channel;
    uint64_t packets;
    uint64_t decoded_ticks;
  };
  std::array<Taken, kMaxBurst> taken_;
  size_t taken_count_ = 0;
  int64_t longest_wait_ns_ = 0;  // Of the burst's packets, with wire_stamps.
  SlowFollower slow_bursts_;
  std::optional<ContextSwitches> first_switches_;
  uint64_t untaken_ = 0;  // Packets of the burst whose turn has not come.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_FEED_CORE_H_
