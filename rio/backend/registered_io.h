// Receiving through Registered I/O: the backend over any of its tables, the system's on Windows and
// emulated ones (rio/registered/emulated_table.h) elsewhere.
//
//   auto backend = RegisteredIoBackend::Open(provider, options, region);
//   (*backend)->Post(all_slices);
//   size_t count = (*backend)->Poll(burst);
//
// The region is registered once, as one buffer; what datagrams bring besides their bytes (stamps,
// destinations) lies in a second one, made only when it is asked for. Each line has a socket with a
// request queue, all of them complete into one queue, so a Poll is one dequeue, and packets come in
// the order in which they arrived, whatever the line. Receives are posted with DEFER and told to
// the kernel with one COMMIT_ONLY a line and Poll. The request's context names the slice.
//
// Slices are shared out: each line may have slice_count / lines of them, posted or held by the
// caller, and at most kMaxPosted posted. So a line that is busy, or whose packets are held for a
// gap, cannot take the receives of another. Registered I/O has no other buffer in front of the
// application than the posted receives: a note says so when there are few. A slice that was
// released goes back to the line that it came from at the next Poll or Wait, or at once when many
// were.
//
// Faults. A receive that fails gives its slice back, is counted (errors, last_error: an abi::Error)
// and posted again. A request that cannot be posted leaves its slice here for the next Poll. A
// corrupt completion queue (RIO_CORRUPT_CQ) costs the datagrams in it: everything is closed, the
// slices are taken back, and queues and sockets are opened, bound and joined anew; ring_overflows
// counts it and a note tells. Should that fail, Poll tries again, ever more rarely; meanwhile it
// returns nothing. Rebuilding allocates and makes system calls.
//
// Threads and life as in rio/backend.h. Over an emulation nothing is started before the first Poll
// or Wait, so the thread that polls is the one that the engine sees.
#ifndef FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_H_
#define FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rio/backend.h"
#include "rio/memory/slice_stack.h"
#include "rio/registered/line.h"
#include "rio/registered/provider.h"
#include "rio/registered/queues.h"

namespace fh::rio {

class RegisteredIoBackend {
 public:
  static constexpr uint32_t kMaxPosted = 8192;  // Receives outstanding on a line.
  static constexpr uint32_t kFewPosted = 64;    // Below that many, a note says so.

  // Each line must get a slice at least: INVALID_ARGUMENT otherwise.
  static absl::StatusOr<std::unique_ptr<RegisteredIoBackend>> Open(
      const Provider& provider, const ReceiverOptions& options, RegisteredRegion& region,
      const LineHooks& hooks = SystemLineHooks());
  ~RegisteredIoBackend();
  RegisteredIoBackend(const RegisteredIoBackend&) = delete;
  RegisteredIoBackend& operator=(const RegisteredIoBackend&) = delete;

  void Post(std::span<const uint32_t> slices);
  size_t Poll(std::span<Packet> packets);
  void Wait(std::chrono::nanoseconds timeout);
  void RefreshStats();
  const BackendStats& stats() const { return stats_; }
  std::span<const LineStats> line_stats() const { return line_stats_; }
  const std::vector<std::string>& notes() const { return notes_; }
  uint32_t owned() const { return stack_.size() + posted_; }
  bool finished() const { return false; }
  void Close();

 protected:
  RegisteredIoBackend(const Provider& provider, const ReceiverOptions& options,
                      RegisteredRegion& region, const LineHooks& hooks);
  absl::Status Start();

 private:
  struct Line {
    std::optional<RequestQueue> queue;
    uint32_t posted = 0;
    uint32_t held = 0;         // By the caller.
    bool needy = false;        // In needy_: it may have room for more receives.
    bool uncommitted = false;  // Some are posted, and the kernel was not told.
    bool wants_control = false;
    bool checks_destination = false;
    StampSource expected_stamps = StampSource::kNone;
    uint32_t drops_seen = 0;  // The socket's counter, which has 32 bits.
  };

