// What a session's call puts together for its caller: jobs, events and released slices, in storage
// that is fixed at construction. See SessionBatch (session_types.h) for what they mean.
//
//   SessionBatchBuilder batch(most_jobs, most_events);
//   batch.Begin();
//   batch.Deliver({...}); batch.Emit({...}); batch.Release(slice);
//   return batch.Finish();
//
// One thread; nothing allocates after construction. The limits are the caller's arithmetic, checked
// in debug builds.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_BATCH_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_BATCH_H_

#include <cassert>
#include <cstdint>
#include <memory>

#include "codecs/codec.h"
#include "feedhandler/session/session_types.h"

namespace fh {

class SessionBatchBuilder {
 public:
  SessionBatchBuilder(uint32_t most_jobs, uint32_t most_events)
      : most_jobs_(most_jobs),
        most_events_(most_events),
        jobs_(std::make_unique<codecs::DecodeJob[]>(most_jobs)),
        events_(std::make_unique<SessionEvent[]>(most_events)),
        released_(std::make_unique<uint32_t[]>(most_jobs)) {}

  void Begin() {
    job_count_ = 0;
    event_count_ = 0;
    released_count_ = 0;
  }

  SessionBatch Finish() const {
    return {.jobs = {jobs_.get(), job_count_},
            .events = {events_.get(), event_count_},
            .released = {released_.get(), released_count_}};
  }

  void Deliver(const codecs::DecodeJob& job) {
    assert(job_count_ < most_jobs_);
    jobs_[job_count_++] = job;
  }

  void Release(uint32_t slice) {
    assert(released_count_ < most_jobs_);
    released_[released_count_++] = slice;
  }

  // `event.session` is the caller's; its place among the jobs is set here.
  void Emit(SessionEvent event) {
    assert(event_count_ < most_events_);
    event.before_job = job_count_;
    events_[event_count_++] = event;
  }

 private:
  const uint32_t most_jobs_;
  const uint32_t most_events_;
  std::unique_ptr<codecs::DecodeJob[]> jobs_;
  std::unique_ptr<SessionEvent[]> events_;
  std::unique_ptr<uint32_t[]> released_;
  uint32_t job_count_ = 0;
  uint32_t event_count_ = 0;
  uint32_t released_count_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_SESSION_BATCH_H_
