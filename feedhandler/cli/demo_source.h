// Where the demonstration's packets come from: a synthetic day, or a capture.
//
//   absl::StatusOr<std::unique_ptr<DemoSource>> source = MakeSyntheticSource(options);
//   DemoPacket packet;
//   while ((*source)->Next(packet)) Publish(packet);
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_DEMO_SOURCE_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_DEMO_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feedhandler/config/config.h"
#include "feedhandler/synthetic/itch_day.h"
#include "feedhandler/synthetic/mold_packetizer.h"

namespace fh::cli {

struct DemoPacket {
  MoldPacket packet;          // The bytes of any framing, and which messages they hold.
  size_t channel = 0;         // Index in DemoSource::feeds, counted through.
  uint16_t stream = 0;        // The venue's, where a channel has several.
  bool stream_start = false;  // A publisher that starts over: nothing may overtake it.
  bool is_last = false;       // The end of the session: is not lost.
};

class DemoSource {
 public:
  virtual ~DemoSource() = default;
  // What the packets are, with channels whose lines are still to be chosen.
  virtual const std::vector<FeedConfig>& feeds() const = 0;
  // Of a synthetic day, the day; 0 for captures (their packets say when they were received).
  virtual int64_t day_ns() const = 0;
  // False at the end. What `packet` points to is valid until the next call.
  virtual bool Next(DemoPacket& packet) = 0;
  virtual absl::Status status() const = 0;         // Whether a capture was whole.
  virtual uint64_t expected_messages() const = 0;  // For the progress bar; 0 = not known.
};

absl::StatusOr<std::unique_ptr<DemoSource>> MakeSyntheticSource(const ItchDayOptions& options,
                                                                uint32_t messages_per_packet);
absl::StatusOr<std::unique_ptr<DemoSource>> MakeCaptureSource(const std::string& path,
                                                              const std::string& codec);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_DEMO_SOURCE_H_
