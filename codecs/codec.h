// The contract between the feed thread and a venue's codec: two indirect calls a burst, none a
// message.
//
//   absl::StatusOr<const CodecInfo*> info = FindCodec("itch50");
//   absl::StatusOr<std::unique_ptr<Codec>> codec = (*info)->make(options);
//   (*codec)->Frame(packets, frames);     // Where does each packet stand in the venue's numbers?
//   ... the session arbitrates lines, trims overlaps, holds what is early, and makes jobs ...
//   (*codec)->Decode(jobs, writer);       // Turns the messages it is told to into updates.
//
// Between the two stands the session (feedhandler/session), which knows no venue. A codec keeps the
// state of one channel (symbols, template caches); it is used by one thread. After construction it
// neither allocates, locks, logs nor calls the system. Wire bytes are hostile: whatever they hold,
// a codec reads nothing outside [data, data + length + rio::kReadablePastEnd), concludes nothing
// from bytes past the length, and counts what it rejects.
//
// A codec is made of a framing and a message decoder, joined by codec_of.h in the codec's own .cc
// file.
#ifndef FEEDHANDLER_CODECS_CODEC_H_
#define FEEDHANDLER_CODECS_CODEC_H_

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/message.h"
#include "codecs/place_rule.h"
#include "codecs/update.h"
#include "rio/packet.h"

