// Every stream of datagrams that a capture or a network shows, with its traffic and, where the
// framing is known, its numbers: what the verbs `inspect` and `join` print.
//
//   StreamTable table;
//   table.Add({.destination = group, .source = host, .payload = bytes, .length = size,
//              .stamp_ns = stamp});
//   for (const auto& stream : table.streams()) Print(stream->group, stream->traffic.packets, ...);
//
// A stream is a destination address and port. What it speaks is judged by its first payloads
// (payload_guess.h), and from then on every packet is framed. Memory is bounded: kMostStreams
// streams with kMostSources sources and kMostSessions sessions each; what is beyond is counted.
//
// One thread. Some 200 ns a datagram of five messages once the guess is made; allocates for new
// streams, sources and sessions only.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_STREAM_TABLE_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_STREAM_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "feedhandler/inspect/payload_guess.h"
#include "feedhandler/inspect/sequence_reader.h"
#include "feedhandler/inspect/session_track.h"
#include "rio/endpoint.h"
#include "rio/packet.h"

namespace fh {

// One datagram as it was captured or received.
struct SeenDatagram {
  rio::Endpoint destination;
  rio::IpAddress source;             // None when not known (sockets).
  std::span<const uint8_t> payload;  // rio::kReadablePastEnd bytes behind it are readable.
  uint32_t length = 0;               // Of the payload on the wire; more than its size when cut.
  int64_t stamp_ns = 0;              // UNIX ns; 0 = none.
  std::optional<uint16_t> vlan;      // Outermost tag.
};

// Counts of datagrams. Rates are of UDP payloads.
struct Traffic {
  uint64_t packets = 0;
  uint64_t bytes = 0;      // Payload, as on the wire.
  uint64_t truncated = 0;  // Of which only the start was captured.
  int64_t first_ns = 0;    // Earliest and latest stamp; 0 = none had one.
  int64_t last_ns = 0;
  uint32_t least_bytes = 0;
  uint32_t most_bytes = 0;
  uint64_t most_in_ms = 0;      // Packets of the busiest millisecond of the clock,
  uint64_t most_in_second = 0;  // and of the busiest second.

  void Count(uint32_t length, bool cut, int64_t stamp_ns);

  double Seconds() const { return static_cast<double>(last_ns - first_ns) * 1e-9; }
  // 0 when it lasted no time.
  double PacketsPerSecond() const;
  double BitsPerSecond() const;
  uint64_t MeanBytes() const { return packets == 0 ? 0 : bytes / packets; }

 private:
  // Packets of the window of the clock that the latest stamp lies in; a stamp that goes back by
  // less than a window still counts in.
  struct Window {
    int64_t index = 0;
    uint64_t packets = 0;
    uint64_t Count(int64_t at);
  };
  Window ms_;
  Window second_;
};

struct Stream {
  static constexpr size_t kFirstBytes = 24;

  Stream(const rio::Endpoint& destination, const codecs::CodecInfo* asked)
      : group(destination), guess(asked) {}

  const rio::Endpoint group;
  Traffic traffic;
  std::vector<rio::IpAddress> sources;  // In order of appearance, and
  uint64_t more_sources = 0;            // datagrams from others than these.
  std::vector<uint16_t> vlans;          // The same.
  std::vector<uint8_t> first_bytes;     // Of the first payload.

  PayloadGuess guess;
  // Null while nothing is known that reads the stream's numbers.
  std::unique_ptr<SequenceReader> reader;
  std::vector<SessionTrack> sessions;
  uint64_t more_sessions = 0;  // Packets of others than these,
  uint64_t more_messages = 0;  // whole messages in them,
  uint64_t more_cut = 0;       // and what they announce and do not hold, as SessionTrack has it.
  uint64_t more_lost_in_tails = 0;
  uint64_t rejected = 0;  // Packets that are not of the framing.
  // Packets that announce more messages than they hold, although the capture has all of them.
  uint64_t damaged_tails = 0;
  uint64_t trailing_bytes = 0;  // Packets with bytes behind the last message.
  uint64_t before_guess = 0;    // Packets before the framing was known: not in `sessions`.
  // All packets so far, as long as they are few, short and of no known codec: heartbeats that come
  // before the first message are counted once it has said what they are.
  struct Early {
    std::array<uint8_t, 64 + rio::kReadablePastEnd> bytes{};
    uint32_t size = 0;
    uint32_t length = 0;
    int64_t stamp_ns = 0;
  };
  static constexpr size_t kMostEarly = 64;
  std::vector<Early> early;

  // "iex_deep10", or the framing's name, or "unknown".
  std::string Speaks() const;
  // Of all packets that the framing knows.
  uint64_t messages() const;
  uint64_t cut() const;
  uint64_t lost_in_tails() const;
  // Sums over the sessions.
  uint64_t gaps() const;
  uint64_t missing() const;
};

class StreamTable {
 public:
  static constexpr size_t kMostStreams = 4096;
  static constexpr size_t kMostSources = 16;
  static constexpr size_t kMostVlans = 8;
  static constexpr size_t kMostSessions = 64;

  // `asked`: as in PayloadGuess.
  explicit StreamTable(const codecs::CodecInfo* asked = nullptr);

  void Add(const SeenDatagram& datagram);

  // In order of appearance. Streams stay where they are.
  const std::vector<std::unique_ptr<Stream>>& streams() const { return streams_; }
  const Stream* Find(const rio::Endpoint& group) const;

  // Datagrams of streams that the table had no room for.
  uint64_t overflowed() const { return overflowed_; }

 private:
  Stream* FindOrAdd(const rio::Endpoint& group);
  void Frame(Stream& stream, const SeenDatagram& datagram);
  void KeepEarly(Stream& stream, const SeenDatagram& datagram);
  void FrameEarly(Stream& stream);
  static SessionTrack* FindOrAddSession(Stream& stream, const codecs::PacketFrame& frame);

  const codecs::CodecInfo* asked_;
  codecs::InstrumentStore instruments_;  // Codecs want one; nothing here decodes.
  std::map<rio::Endpoint, Stream*> by_group_;
  std::vector<std::unique_ptr<Stream>> streams_;
  Stream* latest_ = nullptr;
  uint64_t overflowed_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_STREAM_TABLE_H_
