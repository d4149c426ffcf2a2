// Valid blocks of SIAC's feeds, for fuzzing, tests and benchmarks.
//
//   const std::string block = SampleOpra(seed);           // The same for the same seed.
//
//   BlockWriter writer(Feed::kCts, {.sequence = 7});      // By hand:
//   cta::status::kHaltReason.Put(writer.AddCta(cta::kTradingStatusMessage), 'P');
//   const std::string block = writer.Bytes();             // With size, checksum and pad.
#ifndef FEEDHANDLER_CODECS_SIAC_SIAC_SAMPLE_H_
#define FEEDHANDLER_CODECS_SIAC_SIAC_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/message.h"

namespace fh::codecs::siac {

enum class Feed : uint8_t { kCts, kCqs, kOpra };

struct BlockPosition {
  uint8_t version = 0;
  uint32_t sequence = 1;
  char retransmission = 'O';
  uint32_t seconds = 1'700'000'000;
  uint32_t nanoseconds = 0;
};

class BlockWriter {
 public:
  BlockWriter(Feed feed, const BlockPosition& position);

  // A message of blanks in letters and texts and zeros elsewhere behind the others, but for its length,
  // category and type; `more` zero bytes are behind it. Valid until the next call.
  uint8_t* AddCta(const MessageInfo& info, uint32_t more = 0);
  uint8_t* AddOpra(const MessageInfo& info, uint32_t more = 0);

  // The block with all that was added.
  std::string Bytes() const;

 private:
  uint8_t* Add(const MessageInfo& info, uint32_t more);

  bool is_opra_;
  std::string bytes_;
};

// Blocks with some of every message.
std::string SampleOpra(uint64_t seed);
std::string SampleCta(uint64_t seed);        // Version 2.
std::string SampleCtaBlocks(uint64_t seed);  // Version 0.

}  // namespace fh::codecs::siac

#endif  // FEEDHANDLER_CODECS_SIAC_SIAC_SAMPLE_H_
