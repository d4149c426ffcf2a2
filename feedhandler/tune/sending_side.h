// The other side of a receive path that is measured: sends datagrams, on a thread of its own whose
// CPU then does the kernel's part as well, or on the calling one.
//
//   absl::StatusOr<std::unique_ptr<SendingSide>> side = SendingSide::Open(*network, options);
//   (*side)->MoveTo(0);
//   const double ns = (*side)->Burst(512, SendingSide::Where::kThere);   // All of it is there now.
//
// Each datagram begins with the token of its turn and the time of its sending (Stamp), so that
// nothing else that arrives is taken for one.
//
// One thread calls; nothing allocates after Open.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_SENDING_SIDE_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_SENDING_SIDE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feedhandler/tune/network.h"
#include "rio/socket/sender.h"

namespace fh::tune {

class SendingSide {
 public:
  struct Options {
    rio::Endpoint group;
    uint32_t packet_bytes = 200;  // At least sizeof(Stamp).
  };
  struct Stamp {
    uint64_t token;
    uint64_t sent_ticks;
  };
  enum class Where : uint8_t { kHere, kThere };

  static constexpr uint32_t kMostBurst = 1024;

  // UNAVAILABLE and what rio::Sender says.
  static absl::StatusOr<std::unique_ptr<SendingSide>> Open(Network& network,
                                                           const Options& options);
  ~SendingSide();
  SendingSide(const SendingSide&) = delete;
  SendingSide& operator=(const SendingSide&) = delete;

  // Pins the thread. Where it may not run: FAILED_PRECONDITION.
  absl::Status MoveTo(int cpu);
  void set_token(uint64_t token) { token_ = token; }

  // Sends `count` (up to kMostBurst) datagrams and returns when they are out.
  struct Took {
    double sending_ns;   // Of as many to a dead end, just before; 0 where there is none.
    double together_ns;  // By ThreadNs.
  };
  Took Burst(uint32_t count, Where where);

  // Sends one from the calling thread.
  void SendOne();

  // Starts sending single datagrams on the thread, `interval_ticks` apart. Call Join before anything
  // else.
  void StartSingles(uint32_t count, uint64_t interval_ticks);
  void Join();

 private:
  enum Task : int { kNothing, kOpen, kMove, kBurst, kSingles, kStop };

  explicit SendingSide(const Options& options);
  void Ask(Task task);
  void Serve(Network& network);
  void OpenSender(Network& network);
  Took SendBurst();

  const Options options_;
  std::vector<uint8_t> payload_;
  std::vector<rio::Sender::Datagram> burst_;
  std::unique_ptr<rio::Sender> sender_;
  std::unique_ptr<rio::Sender> dead_end_;  // Null: there is none.
  absl::Status status_;                    // Of the task.
  uint64_t token_ = 0;
  int cpu_ = 0;
  uint32_t count_ = 0;
  uint64_t interval_ticks_ = 0;
  Took took_{};
  std::atomic<int> task_{kNothing};
  std::thread thread_;
};

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_SENDING_SIDE_H_
