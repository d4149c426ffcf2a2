// Drives a ChannelSession the way the feed thread does, and checks on every call what must hold
// whatever comes in: slices come back once each, the window keeps its bound, within a stream every
// number comes once and in order, as a message or in a gap, jobs stay inside their packets, and
// MAYBE_BAD_BOOK is set from a gap to the next stream.
//
//   SessionHarness harness({.lines = 2});
//   harness.Send({.line = 0, .first = 1, .count = 3});
//   EXPECT_EQ(harness.Log(), "start joined; 1-3");
#ifndef FEEDHANDLER_TESTS_SIM_SESSION_HARNESS_H_
#define FEEDHANDLER_TESTS_SIM_SESSION_HARNESS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "feedhandler/session/channel_session.h"

namespace fh::test {

// Every packet is believed: for tests of what comes after belief (admission has tests of its own).
inline SessionOptions Trusting(SessionOptions options) {
  options.jump_confirmations = 1;
  return options;
}

// A packet to send.
struct Sent {
  uint8_t line = 0;
  uint64_t first = 0;
  uint32_t count = 0;
  int64_t at_ns = 0;
  char session = 'S';
  codecs::FrameKind kind = codecs::FrameKind::kMessages;
  uint16_t lost_in_tail = 0;
  bool stream_start = false;
  int64_t send_ns = 0;
  uint32_t tag = 0;  // Anything; comes out with what is delivered of the packet.
};

// A run of messages that the session had decoded.
struct Delivered {
  uint64_t first;
  uint64_t last;
  uint32_t tag;
  uint8_t flags;
  int64_t recv_ns;
  uint32_t stream;  // Index of the stream (counted from 1 by kSessionStart events).
};

class SessionHarness {
 public:
  // With `keep_log` false Log() stays empty, which long simulations want.
  explicit SessionHarness(const SessionOptions& options, bool keep_log = true);
  // Ends the program when something was broken and nobody looked.
  ~SessionHarness();
  SessionHarness(const SessionHarness&) = delete;
  SessionHarness& operator=(const SessionHarness&) = delete;

  void Send(const Sent& sent) { SendBurst(std::span(&sent, 1)); }
  // At most options.max_burst at a time go into one call.
  void SendBurst(std::span<const Sent> burst);
  void Idle(int64_t now_ns) { Take(session_.OnIdle(now_ns)); }
  void Flush(int64_t now_ns = 0) { Take(session_.Flush(now_ns)); }
  void MarkClean() {
    session_.MarkClean();
    bad_book_ = false;
  }

  // Everything so far in order: "start joined; 1-3; gap 4-5 lost; 6-9!; end 10". Runs of messages
  // are joined; ! marks those flagged MAYBE_BAD_BOOK.
  const std::string& Log() const { return log_; }
  // The log since the last call.
  std::string TakeLog();

  const std::vector<Delivered>& delivered() const { return delivered_; }
  const std::vector<SessionEvent>& events() const { return events_; }
  // Empties both, which long simulations want.
  void ForgetOutput();
  // What was broken first, "" if nothing.
  const std::string& broken() {
    looked_ = true;
    return broken_;
  }
  // Slices that the session has and the receive path has not.
  uint32_t outstanding() const { return outstanding_; }
  uint64_t sent_messages() const { return sent_messages_; }
  // delivered + duplicate + late + dropped; equals sent_messages() while nothing is held.
  uint64_t accounted_messages() const;

  ChannelSession& session() { return session_; }

 private:
  void SendChunk(std::span<const Sent> chunk);
  void Take(const SessionBatch& batch);
  void TakeJobs(std::span<const codecs::DecodeJob> jobs);
  void TakeEvent(const SessionEvent& event);
  void Say(const std::string& what);
  void Break(const std::string& what) {
    if (broken_.empty()) broken_ = what;
  }

  const SessionOptions options_;
  const bool keep_log_;
  ChannelSession session_;
  std::vector<rio::Packet> packets_;
  std::vector<codecs::PacketFrame> frames_;
  std::vector<Arrival> arrivals_;
  std::vector<uint32_t> tags_;  // By slice.
  std::vector<bool> taken_;     // By slice.
  std::vector<uint32_t> free_;
  uint32_t outstanding_ = 0;
  uint64_t sent_messages_ = 0;
  uint32_t stream_ = 0;
  uint64_t next_ = 0;      // Nothing below may come in this stream.
  bool bad_book_ = false;  // What the flag of the next job has to say.
  bool run_open_ = false;
  bool looked_ = false;
  std::string log_;
  size_t log_taken_ = 0;
  std::string broken_;
  std::vector<Delivered> delivered_;
  std::vector<SessionEvent> events_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SIM_SESSION_HARNESS_H_
