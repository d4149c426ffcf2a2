// `feedhandler decode CAPTURE...`: every venue message as a JSON line.
#include <algorithm>
#include <bit>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codecs/instrument_store.h"
#include "codecs/message_json.h"
#include "codecs/registry.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/pipeline/from_file.h"
#include "latency/report.h"
#include "replay/byte_source.h"
#include "replay/capture_account.h"
#include "replay/capture_merge.h"
#include "replay/datagram.h"
#include "replay/record_file_backend.h"
#include "rio/receiver.h"

namespace fh::cli {
namespace {

using latency::FormatCount;

struct DecodeArguments {
  std::vector<std::string> captures;
  std::string codec;
  std::string schema;
  bool records = false;
  std::vector<std::string> groups;
  std::optional<uint64_t> most;

  uint64_t Most() const { return most.value_or(UINT64_MAX); }
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
    not_decoded_ += info == nullptr;
    malformed_ += info == nullptr && absl::string_view(why) != codecs::kUnknownType;
    json_.BeginMessage(sequence, info, bytes, why);
  }
  void Field(const codecs::FieldInfo& field, const codecs::Value& value) override {
    json_.Field(field, value);
  }
  void BeginGroup(const codecs::GroupInfo& group, uint32_t entries) override {
    json_.BeginGroup(group, entries);
  }
  void BeginEntry() override { json_.BeginEntry(); }
  void EndEntry() override { json_.EndEntry(); }
  void EndGroup() override { json_.EndGroup(); }
  void EndMessage() override { json_.EndMessage(); }

  uint64_t messages() const { return messages_; }
  uint64_t not_decoded() const { return not_decoded_; }  // Of these, errors of any kind.
  uint64_t malformed() const { return malformed_; }  // Of these, shorter than their type demands.

  void PrintCounts() const {
    for (const auto& [name, count] : by_name_) {
      std::fprintf(stderr, "  %-48s %14s\n", std::string(name).c_str(), FormatCount(count).c_str());
    }
  }

 private:
  codecs::MessageJson json_;
  uint64_t messages_ = 0;
  uint64_t not_decoded_ = 0;
  uint64_t malformed_ = 0;
  std::map<absl::string_view, uint64_t> by_name_;
};

// What packets announce and do not hold, and what of them is of no use.
struct PacketAccount {
  uint64_t cut_messages = 0;   // Behind the end of datagrams that the capture cut off.
  uint64_t cut_packets = 0;    // Those datagrams.
  uint64_t tail_messages = 0;  // Behind the end of datagrams that are as long as they were sent.
  uint64_t tail_packets = 0;
  uint64_t cut_headers = 0;  // Cut off before the end of the framing's header.
  uint64_t too_short = 0;
  uint64_t bad_length = 0;
  uint64_t foreign = 0;
  uint64_t trailing_bytes = 0;
  uint64_t packets = 0;

