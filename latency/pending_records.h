// What is to be recorded once there is time for it. The histograms of many channels and lines lie in
// no cache: who records each value at once waits for memory each time, with packets behind it. Here a
// value costs a store; Fold records all of them, and fetches their places ahead, so that it waits for
// many at once.
//
//   PendingRecords pending(600);
//   if (pending.room() < most_of_a_burst) pending.Fold();
//   pending.Add(histogram, latency_ns, packets);   // About a nanosecond.
//   ...
//   pending.Fold();                                // Nothing arrived: there is time.
//
// The one writer thread of all its histograms, which outlive what is pending. Allocates when it is
// made. Until it is folded a value is in no snapshot.
#ifndef FEEDHANDLER_LATENCY_PENDING_RECORDS_H_
#define FEEDHANDLER_LATENCY_PENDING_RECORDS_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "latency/histogram.h"

namespace fh::latency {

class PendingRecords {
 public:
  explicit PendingRecords(size_t capacity)
      : records_(std::make_unique<Record[]>(capacity)), capacity_(capacity) {}

  size_t room() const { return capacity_ - count_; }

  // `n` equal values. Precondition: room() > 0.
  void Add(Histogram& histogram, int64_t value_ns, uint64_t n) {
    assert(count_ < capacity_);
    records_[count_++] = {&histogram, value_ns, n};
  }

  void Fold() {
    for (size_t i = 0; i < count_; ++i) records_[i].histogram->Prefetch(records_[i].value_ns);
    for (size_t i = 0; i < count_; ++i) {
      records_[i].histogram->RecordN(records_[i].value_ns, records_[i].n);
    }
    count_ = 0;
  }

 private:
  struct Record {
    Histogram* histogram;
    int64_t value_ns;
    uint64_t n;
  };

  std::unique_ptr<Record[]> records_;
  size_t capacity_;
  size_t count_ = 0;
};

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_PENDING_RECORDS_H_
