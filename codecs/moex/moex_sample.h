// Valid packets of MOEX FORTS FAST, made from seeds: for fuzzing, tests and benchmarks.
//
//   const std::string packet = SamplePacket(seed);   // Seeds in a row hold every message type.
//   const std::string busy = IncrementPacket(seed, 40);
//
// Allocates.
#ifndef FEEDHANDLER_CODECS_MOEX_MOEX_SAMPLE_H_
#define FEEDHANDLER_CODECS_MOEX_MOEX_SAMPLE_H_

#include <cstdint>
#include <string>

namespace fh::codecs::moex {

// The same seed gives the same bytes everywhere.
std::string SamplePacket(uint64_t seed);

// An incremental refresh of so many entries.
std::string IncrementPacket(uint64_t seed, uint32_t entries);

}  // namespace fh::codecs::moex

#endif  // FEEDHANDLER_CODECS_MOEX_MOEX_SAMPLE_H_
