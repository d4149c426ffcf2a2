// Runs a fuzz target without libFuzzer: on the files named as arguments or, without any, on a
// bounded number of generated inputs (fixed seed), so that every ordinary test run drives every
// parser with damaged bytes.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kGeneratedInputs = 2000;
constexpr size_t kMaxInputBytes = 2048;

void RunGenerated() {
  std::mt19937_64 random(20260101);
  std::vector<uint8_t> input;
  for (int i = 0; i < kGeneratedInputs; ++i) {
    // Half of the inputs mutate their predecessor, the others start anew with few distinct byte
    // values, which reach deeper than uniform noise.
    if (i % 2 == 0 || input.empty()) {
      input.assign(random() % kMaxInputBytes, 0);
      const uint8_t mask = static_cast<uint8_t>(random());
      for (uint8_t& byte : input) byte = static_cast<uint8_t>(random()) & mask;
    } else {
      for (int k = 0; k < 8; ++k) input[random() % input.size()] = static_cast<uint8_t>(random());
    }
    const std::vector<uint8_t> exact(input);  // Exact size: the sanitizer sees a read past the end.
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
  }
  std::printf("%d generated inputs\n", kGeneratedInputs);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  if (argc == 1) RunGenerated();
  return 0;
}
