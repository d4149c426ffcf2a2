// Any bytes, played as packets of a channel (tests/sim/hostile_script.h).
#include <cstdio>
#include <cstdlib>

#include "tests/sim/hostile_script.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fh::test::HostileResult result = fh::test::PlayHostile({data, size});
  if (!result.broken.empty()) {
    std::fprintf(stderr, "%s\n", result.broken.c_str());
    std::abort();
  }
  return 0;
}
