// Which of a capture's datagrams are for us, and where all its other frames went: nothing that a
// capture holds goes missing silently. The same for all that take datagrams out of captures, so
// that they agree on what a capture holds.
//
//   CaptureAccount account(subscriptions);
//   Datagram datagram;
//   while (merge.Next(frame)) {
//     const std::optional<uint16_t> line = account.LineOf(frame, datagram);
//     if (line.has_value()) Use(*line, datagram.payload, datagram.payload_length);
//   }
//   Print(account.Text());
//
// One thread. LineOf costs ParseDatagram and a look-up, some 15 ns, and allocates nothing.
#ifndef FEEDHANDLER_REPLAY_CAPTURE_ACCOUNT_H_
#define FEEDHANDLER_REPLAY_CAPTURE_ACCOUNT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "replay/captured_frame.h"
#include "replay/datagram.h"
#include "replay/group_tally.h"
#include "replay/line_table.h"
#include "rio/backend.h"

namespace fh::replay {

// Counts that only grow. Every frame is in exactly one of: delivered, to_others, lost (by reason),
// frames[kNotIp], frames[kNotUdp].
struct CaptureCounters {
  DatagramCounters frames;  // All, by what they are.
  uint64_t delivered = 0;   // Datagrams of the lines: whole, or the part that is there.
  uint64_t cut = 0;         // Of these, those of which the capture kept only a part.
  uint64_t to_others = 0;   // Of UDP, to destinations that no subscription names.
  // Of which nothing could be delivered: those that were for a line, and those that do not show for
  // whom they were.
  DatagramCounters lost;

  uint64_t LostFrames() const;  // The sum of `lost`.
};

class CaptureAccount {
 public:
  explicit CaptureAccount(std::span<const rio::Subscription> subscriptions)
      : lines_(subscriptions) {}

  // The line of the frame's datagram, or nothing and a count. A line's datagram may be cut:
  // datagram.payload is then shorter than datagram.payload_length.
  std::optional<uint16_t> LineOf(const CapturedFrame& frame, Datagram& datagram) {
    const DatagramOutcome outcome =
        ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram);
    counters_.frames.Count(outcome, datagram);
    if (outcome != DatagramOutcome::kDatagram) [[unlikely]]
      return LineOfOther(outcome, datagram);
    const std::optional<uint16_t> line =
        lines_.Find(datagram.destination_endpoint(), datagram.source, datagram.vlan);
    counters_.delivered += line.has_value();
    if (!line.has_value()) [[unlikely]]
      NoteOther(datagram);
    return line;
  }

  const CaptureCounters& counters() const { return counters_; }
  // Where the datagrams before the first one of a line were going: all, when none was of a line.
  const GroupTally& others() const { return others_; }

 private:
  void NoteOther(const Datagram& datagram) {
    ++counters_.to_others;
    if (counters_.delivered == 0) others_.Note(datagram.destination_endpoint());
  }
  // Of a frame that is not a whole datagram.
  std::optional<uint16_t> LineOfOther(DatagramOutcome outcome, const Datagram& datagram);
  // Whether a line is, as far as the frame shows, where it was going.
  bool MayBeOurs(const Datagram& datagram) const;

  const LineTable lines_;
  CaptureCounters counters_;
  GroupTally others_;
};

// For people: what was delivered, what was lost and why, what was foreign; a line each, where there
// is something to say. Every line behind two spaces, with a newline.
std::string CaptureText(const CaptureCounters& counters);

// "fragments (they are not put together)", "malformed (UDP 2, IPv4 1)", ...: the frames of one
// outcome.
std::string OutcomeText(DatagramOutcome outcome, const DatagramCounters& frames);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_ACCOUNT_H_
