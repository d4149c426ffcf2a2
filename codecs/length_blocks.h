// Messages packed back to back, each behind its own 16-bit length: the block format of MoldUDP64,
// of exchanges' message files (big-endian) and of IEX-TP (little-endian).
//
//   const BlockCount count = LengthBlocks<std::endian::big>::CountWhole(first, end, announced);
//   LengthBlocks<std::endian::big>::ForEach({first, end, count.whole}, [](const uint8_t* message,
//                                                                        uint32_t length) {...});
//
// The length does not count its own two bytes and may be 0. Any thread; no state. A step of the
// walk costs one load that the next step waits for, and nothing else.
#ifndef FEEDHANDLER_CODECS_LENGTH_BLOCKS_H_
#define FEEDHANDLER_CODECS_LENGTH_BLOCKS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "codecs/message.h"

namespace fh::codecs {

// Consecutive blocks: `count` of them from `first` (a length) on, none beyond `end`.
struct BlockRun {
  const uint8_t* first;
  const uint8_t* end;
  uint32_t count;
  // How far from what is being read that lies which will be read soon; for prefetching only.
  ptrdiff_t ahead = 0;
};

struct BlockCount {
  uint32_t whole;      // Blocks that lie wholly before the end.
  const uint8_t* end;  // Behind the last of them.
};

// Blocks that a header announced, before anybody looked at them. Without any, `first` is still
// within the packet.
struct AnnouncedBlocks {
  const uint8_t* first = nullptr;
  const uint8_t* end = nullptr;
  uint32_t count = 0;
};

template <std::endian kOrder>
struct LengthBlocks {
  static constexpr uint32_t kLengthBytes = 2;

  static uint32_t Length(const uint8_t* block) { return internal::Load<kOrder, uint16_t>(block); }

  // Appends a block to what is becoming a packet or a file (generators, tests). At most 65,535
  // bytes.
  static void Append(std::string& text, absl::string_view message) {
    uint8_t length[kLengthBytes];
    internal::Store<kOrder>(length, static_cast<uint16_t>(message.size()));
    text.append(reinterpret_cast<const char*>(length), kLengthBytes);
    text.append(message.data(), message.size());
  }

  // How many of `announced` blocks are whole.
  static BlockCount CountWhole(const uint8_t* first, const uint8_t* end, uint32_t announced) {
    uint32_t whole = 0;
    for (; whole < announced && end - first >= kLengthBytes; ++whole) {
      const uint32_t size = kLengthBytes + Length(first);
      if (end - first < size) break;
      first += size;
    }
    return {whole, first};
  }

  static BlockCount CountWhole(const AnnouncedBlocks& blocks) {
    return CountWhole(blocks.first, blocks.end, blocks.count);
  }

  // The same for kTogether packets. As a step waits for the load of the step before it and for
  // nothing else, some walks in step take little longer than one. Reads lengths that begin at the
  // packet's end (rio::kReadablePastEnd), and concludes nothing from them.
  static constexpr size_t kTogether = 4;
  static std::array<BlockCount, kTogether> CountWhole(
      const std::array<AnnouncedBlocks, kTogether>& packets) {
    std::array<const uint8_t*, kTogether> block;
    uint32_t steps = 0;
    for (size_t i = 0; i < kTogether; ++i) {
      block[i] = packets[i].first;
      steps = packets[i].count > steps ? packets[i].count : steps;
    }
    // Who has arrived steps on the spot: that costs less than a branch that cannot be predicted.
    uint32_t step = 0;
    for (; step < steps; ++step) {
      std::array<const uint8_t*, kTogether> next;
      bool is_cut = false;
      for (size_t i = 0; i < kTogether; ++i) {
        const uint32_t size = kLengthBytes + Length(block[i]);
        next[i] = block[i] + (step < packets[i].count ? size : 0);
        is_cut |= next[i] > packets[i].end;
      }
      if (is_cut) break;
      block = next;
    }
    std::array<BlockCount, kTogether> counts;
    for (size_t i = 0; i < kTogether; ++i) {
      const uint32_t done = step < packets[i].count ? step : packets[i].count;
      counts[i] = CountWhole(block[i], packets[i].end, packets[i].count - done);
      counts[i].whole += done;
    }
    return counts;
  }

  // The run without its first `skip` blocks, `take` blocks long at most.
  static BlockRun Slice(BlockRun run, uint32_t skip, uint32_t take) {
    const BlockCount skipped = CountWhole(run.first, run.end, skip < run.count ? skip : run.count);
    const uint32_t left = run.count - skipped.whole;
    return {skipped.end, run.end, take < left ? take : left, run.ahead};
  }

  // Calls fn(const uint8_t* message, uint32_t length) for each block, in order; ends early rather
  // than read beyond the run's end.
  template <typename Function>
  static void ForEach(BlockRun run, Function&& function) {
    const uint8_t* block = run.first;
    for (uint32_t i = 0; i < run.count && run.end - block >= kLengthBytes; ++i) {
      const uint32_t length = Length(block);
      if (run.end - block < int64_t{kLengthBytes} + length) return;
      function(block + kLengthBytes, length);
      block += kLengthBytes + length;
    }
  }
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_LENGTH_BLOCKS_H_
