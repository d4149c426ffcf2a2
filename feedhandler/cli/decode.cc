// `feedhandler decode CAPTURE`: every venue message as a JSON line.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_table.h"
#include "codecs/message_json.h"
#include "codecs/registry.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/pipeline/from_file.h"
#include "latency/report.h"
#include "replay/capture_reader.h"
#include "replay/datagram.h"
#include "replay/record_file_backend.h"
#include "rio/receiver.h"

namespace fh::cli {
namespace {

using latency::FormatCount;

struct DecodeArguments {
  std::string capture;
  std::string codec;
  bool records = false;
  std::vector<std::string> groups;
  std::optional<uint64_t> most;
};

// Standard output in large writes. A reader that goes away ends the work, which is no error.
class Output {
 public:
  std::string& buffer() { return buffer_; }

  // False when nothing more can be written.
  bool FlushIfFull() { return buffer_.size() < kFlushBytes || Flush(); }

  bool Flush() {
    const bool written = std::fwrite(buffer_.data(), 1, buffer_.size(), stdout) == buffer_.size() &&
                         std::fflush(stdout) == 0;
    if (!written && errno != EPIPE) {
      failure_ = absl::DataLossError(
          absl::StrCat("cannot write to standard output: ", std::strerror(errno)));
    }
    buffer_.clear();
    return written;
  }
  const absl::Status& failure() const { return failure_; }

 private:
  static constexpr size_t kFlushBytes = 1 << 18;
  std::string buffer_;
  absl::Status failure_;
};

// Counts what was described, by type, while it is rendered.
class CountingJson final : public codecs::MessageVisitor {
 public:
  explicit CountingJson(std::string& out) : json_(out) {}

  void SetPrefix(std::string prefix) { json_.SetPrefix(std::move(prefix)); }
  void BeginMessage(uint64_t sequence, const codecs::MessageInfo* info,
                    std::span<const uint8_t> bytes, const char* why) override {
    ++messages_;
    ++by_name_[info == nullptr ? why : info->name];
    json_.BeginMessage(sequence, info, bytes, why);
  }
  void Field(const codecs::FieldInfo& field, std::span<const uint8_t> bytes) override {
    json_.Field(field, bytes);
  }
  void EndMessage() override { json_.EndMessage(); }

  uint64_t messages() const { return messages_; }

  void PrintCounts() const {
    for (const auto& [name, count] : by_name_) {
      std::fprintf(stderr, "  %-48s %14s\n", std::string(name).c_str(), FormatCount(count).c_str());
    }
  }

 private:
  codecs::MessageJson json_;
  uint64_t messages_ = 0;
  std::map<absl::string_view, uint64_t> by_name_;
};

// A codec for each group, because framings may keep a state for each stream.
class Streams {
 public:
  explicit Streams(const FileSource& source) : source_(source) {
    for (const FeedConfig& feed : source.config.feeds) {
      for (const ChannelConfig& channel : feed.channels) {
        for (const LineConfig& line : channel.lines) {
          codec_of_[line.subscription.group] = feed.codec;
        }
      }
    }
  }

  // The codec of a destination; null when nothing here speaks it.
  codecs::Codec* Find(const rio::Endpoint& destination) {
    const auto made = codecs_.find(destination);
    if (made != codecs_.end()) return made->second.get();
    const auto name = codec_of_.find(destination);
    if (name == codec_of_.end()) return nullptr;
    return codecs_.emplace(destination, Make(name->second)).first->second.get();
  }

  std::unique_ptr<codecs::Codec> Make(const std::string& name) {
    auto codec = (*codecs::FindCodec(name))
                     ->make({.instruments = &instruments_, .framing = source_.framing});
    return codec.ok() ? *std::move(codec) : nullptr;
  }

