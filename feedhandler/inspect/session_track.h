// What one stream showed of one session of the venue, and where a line carries several numbered
// streams (PacketFrame::stream) of one of those: how far its numbers got, what they left out,
// what came twice, and a sample of the messages.
//
//   SessionTrack track(frame.session, frame.stream);
//   track.Note(frame);
//   Print(track.first(), track.end(), track.gaps(), track.missing());
//
// The stream is looked at alone: what it lost may have come on another line. One thread; a few
// nanoseconds a packet, and one for each message while the sample is asked.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_SESSION_TRACK_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_SESSION_TRACK_H_

#include <cstdint>

#include "codecs/codec.h"
#include "feedhandler/inspect/message_sample.h"
#include "feedhandler/session/line_state.h"
#include "feedhandler/session/range_list.h"

namespace fh {

class SessionTrack {
 public:
  // A number this far ahead is not believed until the next packet goes on from it.
  static constexpr uint64_t kMaxJump = uint64_t{1} << 24;

  SessionTrack(const codecs::SessionId& id, uint16_t stream) : id_(id), stream_(stream) {}

  // `frame` is of this session and not rejected. `cut`: the capture kept only the start of the
  // packet, so what is missing at its end did arrive, and is in no gap.
  void Note(const codecs::PacketFrame& frame, bool cut = false);

  const codecs::SessionId& id() const { return id_; }
  uint16_t stream() const { return stream_; }
  uint64_t packets() const { return packets_; }
  // Whole messages in all packets, those that came twice or are not believed too: what `decode`
  // prints and `replay` takes in.
  uint64_t messages() const { return messages_; }
  // Messages that packets announce and that are not there: cut off by the capture, or by damage.
  uint64_t cut() const { return cut_; }
  uint64_t lost_in_tails() const { return lost_in_tails_; }
  // Of messages(), those outside of all numbers.
  uint64_t unnumbered() const { return unnumbered_; }
  uint64_t heartbeats() const { return heartbeats_; }
  uint64_t restarts() const { return restarts_; }
  uint64_t implausible() const { return implausible_; }  // Packets not believed.
  bool ended() const { return ended_; }                  // The venue said so.

  // Messages [first, end) are between the lowest and the highest number that came; of restarts the
  // union. Heartbeats move nothing, so first == end when there was no message.
  uint64_t first() const { return first_; }
  uint64_t end() const { return end_; }
  bool has_numbers() const { return any_number_; }  // first() and end() say something.
  // One past the highest number that was brought or announced.
  uint64_t next() const { return line_.next; }

  uint64_t gaps() const { return line_.stats.gaps; }  // Jumps ahead, those filled later included.
  // Messages that never came; those that the capture cut off did.
  uint64_t missing() const { return line_.stats.skipped_messages - line_.stats.brought_messages; }
  // That had come before. Numbers below the first that was seen are new when they come.
  uint64_t repeated() const { return line_.stats.repeated_messages - new_below_; }
  uint64_t reordered_packets() const { return line_.stats.reordered_packets; }

  MessageSample& sample() { return sample_; }
  const MessageSample& sample() const { return sample_; }

 private:
  bool IsBelievable(uint64_t begin, uint64_t end);
  void Follow(uint64_t begin, int64_t starts_ns);
  void NoteBelow(uint64_t begin, uint64_t end);

  codecs::SessionId id_;
  uint16_t stream_;
  LineState line_;
  uint64_t started_ = 0;    // With which the line_ began.
  RangeList<64> below_;     // What came of the numbers below it.
  uint64_t new_below_ = 0;  // How many of these the line_ took for repeated.
  MessageSample sample_;
  uint64_t packets_ = 0;
  uint64_t without_numbers_ = 0;  // Of these packets.
  uint64_t messages_ = 0;
  uint64_t cut_ = 0;
  uint64_t lost_in_tails_ = 0;
  uint64_t unnumbered_ = 0;
  uint64_t heartbeats_ = 0;
  uint64_t restarts_ = 0;
  uint64_t implausible_ = 0;
  uint64_t implausible_end_ = 0;  // Where the last packet that was not believed ended.
  uint64_t first_ = 0;
  uint64_t end_ = 0;
  bool any_number_ = false;
  bool ended_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_SESSION_TRACK_H_