namespace fh::codecs {

class InstrumentStore;

// A venue's name for a stream of numbered messages; bytes compared verbatim (MoldUDP64: 10
// characters, IEX-TP: the session number and channel). All zero is a valid id too.
struct SessionId {
  std::array<char, 16> bytes{};
  friend auto operator<=>(const SessionId&, const SessionId&) = default;
};

enum class FrameKind : uint8_t {
  kMessages,      // `message_count` messages; their numbers begin with `first_sequence`.
  kHeartbeat,     // No message; `first_sequence` is the next to come.
  kEndOfSession,  // No message and none will follow; `first_sequence` is one past the last.
  kRejected,      // Not a packet of this framing; counted by `reject`, otherwise ignored.
  // Like kMessages, and the venue says that it sends them again: they may fill gaps, but say nothing
  // of where the stream stands.
  kRetransmitted,
  // `message_count` messages outside of all numbering (Cboe's sequence 0): delivered as they come,
  // each copy of another line once.
  kUnsequenced,
};

// How a venue numbers what it sends. The same for all packets of a codec.
struct Numbering {
  enum class Unit : uint8_t {
    kMessages,  // Each message has a number: a packet uses message_count of them.
    kPackets,   // Each packet has one, whatever it holds (CME MDP 3, FAST): it uses one.
  };
  Unit unit = Unit::kMessages;
  // Numbers of so many bits are on the wire; behind the highest comes `after_wrap`. The session
  // works with 64 bits, and updates carry those. 64: never.
  uint8_t bits = 64;
  uint8_t after_wrap = 0;
  // Several streams, each with numbers of its own, may come on one line (PacketFrame::stream).
  bool has_streams = false;
  // The venue marks what it sends again (FrameKind::kRetransmitted).
  bool marks_retransmissions = false;
  // Packets say how many messages they hold: else one that is cut off between two of them looks whole,
  // and of one that is cut off elsewhere one message is said to be lost, however many there were.
  bool is_counted = true;
};

// What a channel is for. A session arbitrates by it, and a codec may read the same message type
// differently.
enum class ChannelRole : uint8_t {
  kIncremental,  // The live stream.
  kSnapshot,     // Images of the books, round and round; numbers start over with each loop.
  kDefinitions,  // What there is to trade, round and round.
};

// Whose the instrument ids of updates are, and how long they stand for the same instrument.
enum class InstrumentScope : uint8_t {
  kSession,  // A channel's and its session's: they begin anew with the venue's numbering (Nasdaq).
  kVenue,    // The venue's: one store for all channels of a feed, over all sessions (CME).
};

enum class RejectReason : uint8_t {
  kNone,
  kTooShort,   // Shorter than the framing's header.
  kForeign,    // Another protocol, version or channel than this codec's.
  kBadLength,  // A length that contradicts the datagram; nothing in it can be trusted.
};

// The most that a UDP datagram carries (over IPv6). No packet can announce more messages than fit.
inline constexpr uint32_t kMostDatagramBytes = 65'527;

// Where one packet stands. Written by Codec::Frame, read by the session and by Decode.
struct PacketFrame {
  SessionId session;
  uint64_t first_sequence = 0;
  int64_t send_time_ns = 0;  // The venue's time of sending when the framing has one; else 0.
  // Whole messages in the packet: those that a damaged tail cuts off do not count.
  uint32_t message_count = 0;
  // How many of the venue's numbers they use: message_count, or 1 where packets are numbered. 0 when
  // such a packet is damaged: the whole of it is wanted from another line.
  uint32_t number_count = 0;
  // Numbers that the header announced but the bytes do not hold.
  uint16_t lost_in_tail = 0;
  uint16_t stream = 0;  // Which of the line's streams, in the venue's words (Cboe's unit).
  FrameKind kind = FrameKind::kRejected;
  RejectReason reject = RejectReason::kNone;
  // The first message of a stream that starts from scratch (number 1 and, where the framing has
  // one, offset 0): the same session id starting over is a publisher's restart, not a duplicate.
  bool stream_start = false;
  bool trailing_bytes = false;  // Bytes behind the last message, ignored.
};

static_assert(sizeof(PacketFrame) == 48);

// The number of a message of a stream as updates carry it: the stream in the top 16 bits, so that
// those of a stream are in order, and those of a channel unique. Venues with one stream: the number.
inline constexpr uint64_t StreamSequence(uint16_t stream, uint64_t number) {
  return uint64_t{stream} << FH_STREAM_SHIFT | number;
}

// What to decode of one packet: what its numbers [skip, skip + take) stand for.
struct DecodeJob {
  const rio::Packet* packet;
  const PacketFrame* frame;
  uint32_t skip;
  uint32_t take;
  int64_t ts_recv_ns;
  uint8_t flags;  // FH_FLAG_* to set on every update (MAYBE_BAD_BOOK, SNAPSHOT); 0 otherwise.
};

// Plain counters that only grow; the feed thread writes, copies are published by its owner.
struct CodecStats {
  uint64_t packets = 0;    // Framed.
  uint64_t messages = 0;   // Handed to Decode; the three kinds that are skipped included.
  uint64_t updates = 0;    // Written.
  uint64_t too_short = 0;  // RejectReason, a packet each.
  uint64_t foreign = 0;
  uint64_t bad_length = 0;
  uint64_t damaged_tails = 0;   // Packets with lost_in_tail.
  uint64_t trailing_bytes = 0;  // Packets with bytes behind the last message.
  // Messages that are shorter than their type demands, or impossible; skipped.
  uint64_t malformed = 0;
  uint64_t unknown = 0;   // Messages of a type that this codec does not know; skipped.
  uint64_t unmapped = 0;  // Known messages that have no normalized form; decoded by `decode` only.
  uint64_t instruments_full = 0;  // Definitions that the store had no room for.
  // Messages whose time is not known, because the one that said what it counts from was lost or came
  // before the join: their updates have FH_UNDEFINED_TIME.
  uint64_t undated = 0;
  // Messages with prices of an instrument whose price scale nothing has told: those are undefined.
  uint64_t unscaled = 0;
};

// How many updates a run of messages can become; the feed thread reserves that much before Decode.
struct UpdateBound {
  uint32_t per_message = 1;  // Most updates of one message, repeating groups aside.
  // Fewest bytes of a repeating-group entry that becomes an update; 0 = no groups.
  uint32_t bytes_per_entry = 0;
};

// What happens to a stream between two jobs of it. Codecs whose messages lean on earlier ones (FAST
// dictionaries, times of which the seconds came before) forget here what no longer holds.
struct StreamEvent {
  enum class Kind : uint8_t {
    kStart,  // The stream begins, or begins anew: nothing of before holds.
    kGap,    // Numbers first..last will not come, or the position was corrected.
    kLoop,   // Of a snapshot or definitions channel: the next loop begins.
    kEnd,    // The venue has closed the session.
  };
  Kind kind;
  uint16_t stream;
  uint64_t first;  // kGap. kStart: the number that it starts with.
  uint64_t last;   // kGap.
};

class Codec {
 public:
  virtual ~Codec() = default;

  // frames.size() == packets.size(). Order does not matter; framings without numbers on the wire
  // (length-prefixed files) count in the order of the calls.
  virtual void Frame(std::span<const rio::Packet> packets, std::span<PacketFrame> frames) = 0;

