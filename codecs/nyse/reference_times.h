// The seconds of messages that give nanoseconds only, as Source Time References have told them.
//
//   times.Learn(id, second);                    // A reference.
//   times.NoteSystem(system);                   // A mapping names the system of a symbol.
//   const int64_t ns = times.Time(terms, nanoseconds);
//   times.Forget();                             // A gap: a reference may have been in it.
//
// A reference is of the system of its id, and a symbol's mapping names its system. Where no reference
// has the id of any mapped system, ids are of another kind and the newest reference is everybody's. A
// time is never that of another second than the venue's: while the reference of a symbol's system is
// missing, because it was lost or has not come yet, or nobody has named the system, times are undefined.
//
// The feed thread's own; no memory but itself.
#ifndef FEEDHANDLER_CODECS_NYSE_REFERENCE_TIMES_H_
#define FEEDHANDLER_CODECS_NYSE_REFERENCE_TIMES_H_

#include <array>
#include <bitset>
#include <cstdint>

#include "codecs/nyse/symbol_terms.h"
#include "codecs/update.h"

namespace fh::codecs::nyse {

inline constexpr uint32_t kNsPerSecond = 1'000'000'000;

// Undefined when the venue says 0 (no time) or what is no time.
inline int64_t TimeNs(uint32_t second, uint32_t nanosecond) {
  if (second == 0 || nanosecond >= kNsPerSecond) return kUndefinedTime;
  return int64_t{second} * kNsPerSecond + nanosecond;
}

class ReferenceTimes {
 public:
  void Learn(uint32_t id, uint32_t second) {
    newest_ = second;
    if (id >= seconds_.size()) return;
    seconds_[id] = second;
    referred_.set(id);
    ids_are_systems_ = ids_are_systems_ || mapped_.test(id);
  }

  void NoteSystem(uint8_t system) {
    mapped_.set(system);
    ids_are_systems_ = ids_are_systems_ || referred_.test(system);
  }

  int64_t Time(const SymbolTerms& terms, uint32_t nanosecond) const {
    if (!terms.has_system) return kUndefinedTime;
    return TimeNs(ids_are_systems_ ? seconds_[terms.system] : newest_, nanosecond);
  }

  // The seconds; what kind the ids are of stays.
  void Forget() {
    seconds_.fill(0);
    newest_ = 0;
  }

  // Everything: another stream.
  void Clear() { *this = {}; }

 private:
  std::array<uint32_t, 256> seconds_{};  // By system; 0: not known.
  std::bitset<256> mapped_;              // Systems of symbols.
  std::bitset<256> referred_;            // Ids of references.
  uint32_t newest_ = 0;
  bool ids_are_systems_ = false;
};

}  // namespace fh::codecs::nyse

#endif  // FEEDHANDLER_CODECS_NYSE_REFERENCE_TIMES_H_
