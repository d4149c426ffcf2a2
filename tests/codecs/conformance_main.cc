// The program feedhandler_conformance, which is installed: what every codec must keep to, tested on
// codecs that are plugins (codec_conformance_test.cc says what that is).
//
//   feedhandler_conformance ./libmine.so                      # GoogleTest's options too
//   feedhandler_conformance --capture=mine.pcap ./libmine.so  # Packets of its sample, to try it on
#include <gtest/gtest.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "codecs/registry.h"
#include "replay/capture_writer.h"
#include "replay/udp_frame.h"
#include "rio/endpoint.h"
#include "tests/codecs/conformance_subjects.h"

namespace {

constexpr char kUsage[] =
    "Tests whether codecs keep to what every codec must.\n\n"
    "  feedhandler_conformance PLUGIN... [--gtest_filter=...]\n"
    "  feedhandler_conformance --capture=FILE [--packets=N] PLUGIN\n\n"
    "PLUGIN is a shared library made with FH_CODEC_PLUGIN (codecs/plugin.h). --capture writes N\n"
    "packets (1000) of the codec's sample to a pcap file, of seeds 0, 1, 2 ..., as group\n"
    "239.1.1.1:26400, and tests nothing.\n"
    "Exit status: 0 all passed or written, 1 a test failed, 2 wrong usage or no codec.\n";

struct Arguments {
  std::vector<std::string> plugins;
  std::string capture;
  uint64_t packets = 1'000;
};

// False when something is no argument of this program.
bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::ConsumePrefix(&argument, "--capture=")) {
      arguments.capture = std::string(argument);
    } else if (absl::ConsumePrefix(&argument, "--packets=")) {
      const char* const end = argument.data() + argument.size();
      const auto [stop, error] = std::from_chars(argument.data(), end, arguments.packets);
      if (error != std::errc() || stop != end || arguments.packets == 0) return false;
    } else if (argument.substr(0, 8) == "--gtest_") {
      continue;
    } else if (argument.empty() || argument[0] == '-') {
      return false;
    } else {
      arguments.plugins.emplace_back(argument);
    }
  }
  return !arguments.plugins.empty() && (arguments.capture.empty() || arguments.plugins.size() == 1);
}

absl::Status WriteCapture(const fh::codecs::CodecInfo& codec, const Arguments& arguments) {
  auto writer = fh::replay::CaptureWriter::Open(arguments.capture);
  if (!writer.ok()) return writer.status();
  const auto source = fh::rio::ParseEndpoint("10.0.0.1:40000");
  const auto group = fh::rio::ParseEndpoint("239.1.1.1:26400");
  if (!source.ok()) return source.status();
  if (!group.ok()) return group.status();
  fh::replay::UdpFraming framing{.source = *source, .destination = *group};
  constexpr int64_t kFirstNs = 1'767'225'600'000'000'000;  // The first second of 2026.
  for (uint64_t seed = 0; seed < arguments.packets; ++seed) {
    const std::string packet = codec.sample(seed);
    const auto* data = reinterpret_cast<const uint8_t*>(packet.data());
    ++framing.ip_id;
    absl::Status written = (*writer)->WriteDatagram(
        kFirstNs + static_cast<int64_t>(seed) * 1'000'000, framing, {data, packet.size()});
    if (!written.ok()) return written;
  }
  return (*writer)->Close();
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  for (const std::string& plugin : arguments.plugins) {
    const auto codec = fh::codecs::FindCodec(plugin);
    if (!codec.ok()) {
      std::fprintf(stderr, "%s\n", std::string(codec.status().message()).c_str());
      return 2;
    }
    fh::test::ChosenSubjects().push_back(*codec);
  }
  if (!arguments.capture.empty()) {
    const absl::Status written = WriteCapture(*fh::test::ChosenSubjects()[0], arguments);
    if (written.ok()) return 0;
    std::fprintf(stderr, "%s\n", std::string(written.message()).c_str());
    return 2;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