  void Note(const codecs::PacketFrame& frame, bool cut) {
    ++packets;
    if (frame.lost_in_tail != 0) {
      (cut ? cut_messages : tail_messages) += frame.lost_in_tail;
      ++(cut ? cut_packets : tail_packets);
    }
    trailing_bytes += frame.trailing_bytes;
    foreign += frame.reject == codecs::RejectReason::kForeign;
    bad_length += frame.reject == codecs::RejectReason::kBadLength;
    (cut ? cut_headers : too_short) += frame.reject == codecs::RejectReason::kTooShort;
  }
};

// What was lost for damage, a phrase each; empty when nothing was.
std::vector<std::string> Losses(const PacketAccount& packets, uint64_t malformed) {
  std::vector<std::string> losses;
  const auto add = [&losses](uint64_t count, const auto&... what) {
    if (count != 0) losses.push_back(absl::StrCat(FormatCount(count), what...));
  };
  add(packets.cut_messages, " messages cut off by the capture (snap length) in ",
      FormatCount(packets.cut_packets), " datagrams (tcpdump -s 0 keeps whole frames)");
  add(packets.cut_headers, " datagrams cut off by the capture before the end of their header");
  add(packets.tail_messages, " messages announced by ", FormatCount(packets.tail_packets),
      " datagrams that do not hold them");
  add(packets.too_short, " datagrams too short for the protocol's header");
  add(packets.bad_length, " datagrams with a wrong length");
  add(malformed, " messages shorter than their type demands");
  return losses;
}

// From payloads to lines of JSON, a codec for each line, because framings may keep a state for
// each stream.
class Decoder {
 public:
  // The codecs of all lines of `source`. An error names the codec that cannot be made.
  static absl::StatusOr<std::unique_ptr<Decoder>> Make(const FileSource& source,
                                                       const std::string& schema) {
    auto decoder = std::make_unique<Decoder>();
    for (const FeedConfig& feed : source.config.feeds) {
      const absl::StatusOr<const codecs::CodecInfo*> info = codecs::FindCodec(feed.codec);
      if (!info.ok()) return info.status();
      if (!schema.empty() && !(*info)->has_schema) {
        return absl::InvalidArgumentError(
            absl::StrCat(feed.codec,
                         " reads no schema; leave --schema out, or name the protocol "
                         "and the groups that it is for with --codec and --group"));
      }
      codecs::InstrumentStore& instruments = (*info)->has_learnt_scales
                                                 ? decoder->learnt_.emplace_back(kLearntInstruments)
                                                 : decoder->instruments_;
      for (const ChannelConfig& channel : feed.channels) {
        for (size_t line = 0; line < channel.lines.size(); ++line) {
          absl::StatusOr<std::unique_ptr<codecs::Codec>> codec = (*info)->make(
              {.instruments = &instruments, .framing = source.framing, .schema = schema});
          if (!codec.ok()) return codec.status();
          decoder->codecs_.push_back(*std::move(codec));
          decoder->learns_.push_back((*info)->has_learnt_scales);
        }
      }
    }
    return decoder;
  }

  // `length`: of the payload when it was sent. rio::kReadablePastEnd bytes behind it are readable.
  void Describe(uint16_t line, std::span<const uint8_t> payload, uint32_t length) {
    const rio::Packet packet{.data = payload.data(),
                             .length = static_cast<uint32_t>(payload.size()),
                             .slice = 0,
                             .stamp_ns = 0,
                             .dequeue_ticks = 0,
                             .line = line,
                             .stamp_source = rio::StampSource::kNone,
                             .truncated = length > payload.size()};
    codecs::PacketFrame frame;
    codecs_[line]->Frame(std::span(&packet, 1), std::span(&frame, 1));
    packets_.Note(frame, packet.truncated);
    if (learns_[line] && frame.message_count != 0) Learn(*codecs_[line], packet, frame);
    codecs_[line]->Describe(packet, frame, json_);
  }

  // Prints what is rendered once it is much. False when nothing more can be printed.
  bool PrintIfFull() { return text_.size() < kPrintBytes || PrintAll(); }
  bool PrintAll() {
    Print(text_);
    text_.clear();
    return FlushStandardOutput();
  }

  CountingJson& json() { return json_; }
  const CountingJson& json() const { return json_; }
  const PacketAccount& packets() const { return packets_; }

 private:
  static constexpr size_t kPrintBytes = 1 << 18;
  static constexpr uint32_t kLearntInstruments = 65'536;  // As configurations have them.

  // What descriptions lean on; the updates are nobody's.
  void Learn(codecs::Codec& codec, const rio::Packet& packet, const codecs::PacketFrame& frame) {
    const codecs::DecodeJob job{&packet, &frame, 0, frame.number_count, 0, 0};
    const uint64_t most = std::bit_ceil(std::max<uint64_t>(codec.MaxUpdates(job), 1));
    if (updates_.size() < most) updates_.resize(most);
    codecs::UpdateWriter writer(updates_.data(), updates_.size() - 1, 0);
    codec.Decode({&job, 1}, writer);
  }