 private:
  const FileSource& source_;
  codecs::InstrumentTable instruments_{1};
  std::map<rio::Endpoint, std::string> codec_of_;
  std::map<rio::Endpoint, std::unique_ptr<codecs::Codec>> codecs_;
};

void Describe(codecs::Codec& codec, std::span<const uint8_t> payload, CountingJson& json) {
  const rio::Packet packet{.data = payload.data(),
                           .length = static_cast<uint32_t>(payload.size()),
                           .slice = 0,
                           .stamp_ns = 0,
                           .dequeue_ticks = 0,
                           .line = 0,
                           .stamp_source = rio::StampSource::kNone,
                           .truncated = false};
  codecs::PacketFrame frame;
  codec.Frame(std::span(&packet, 1), std::span(&frame, 1));
  codec.Describe(packet, frame, json);
}

std::string DatagramPrefix(uint64_t frame_number, const replay::Datagram& datagram) {
  return absl::StrCat("\"frame\":", frame_number, ",\"group\":\"", datagram.destination.ToString(),
                      "\",\"port\":", datagram.destination_port, ",");
}

absl::Status DecodeCapture(const DecodeArguments& arguments, Streams& streams, Output& output,
                           CountingJson& json) {
  auto reader = replay::CaptureReader::Open(arguments.capture);
  if (!reader.ok()) return reader.status();
  ProgressBar progress("decoding");
  replay::CapturedFrame frame;
  replay::Datagram datagram;
  while (!StopRequested() && json.messages() < arguments.most.value_or(UINT64_MAX)) {
    const replay::ReadResult result = (*reader)->Next(frame);
    if (result == replay::ReadResult::kDamaged) return (*reader)->status();
    if (result == replay::ReadResult::kEnd) break;
    if (replay::ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram) !=
        replay::DatagramOutcome::kDatagram) {
      continue;
    }
    codecs::Codec* codec = streams.Find({datagram.destination, datagram.destination_port});
    if (codec == nullptr) continue;
    json.SetPrefix(DatagramPrefix(frame.number, datagram));
    Describe(*codec, datagram.payload, json);
    if (!output.FlushIfFull()) return output.failure();
    if (frame.number % 1024 == 0) {
      progress.Show((*reader)->stored_bytes_read(), (*reader)->stored_bytes_total(),
                    absl::StrCat(FormatCount(json.messages()), " messages"));
    }
  }
  return absl::OkStatus();
}

absl::Status DecodeRecords(const DecodeArguments& arguments, Streams& streams, Output& output,
                           CountingJson& json) {
  absl::StatusOr<rio::RegisteredRegion> region =
      rio::RegisteredRegion::Create({.slice_bytes = 65'536 + 64, .slice_count = 8});
  if (!region.ok()) return region.status();
  auto owned = std::make_unique<rio::RegisteredRegion>(*std::move(region));
  auto backend = replay::RecordFileBackend::Open(arguments.capture, *owned);
  if (!backend.ok()) return backend.status();
  rio::Receiver<replay::RecordFileBackend> receiver(std::move(owned), *std::move(backend));
  const std::unique_ptr<codecs::Codec> codec = streams.Make(arguments.codec);
  rio::Packet packet{};
  while (!StopRequested() && json.messages() < arguments.most.value_or(UINT64_MAX)) {
    if (receiver.Poll(std::span(&packet, 1)) == 0) {
      if (receiver.finished()) break;
      continue;
    }
    Describe(*codec, {packet.data, packet.length}, json);
    receiver.Release(std::span<const rio::Packet>(&packet, 1));
    if (!output.FlushIfFull()) return output.failure();
  }
  return receiver.backend().status();
}

int Decode(const DecodeArguments& arguments) {
  if (arguments.capture == "-" && !arguments.records && arguments.groups.empty()) {
    return Fail(absl::InvalidArgumentError(
        "standard input cannot be searched for groups first: name them with --group=GROUP:PORT"));
  }
  const absl::StatusOr<FileSource> source = OpenFileSource({.paths = {arguments.capture},
                                                            .codec = arguments.codec,
                                                            .lines = arguments.groups,
                                                            .records = arguments.records,
                                                            .config_path = ""});
  if (!source.ok()) return Fail(source.status());
  WatchStopSignals();
  Streams streams(*source);
  Output output;
  CountingJson json(output.buffer());
  absl::Status status = source->is_record_file ? DecodeRecords(arguments, streams, output, json)
                                               : DecodeCapture(arguments, streams, output, json);
  output.Flush();
  status.Update(output.failure());
  std::fprintf(stderr, "%s messages\n", FormatCount(json.messages()).c_str());
  json.PrintCounts();
  if (status.ok()) return kExitOk;
  Fail(status);
  return kExitFailed;
}

}  // namespace

void AddDecodeVerb(CLI::App& program, int& exit_code) {
  CLI::App* verb = program.add_subcommand(
      "decode", "Print every venue message of a capture as a JSON line, with all its fields");
  auto arguments = std::make_shared<DecodeArguments>();
  verb->add_option("CAPTURE", arguments->capture,
                   "pcap or pcapng (.gz and .zst too), an exchange's length-prefixed file, or - "
                   "for standard input")
      ->required();
  CLI::Option* codec =
      verb->add_option("--codec", arguments->codec,
                       "Protocol (see `feedhandler codecs`); without it each group is guessed");
  verb->add_option("--group", arguments->groups,
                   "Decode this GROUP:PORT (may be repeated; default: all that speak the protocol)")
      ->needs(codec);
  verb->add_flag("--records", arguments->records,
                 "The input is an exchange's length-prefixed file (recognised by itself, except "
                 "from standard input)")
      ->needs(codec);
  verb->add_option("--messages", arguments->most, "Stop after about this many messages");
  verb->footer(
      "Fields have the specification's names, in wire order, raw and scaled:\n"
      "  "
      "{\"frame\":1,\"group\":\"233.215.21.4\",\"port\":10378,\"sequence\":7,\"type\":\"8\",...,\n"
      "   \"fields\":{...,\"price\":{\"raw\":2555200,\"value\":\"255.5200\"}}}\n"
      "Messages of unknown type, or too short for theirs, have \"error\" and \"bytes\" instead.\n"
      "Counts by type go to standard error. Nothing is arbitrated: both lines are printed.\n\n"
      "Examples:\n"
      "  feedhandler decode day.pcap | head\n"
      "  feedhandler decode day.pcap | jq -c 'select(.type==\"P\") | .fields.price.value'\n"
      "  feedhandler decode day.itch.gz --codec=itch50 > messages.jsonl");
  verb->callback([arguments, &exit_code] { exit_code = Decode(*arguments); });
}

}  // namespace fh::cli