  // Jobs come in message order. Takes at most the sum of MaxUpdates over the jobs from the writer,
  // and may leave anything in the slots of that sum that it did not take.
  virtual void Decode(std::span<const DecodeJob> jobs, UpdateWriter& writer) = 0;

  // Walks the messages of one packet for people: names, fields, raw bytes. `frame` is what Frame
  // said of this packet; no call of Decode is needed before. Changes no state. Not for the hot
  // path.
  virtual void Describe(const rio::Packet& packet, const PacketFrame& frame,
                        MessageVisitor& visitor) const = 0;

  // Before the job that follows. Rare; what it does may take its time.
  virtual void OnEvent(const StreamEvent& event) { static_cast<void>(event); }

  const CodecStats& stats() const { return stats_; }
  const Numbering& numbering() const { return numbering_; }

  // Messages that a job asks for.
  uint32_t MessagesOf(const DecodeJob& job) const {
    return numbering_.unit == Numbering::Unit::kMessages ? job.take : job.frame->message_count;
  }

  uint64_t MaxUpdates(const DecodeJob& job) const {
    return uint64_t{MessagesOf(job)} * bound_.per_message +
           (bound_.bytes_per_entry == 0 ? 0 : job.packet->length / bound_.bytes_per_entry);
  }

 protected:
  explicit Codec(UpdateBound bound, const Numbering& numbering = {})
      : bound_(bound), numbering_(numbering) {}
  CodecStats stats_;

 private:
  UpdateBound bound_;
  Numbering numbering_;
};

struct CodecOptions {
  uint16_t channel_id = 0;
  ChannelRole role = ChannelRole::kIncremental;
  InstrumentStore* instruments = nullptr;  // Must outlive the codec, which writes to it.
  // Where the framing may differ: "" = the codec's own (datagrams), "length_prefixed" = the
  // exchange's file form.
  absl::string_view framing;
  // For venues whose times count from local midnight. 0: the day in which a packet was received
  // (ts_recv_ns), which is right for live feeds and for captures. Else a moment (UNIX ns) of the
  // trading day, for data that is published again on another day or has no receive times.
  int64_t day_ns = 0;
  // For venues that publish a schema of their messages: the path of the exchange's file, read when
  // the codec is made. "": the messages that the codec knows by itself.
  absl::string_view schema;
  bool portable = false;  // Do not use vector instructions even where the processor has them.
};

// What the registry knows of a codec: its .cc file defines `extern const CodecInfo codec_<name>` in
// this namespace, and one line in codecs/CMakeLists.txt adds it.
struct CodecInfo {
  const char* name;           // As in configuration and on the command line: "itch50".
  const char* title;          // "Nasdaq TotalView-ITCH 5.0"
  const char* framing;        // "moldudp64"
  const char* specification;  // Title and version of the document.
  const char* checked;        // How it was checked, a phrase for listings.
  bool has_file_form;         // Length-prefixed files too.
  Numbering numbering;        // That of the codecs it makes.
  bool has_schema = false;    // Reads the exchange's schema (CodecOptions::schema).
  // Prices in descriptions have the scales that Decode has learnt; without it they are null.
  bool has_learnt_scales = false;
  InstrumentScope instrument_scope = InstrumentScope::kSession;
  // What becomes of an order names the order alone, not even its instrument: unless a configuration
  // says otherwise, orders are remembered (feed.orders).
  bool needs_orders = false;
  // For whoever keeps books of its updates, unless a configuration says otherwise.
  PlaceRule place_rule = PlaceRule::kByFlag;
  // Tops are of participants each (`detail`), and of all of them with `detail` 0.
  bool tops_by_participant = false;
  // Errors name what is missing and the fix (an unknown framing, a time zone database).
  absl::StatusOr<std::unique_ptr<Codec>> (*make)(const CodecOptions& options);
  // How much a payload looks like this codec's: 0 = certainly not, 100 = certainly.
  int (*guess)(std::span<const uint8_t> payload);
  // A valid packet (or, for the file form, run of records) made from a seed: for fuzzing, tests and
  // benchmarks.
  std::string (*sample)(uint64_t seed);
  std::span<const MessageInfo* const> messages;  // Every message type, described.
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_CODEC_H_
