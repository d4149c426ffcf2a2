// Names what a file is when it is not a packet capture, so that the refusal helps.
//
//   DescribeForeignFile(start)   // "it looks like text"
//
// A guess from the first bytes, for messages only; nothing is decided by it. Any thread; allocates
// the answer.
#ifndef FEEDHANDLER_REPLAY_FOREIGN_FILE_H_
#define FEEDHANDLER_REPLAY_FOREIGN_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace fh::replay {

// Bytes that the guess can make use of; fewer will do.
inline constexpr size_t kForeignFileBytes = 256;

// Ends without a full stop. `start` may be empty.
std::string DescribeForeignFile(std::span<const uint8_t> start);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_FOREIGN_FILE_H_
