// What a field of FAST costs, next to the least that reading FAST can cost: finding where each field
// ends, by its stop bit. Two feeds: FORTS of MOEX, whose fields have hardly any operator and whose
// dictionaries are reset with each datagram, and another implementation's own measurement, whose
// fields lean on what came before. Real bytes where the captures are there; else this program's
// samples of FORTS.
//
// A field is one that a message brings: sent, kept, constant or absent.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/fast/fast_decoder.h"
#include "codecs/fast/fast_plan.h"
#include "codecs/fast/fast_xml.h"
#include "codecs/instrument_store.h"
#include "codecs/message.h"
#include "codecs/registry.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"
#include "tests/captures.h"
#include "tests/codecs/moex/moex_capture.h"

namespace fh::bench {
namespace {

using codecs::Value;
using codecs::fast::FastCursor;
using codecs::fast::FastDecoder;
using codecs::fast::FastError;
using codecs::fast::FastField;
using codecs::fast::FastGroup;
using codecs::fast::FastPlan;
using codecs::fast::FastTag;

constexpr int kSamples = 31;
constexpr double kTargetNs = 4;

// Looks at every value, so that none is left out. One number alone: two would be added up as a vector,
// and the benchmark would measure that.
struct Sum {
  void BeginMessage(const FastPlan::Template&) {}
  void Field(FastTag, const FastField&, const Value& value) {
    sum += (value.number ^ value.bytes.size()) + 1;
  }
  void BeginGroup(const FastGroup&, uint32_t, uint32_t) {}
  void BeginEntry(uint32_t) {}
  void EndEntry(uint32_t) {}
  void EndGroup(const FastGroup&) {}
  void EndMessage(const FastPlan::Template&) {}

  uint64_t sum = 0;
};

struct Count : codecs::fast::IgnoreFast {
  void Field(FastTag, const FastField&, const Value&) { ++fields; }
  uint64_t fields = 0;
};

// Byte strings with what may be read behind each.
class Datagrams {
 public:
  void Add(const std::string& datagram) {
    bytes_.push_back(datagram + std::string(rio::kReadablePastEnd, '\0'));
  }
  void Point() {
    for (const std::string& bytes : bytes_) {
      rio::Packet packet{};
      packet.data = reinterpret_cast<const uint8_t*>(bytes.data());
      packet.length = static_cast<uint32_t>(bytes.size() - rio::kReadablePastEnd);
      packets_.push_back(packet);
    }
  }
  std::span<const rio::Packet> packets() const { return packets_; }