  codecs::InstrumentStore instruments_{1};
  std::deque<codecs::InstrumentStore> learnt_;  // Of feeds whose definitions tell scales.
  std::vector<codecs::NormalizedUpdate> updates_;
  std::vector<bool> learns_;                            // By line.
  std::vector<std::unique_ptr<codecs::Codec>> codecs_;  // By line.
  std::string text_;
  CountingJson json_{text_};
  PacketAccount packets_;
};

// What was read, besides messages.
struct InputReport {
  absl::Status status;              // Where the input is damaged.
  std::string text;                 // What it held, for people.
  std::vector<std::string> losses;  // Of what is not a packet of a line.
  std::string groups;               // Which it holds, when none of them was for a line.
};

std::string DatagramPrefix(const replay::CapturedFrame& frame, const replay::Datagram& datagram) {
  return absl::StrCat("\"frame\":", frame.number, ",\"group\":\"", datagram.destination.ToString(),
                      "\",\"port\":", datagram.destination_port, ",");
}

// Of several captures, each of which counts its own frames: which it is.
std::vector<std::string> CapturePrefixes(const std::vector<std::string>& paths) {
  std::vector<std::string> prefixes(paths.size());
  if (paths.size() == 1) return prefixes;
  for (size_t i = 0; i < paths.size(); ++i) {
    JsonWriterTo<StringSink>(StringSink(prefixes[i])).Key("capture").Text(paths[i]);
    prefixes[i] += ',';
  }
  return prefixes;
}

absl::StatusOr<InputReport> DecodeCaptures(const DecodeArguments& arguments,
                                           const FileSource& source, Decoder& decoder) {
  absl::StatusOr<replay::CaptureList> captures = replay::OpenCaptures(arguments.captures);
  if (!captures.ok()) return captures.status();
  replay::CaptureMerge merge(*std::move(captures));
  replay::CaptureAccount account(source.config.feed_threads[0].receiver.options.subscriptions);
  const std::vector<std::string> prefixes = CapturePrefixes(arguments.captures);
  ProgressBar progress("decoding");
  replay::CapturedFrame frame;
  replay::Datagram datagram;
  uint64_t frames = 0;
  while (!StopRequested() && decoder.json().messages() < arguments.Most() && merge.Next(frame)) {
    if (++frames % 1024 == 0) {
      progress.Show(merge.stored_bytes_read(), merge.stored_bytes_total(),
                    absl::StrCat(FormatCount(decoder.json().messages()), " messages"));
    }
    const std::optional<uint16_t> line = account.LineOf(frame, datagram);
    if (!line.has_value()) continue;
    decoder.json().SetPrefix(prefixes[merge.source()] + DatagramPrefix(frame, datagram));
    decoder.Describe(*line, datagram.payload, datagram.payload_length);
    if (!decoder.PrintIfFull()) break;
  }
  const replay::CaptureCounters& counters = account.counters();
  InputReport report{.status = merge.status(),
                     .text = absl::StrCat("Capture\n", replay::CaptureText(counters)),
                     .losses = {},
                     .groups = replay::GroupText(account.others())};
  for (const std::string& note : merge.OrderNotes()) {
    absl::StrAppend(&report.text, "  ", note, "\n");
  }
  if (counters.LostFrames() != 0) {
    report.losses.push_back(absl::StrCat(FormatCount(counters.LostFrames()),
                                         " frames that are, or may be, of these groups"));
  }
  return report;
}

absl::StatusOr<InputReport> DecodeRecords(const DecodeArguments& arguments,
                                          const FileSource& source, Decoder& decoder) {
  absl::StatusOr<rio::RegisteredRegion> region =
      rio::RegisteredRegion::Create(source.config.feed_threads[0].receiver.region);
  if (!region.ok()) return region.status();
  auto owned = std::make_unique<rio::RegisteredRegion>(*std::move(region));
  auto backend = replay::RecordFileBackend::Open(arguments.captures[0], *owned);
  if (!backend.ok()) return backend.status();
  rio::Receiver<replay::RecordFileBackend> receiver(std::move(owned), *std::move(backend));
  rio::Packet packet{};
  while (!StopRequested() && decoder.json().messages() < arguments.Most()) {
    if (receiver.Poll(std::span(&packet, 1)) == 0) {
      if (receiver.finished()) break;
      continue;
    }
    decoder.Describe(0, {packet.data, packet.length}, packet.length);
    receiver.Release(std::span<const rio::Packet>(&packet, 1));
    if (!decoder.PrintIfFull()) break;
  }
  return InputReport{.status = receiver.backend().status(), .text = "", .losses = {}, .groups = ""};
}

// Why nothing was decoded at all, or empty.
std::string NothingDecoded(const InputReport& input, const Decoder& decoder) {
  const CountingJson& json = decoder.json();
  const PacketAccount& packets = decoder.packets();
  if (json.messages() != 0 && json.not_decoded() == json.messages()) {
    return absl::StrCat("none of ", FormatCount(json.messages()),
                        " messages could be decoded: is the codec of the venue's version?");
  }
  if (json.messages() != 0) return "";
  if (packets.packets == 0) {
    return absl::StrCat("nothing of the input was for a group that is decoded", input.groups);
  }
  if (packets.foreign != 0) {
    return absl::StrCat("no message: ", FormatCount(packets.foreign), " of ",
                        FormatCount(packets.packets),
                        " datagrams are of another protocol; `feedhandler inspect CAPTURE` says "
                        "which");
  }
  return "";
}

// What was decoded, and what was not; the exit code.
int Report(const DecodeArguments& arguments, const InputReport& input, const Decoder& decoder) {
  const CountingJson& json = decoder.json();
  const PacketAccount& packets = decoder.packets();
  std::fprintf(stderr, "%s messages\n", FormatCount(json.messages()).c_str());
  json.PrintCounts();
  std::fputs(input.text.c_str(), stderr);
  if (packets.foreign + packets.trailing_bytes != 0) std::fputs("Datagrams\n", stderr);
  const auto other = [](uint64_t count, const char* what) {
    if (count != 0) std::fprintf(stderr, "  %s %s\n", FormatCount(count).c_str(), what);
  };
  other(packets.foreign, "of another protocol");
  other(packets.trailing_bytes, "with bytes behind the last message");
  int exit_code = kExitOk;
  if (!input.status.ok()) {
    Fail(input.status);
    exit_code = kExitFailed;
  }
  std::vector<std::string> losses = Losses(packets, json.malformed());
  losses.insert(losses.end(), input.losses.begin(), input.losses.end());
  const std::string nothing = NothingDecoded(input, decoder);
  if (!nothing.empty() && !StopRequested() && arguments.Most() != 0) {
    Fail(absl::NotFoundError(nothing));
    exit_code = kExitFailed;
  }
  if (!losses.empty()) {
    Fail(absl::DataLossError(
        absl::StrCat(absl::StrJoin(arguments.captures, ", "),
                     ": not everything could be decoded: ", absl::StrJoin(losses, "; "))));
    exit_code = kExitFailed;
  }
  return StopRequested() ? kExitFailed : exit_code;
}

int Decode(const DecodeArguments& arguments) {
  const auto once =
      std::find_if(arguments.captures.begin(), arguments.captures.end(),
                   [](const std::string& path) { return replay::CanBeReadOnce(path); });
  if (once != arguments.captures.end() && !arguments.records && arguments.groups.empty()) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat(replay::SourceName(*once),
                     " can be read only once, so it cannot be searched for groups first: name them "
                     "with --codec=NAME --group=GROUP:PORT (`feedhandler inspect` finds them)")));
  }
  const absl::StatusOr<FileSource> source = OpenFileSource({.paths = arguments.captures,
                                                            .codec = arguments.codec,
                                                            .lines = {},
                                                            .groups = arguments.groups,
                                                            .records = arguments.records,
                                                            .config_path = ""});
  if (!source.ok()) return Fail(source.status());
  absl::StatusOr<FileHold> schema;
  if (!arguments.schema.empty()) {
    schema = HoldInput(arguments.schema, absl::StrCat("the schema ", arguments.schema));
    if (!schema.ok()) return Fail(schema.status());
  }
  const absl::StatusOr<std::unique_ptr<Decoder>> decoder = Decoder::Make(*source, arguments.schema);
  if (!decoder.ok()) return Fail(decoder.status());
  WatchStopSignals();
  const absl::StatusOr<InputReport> input = source->is_record_file
                                                ? DecodeRecords(arguments, *source, **decoder)
                                                : DecodeCaptures(arguments, *source, **decoder);
  if (!input.ok()) return Fail(input.status());
  (*decoder)->PrintAll();
  return Report(arguments, *input, **decoder);
}

}  // namespace

void AddDecodeVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "decode", "Print every venue message of a capture as a JSON line, with all its fields");
  auto arguments = std::make_shared<DecodeArguments>();
  verb.Add("CAPTURE", arguments->captures,
           "pcap or pcapng (.gz and .zst too), an exchange's length-prefixed file, or - "
           "for standard input; several captures are merged by their time stamps")
      .Required();
  const Option codec = verb.Add(
      "--codec", arguments->codec,
      "Protocol (see `feedhandler codecs`); without it each group, or the file, is guessed");
  verb.Add("--group", arguments->groups,
           "Decode this GROUP:PORT (may be repeated; default: all that speak the protocol)")
      .Needs(codec);
  verb.Add("--schema", arguments->schema,
           "The exchange's schema file (SBE or FAST XML), for messages that the codec does not "
           "know by itself; with --codec=sbe for protocols that have no codec here");
  verb.AddFlag("--records", arguments->records,
               "The input is an exchange's length-prefixed file (recognised by itself, except "
               "from standard input, where --codec must name its protocol)");
  verb.Add("--messages", arguments->most, "Stop after about this many messages");
  verb.Footer(
      "Fields have the specification's names, in wire order, raw and scaled:\n"
      "  "
      "{\"frame\":1,\"group\":\"233.215.21.4\",\"port\":10378,\"sequence\":7,\"type\":\"8\",...,\n"
      "   \"fields\":{...,\"price\":{\"raw\":2555200,\"value\":\"255.5200\"}}}\n"
      "Messages of unknown type, or too short for theirs, have \"error\" and \"bytes\" instead. "
      "Of\n"
      "several captures each line begins with the one that it is of: {\"capture\":\"b.pcap\",...\n"
      "Nothing is arbitrated: both lines are printed.\n"
      "Of a datagram that is cut off or damaged at its end, the whole messages before are "
      "printed,\n"
      "as `replay` takes them. Counts by type, and everything that was skipped, go to standard\n"
      "error.\n"
      "Exit code 1 says that something of these groups was lost: cut off by the capture (snap\n"
      "length), fragmented, damaged, a message shorter than its type, a file that is cut short; "
      "and\n"
      "frames that were, but do not show where they went. What is skipped by choice is no "
      "failure:\n"
      "other groups, other protocols, messages of unknown type, bytes behind the last message.\n\n"
      "Examples:\n"
      "  feedhandler decode day.pcap | head\n"
      "  feedhandler decode day.pcap | jq -c 'select(.type==\"P\") | .fields.price.value'\n"
      "  feedhandler decode line_a.pcap line_b.pcap > messages.jsonl\n"
      "  feedhandler decode day.pcap --codec=sbe --schema=templates.xml\n"
      "  feedhandler decode day.itch.gz > messages.jsonl");
  verb.OnRun([arguments, &exit_code] { exit_code = Decode(*arguments); });
}

}  // namespace fh::cli
