// Drives a backend over a file in tests, as a receiver would.
//
//   rio::RegisteredRegion region = MakeRegion(16, 2048);
//   PostAll(*backend, region.slice_count());
//   EXPECT_THAT(Drain(*backend), ElementsAre("first", "second"));
#ifndef FEEDHANDLER_TESTS_REPLAY_FILE_BACKEND_DRIVER_H_
#define FEEDHANDLER_TESTS_REPLAY_FILE_BACKEND_DRIVER_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/memory/region.h"
#include "rio/packet.h"

namespace fh::test {

inline std::string TextOf(const rio::Packet& packet) {
  return {reinterpret_cast<const char*>(packet.data), packet.length};
}

// Null, and a failed test, when there is no memory.
inline std::unique_ptr<rio::RegisteredRegion> MakeRegion(uint32_t slices,
                                                         uint32_t slice_bytes = 2048) {
  absl::StatusOr<rio::RegisteredRegion> region =
      rio::RegisteredRegion::Create({.slice_bytes = slice_bytes, .slice_count = slices});
  EXPECT_TRUE(region.ok()) << region.status();
  return region.ok() ? std::make_unique<rio::RegisteredRegion>(*std::move(region)) : nullptr;
}

// Posts slices 0 to `slices` - 1.
template <class B>
void PostAll(B& backend, uint32_t slices) {
  std::vector<uint32_t> all(slices);
  std::iota(all.begin(), all.end(), 0u);
  backend.Post(all);
}

// Polls to the end, at most `burst` packets at once, and hands each to `use` before it posts its
// slice again.
template <class B, class Use>
void DrainEach(B& backend, size_t burst, Use use) {
  std::vector<rio::Packet> packets(burst);
  while (!backend.finished()) {
    const size_t count = backend.Poll(packets);
    for (const rio::Packet& packet : std::span(packets).first(count)) {
      use(packet);
      backend.Post(std::span(&packet.slice, 1));
    }
  }
}

// The same for the packets as text.
template <class B>
std::vector<std::string> Drain(B& backend, size_t burst = 4) {
  std::vector<std::string> texts;
  DrainEach(backend, burst, [&](const rio::Packet& packet) { texts.push_back(TextOf(packet)); });
  return texts;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_REPLAY_FILE_BACKEND_DRIVER_H_
