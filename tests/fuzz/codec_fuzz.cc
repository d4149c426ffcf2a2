// Every codec of the registry on arbitrary packets: the first byte selects the codec, the second
// its options, the rest is two packets of one stream.
//
// What is proved besides the absence of crashes: nothing outside of the payload and its readable
// tail is touched (the payload lies on the heap, exactly as long as the two), nothing depends on
// the tail's bytes, no more updates are written than were announced, and vectors and portable code
// agree.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "codecs/instrument_table.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace {

using namespace fh::codecs;  // NOLINT: a program, not a library.
using fh::test::PacketBytes;

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

struct Outcome {
  std::vector<PacketFrame> frames;
  std::vector<NormalizedUpdate> updates;
  CodecStats stats;
  uint64_t described = 0;
};

Outcome RunCodec(const CodecInfo& info, CodecOptions options,
                 const std::vector<std::string>& payloads, uint8_t tail) {
  InstrumentTable table(512);
  options.instruments = &table;
  absl::StatusOr<std::unique_ptr<Codec>> codec = info.make(options);
  Demand(codec.ok(), "codecs can be made");
  Outcome outcome;
  for (const std::string& payload : payloads) {
    const PacketBytes bytes(payload, tail);
    PacketFrame frame;
    (*codec)->Frame({&bytes.packet(), 1}, {&frame, 1});
    outcome.frames.push_back(frame);
    if (frame.kind != FrameKind::kMessages) continue;
    fh::test::DescriptionRecorder recorder;
    (*codec)->Describe(bytes.packet(), frame, recorder);
    outcome.described += recorder.messages.size();
    Demand(recorder.messages.size() == frame.message_count, "every message is described");
    const uint32_t half = frame.message_count / 2;
    for (const auto& [skip, take] : {std::pair{0u, half}, {half, frame.message_count - half}}) {
      const DecodeJob job = {&bytes.packet(), &frame, skip, take, fh::test::kTestReceiveNs, 0};
      const uint64_t bound = (*codec)->MaxUpdates(job);
      const std::vector<NormalizedUpdate> updates =
          fh::test::DecodeMessages(**codec, bytes.packet(), frame, skip, take);
      Demand(updates.size() <= bound, "no more updates than announced");
      outcome.updates.insert(outcome.updates.end(), updates.begin(), updates.end());
    }
  }
  outcome.stats = (*codec)->stats();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const CodecInfo& info = *Codecs()[data[0] % Codecs().size()];
  CodecOptions options;
  if (info.has_file_form && (data[1] & 1) != 0) options.framing = "length_prefixed";
  std::string input(reinterpret_cast<const char*>(data + 2), size - 2);
  // Half of the inputs damage a valid packet instead: a fuzzer seldom finds a framing by itself.
  if ((data[1] & 2) != 0) {
    std::string sample = info.sample(data[1]);
    for (size_t i = 0; i < sample.size() && i < input.size(); ++i)
      sample[i] ^= input[i] & input[input.size() - 1 - i];
    input = sample;
  }
  const std::vector<std::string> payloads = {input, input.substr(0, input.size() / 2)};
  const Outcome first = RunCodec(info, options, payloads, 0x00);
  options.portable = true;
  const Outcome second = RunCodec(info, options, payloads, 0xFF);
  Demand(fh::test::SameUpdates(first.updates, second.updates), "updates are the payload's alone");
  Demand(std::memcmp(&first.stats, &second.stats, sizeof first.stats) == 0, "counts too");
  for (size_t i = 0; i < first.frames.size(); ++i) {
    Demand(first.frames[i].kind == second.frames[i].kind &&
               first.frames[i].first_sequence == second.frames[i].first_sequence &&
               first.frames[i].message_count == second.frames[i].message_count,
           "frames too");
  }
  return 0;
}
