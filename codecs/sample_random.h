// Random numbers for samples of messages: the same everywhere for the same seed.
//
//   SampleRandom random(seed);
//   const char side = random.OneOf("BS");
#ifndef FEEDHANDLER_CODECS_SAMPLE_RANDOM_H_
#define FEEDHANDLER_CODECS_SAMPLE_RANDOM_H_

#include <cstdint>
#include <cstring>

namespace fh::codecs {

// SplitMix64 (Steele, Lea, Flood 2014). Not for anything that matters more than a sample.
class SampleRandom {
 public:
  explicit SampleRandom(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

  // In [0, limit); `limit` > 0.
  uint64_t Below(uint64_t limit) { return Next() % limit; }

  // One of the characters of a text that is not empty.
  char OneOf(const char* letters) { return letters[Below(std::strlen(letters))]; }

 private:
  uint64_t state_;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_SAMPLE_RANDOM_H_