 private:
  std::vector<std::string> bytes_;
  std::vector<rio::Packet> packets_;
};

void Require(bool correct, const char* what) {
  if (correct) return;
  std::fprintf(stderr, "fast_bench: %s\n", what);
  std::exit(1);
}

uint64_t StopBits(std::span<const rio::Packet> packets) {
  uint64_t ends = 0;
  for (const rio::Packet& packet : packets) {
    const uint8_t* at = packet.data;
    const uint8_t* const end = at + packet.length;
    while (at != end) {
      while (at != end && (*at & 0x80) == 0) ++at;
      if (at != end) ++at;
      // Each end is known before the next is looked for, as a field's is.
      asm volatile("" : "+r"(at));
      ++ends;
    }
  }
  return ends;
}

template <typename Visitor>
Visitor DecodeAll(FastDecoder& decoder, std::span<const rio::Packet> packets, bool resets) {
  Visitor sum;
  for (const rio::Packet& packet : packets) {
    if (resets) decoder.Reset();
    FastCursor cursor{packet.data, packet.data + packet.length};
    while (cursor.left() != 0) {
      Require(decoder.Decode(cursor, sum) == FastError::kNone, "a message could not be decoded");
    }
  }
  return sum;
}

template <typename F>
double CpuNs(F pass) {
  const double start = ThreadCpuNs();
  pass();
  return ThreadCpuNs() - start;
}

void Engine(const std::string& name, const FastPlan& plan, const Datagrams& datagrams,
            bool resets) {
  FastDecoder decoder(plan);
  const uint64_t count = DecodeAll<Count>(decoder, datagrams.packets(), resets).fields;
  const auto fields = static_cast<double>(count);
  decoder.Reset();
  const Sum first = DecodeAll<Sum>(decoder, datagrams.packets(), resets);
  Comparison comparison{.name = name,
                        .unit = "ns a field",
                        .subject = "FastDecoder",
                        .reference = "walk of the stop bits",
                        .subject_limit = kTargetNs,
                        .note = std::to_string(count) + " fields"};
  for (int i = 0; i < kSamples; ++i) {
    Sum sum;
    decoder.Reset();
    const double ours =
        CpuNs([&] { sum = DecodeAll<Sum>(decoder, datagrams.packets(), resets); }) / fields;
    Require(sum.sum == first.sum, "a pass differs from the first");
    uint64_t ends = 0;
    const double walk = CpuNs([&] { ends = StopBits(datagrams.packets()); }) / fields;
    Require(ends != 0, "nothing was walked");
    comparison.Add(ours, walk);
  }
  comparison.Print();
}

// Framed and decoded into updates, as the feed thread does, next to the engine alone.
void Codec(const FastPlan& plan, const Datagrams& datagrams, const std::string& schema) {
  codecs::InstrumentStore store(65'536);
  auto made = (*codecs::FindCodec("moex_forts"))->make({.instruments = &store, .schema = schema});
  Require(made.ok(), "the codec could not be made");
  codecs::Codec& codec = **made;
  FastDecoder decoder(plan);
  const auto fields =
      static_cast<double>(DecodeAll<Count>(decoder, datagrams.packets(), /*resets=*/true).fields);
  std::vector<codecs::NormalizedUpdate> slots(1 << 16);
  codecs::UpdateWriter writer(slots.data(), slots.size() - 1, 0);
  Comparison comparison{.name = "FAST: moex_forts, frame and decode into updates",
                        .unit = "ns a field",
                        .subject = "Frame and Decode",
                        .reference = "FastDecoder"};
  for (int i = 0; i < kSamples; ++i) {
    const double ours =
        CpuNs([&] {
          for (const rio::Packet& packet : datagrams.packets()) {
            codecs::PacketFrame frame;
            codec.Frame({&packet, 1}, {&frame, 1});
            const codecs::DecodeJob job{&packet, &frame, 0, frame.number_count, 0, 0};
            codec.Decode({&job, 1}, writer);
          }
        }) /
        fields;
    const double engine =
        CpuNs([&] { DecodeAll<Count>(decoder, datagrams.packets(), /*resets=*/true); }) / fields;
    comparison.Add(ours, engine);
  }
  Require(codec.stats().malformed == 0 && codec.stats().updates != 0, "packets were refused");
  comparison.Print();
}

const FastPlan& PlanOf(const std::string& schema) {
  auto file = codecs::fast::FastTemplates::Load(schema);
  Require(file.ok(), "the templates could not be read");
  auto plan = FastPlan::Build((*file)->templates(), "templates", nullptr);
  Require(plan.ok(), "the templates could not be used");
  (void)file->release();  // The plan points into them, until the program ends.
  return *plan->release();
}

void RealCaptures() {
  Datagrams forts;
  for (const char* name : {"increment_a", "snapshot"}) {
    for (const std::string& datagram : test::MoexDatagrams(name)) forts.Add(datagram);
  }
  forts.Point();
  const FastPlan& plan = PlanOf(test::MoexSchema());
  Engine("FAST: FORTS of MOEX, no operators", plan, forts, /*resets=*/true);
  Codec(plan, forts, test::MoexSchema());

  const auto path = test::CaptureFile("fast_perf/complex30000.dat");
  const auto schema = test::CaptureFile("fast_perf/example.xml");
  if (!path || !schema) return;
  std::ifstream stream(*path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  Datagrams messages;
  for (size_t at = 0; at + 4 <= bytes.size();) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data()) + at;
    const auto length = codecs::internal::Load<std::endian::little, uint32_t>(data);
    messages.Add(bytes.substr(at + 4, length));
    at += 4 + length;
  }
  messages.Point();
  Engine("FAST: fields with operators", PlanOf(schema->string()), messages, /*resets=*/false);
}

int Main() {
  if (test::HasMoexCaptures()) {
    RealCaptures();
    return 0;
  }
  std::printf("skipped: no captures; the codec's own samples are in codec_bench\n");
  return 0;
}

}  // namespace
}  // namespace fh::bench

int main() { return fh::bench::Main(); }