  // Where a slice is; `line` is the one that it is posted on, or that it came from.
  struct Slot {
    enum class Place : uint8_t { kStack, kPosted, kHeld };
    Place place = Place::kHeld;
    bool charged = false;  // Counts for `line`.
    uint16_t line = 0;
  };

  absl::Status Build();
  absl::Status OpenLines();
  absl::Status RegisterMemory();
  void TearDown();
  void Recover();
  bool Revive();
  void AddNote(const std::string& note);
  void CountError(int error);
  void SetDrops(uint16_t line, uint32_t drops);

  void MarkNeedy(uint16_t line);
  uint32_t RoomOf(const Line& line) const;
  void Replenish();
  bool PostTo(uint16_t line, uint32_t count);
  ReceiveRequest RequestFor(const Line& line, uint32_t slice) const;
  void TakeBack(uint32_t slice);
  bool Deliver(const Completion& completion, uint64_t ticks, Packet& packet);
  bool ReadSide(uint16_t line, uint32_t slice, Packet& packet);

  const Provider& provider_;
  const LineHooks& hooks_;
  const ReceiverOptions options_;
  RegisteredRegion& region_;
  const uint32_t share_;  // Slices a line.

  // In the order in which they must be given up, from the last to the first.
  std::optional<RegisteredRegion> side_;  // Address and control slices, one of each a slice.
  RegisteredBuffer buffer_;
  RegisteredBuffer side_buffer_;
  std::optional<CompletionQueue> completions_;
  std::vector<Line> lines_;

  SliceStack stack_;
  std::vector<Slot> slots_;
  std::vector<uint16_t> needy_;
  std::vector<Completion> results_;
  uint32_t posted_ = 0;       // On all lines.
  uint32_t dry_lines_ = 0;    // Lines with nothing posted.
  uint32_t given_back_ = 0;   // Since the last Replenish.
  uint32_t side_bytes_ = 0;   // Of each slice in `side_`.
  uint64_t retry_after_ = 1;  // Polls between attempts to revive.
  uint64_t polls_left_ = 0;   // Until the next attempt.
  bool running_ = false;
  bool started_ = false;
  bool closed_ = false;
  BackendStats stats_;
  std::vector<LineStats> line_stats_;
  std::vector<std::string> notes_;
};

// Probes the table of that name in Providers() (rio/registered/providers.h).
ProbeResult ProbeProvider(absl::string_view name);

// That table; null when this host has none of that name.
const Provider* FindProvider(absl::string_view name);

// The backend over one table, as the lists of backends want it: a type with a name. `Choice` has
// kName, kDescription, Probe(), provider() (null when there is none) and hooks().
template <class Choice>
class RegisteredIo : public RegisteredIoBackend {
 public:
  static constexpr const char* kName = Choice::kName;
  static constexpr const char* kDescription = Choice::kDescription;

  static ProbeResult Probe() { return Choice::Probe(); }
  static absl::StatusOr<std::unique_ptr<RegisteredIo>> Open(const ReceiverOptions& options,
                                                            RegisteredRegion& region) {
    const Provider* const provider = Choice::provider();
    if (provider == nullptr) return absl::UnavailableError(Choice::Probe().reason);
    std::unique_ptr<RegisteredIo> backend(new RegisteredIo(*provider, options, region));
    if (absl::Status status = backend->Start(); !status.ok()) return status;
    return backend;
  }

 private:
  RegisteredIo(const Provider& provider, const ReceiverOptions& options, RegisteredRegion& region)
      : RegisteredIoBackend(provider, options, region, Choice::hooks()) {}
};

// A Choice by the table's name, with the lines of this system.
template <class Names>
struct ListedProvider : Names {
  static ProbeResult Probe() { return ProbeProvider(Names::kProvider); }
  static const Provider* provider() { return FindProvider(Names::kProvider); }
  static const LineHooks& hooks() { return SystemLineHooks(); }
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_H_
