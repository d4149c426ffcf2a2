// The MIAX codecs of the registry: top of market of simple and of complex options (MIAX, Pearl,
// Emerald, Sapphire), and of Onyx futures.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/miax/mach_framing.h"
#include "codecs/miax/miax_decoder.h"
#include "codecs/miax/miax_sample.h"

namespace fh::codecs {
namespace {

// Where options trade, which is what expirations are of.
constexpr char kTimeZone[] = "America/New_York";

template <const miax::Feed& kFeed>
absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("MIAX has no framing '", options.framing,
                     "': it comes as MACH packets only; leave `framing` out"));
  }
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load(kTimeZone, options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return std::make_unique<CodecOf<miax::MachFraming, miax::MiaxDecoder<kFeed>>>(
      miax::MachFraming(), miax::MiaxDecoder<kFeed>(options, *midnight), options);
}

// What a message tells of the feed that it is of.
enum class Fit { kNot, kMaybe, kSure };

// Messages of a later version are this much longer at most.
constexpr uint32_t kMostGrowth = 16;

template <const miax::Feed& kFeed>
Fit FitOf(const uint8_t* message, uint32_t length) {
  if (length < miax::kHeaderBytes + 1) return Fit::kNot;
  const MessageInfo* const info = miax::MiaxDecoder<kFeed>::Find(message);
  if (info == nullptr || length < info->length) return Fit::kNot;
  if (&kFeed == &miax::kOnyx) {
    constexpr uint64_t kYear2000Ns = 946'684'800'000'000'000;
    constexpr uint64_t kYear2100Ns = 4'102'444'800'000'000'000;
    const uint64_t time_ns = miax::onyx::kTimestamp(message);
    const bool is_time = time_ns >= kYear2000Ns && time_ns < kYear2100Ns;
    return is_time && length <= info->length + kMostGrowth ? Fit::kSure : Fit::kNot;
  }
  if (info == &miax::kStrategy) {
    const uint32_t legs = miax::strategy::kNumberOfLegs(message) * miax::strategy::kLegBytes;
    return length == info->length + legs ? Fit::kSure : Fit::kNot;
  }
  if (length > info->length + kMostGrowth) return Fit::kNot;
  const bool is_dated =
      info == &miax::kSystemTime || miax::kNanoseconds(message) < uint32_t{kPriceScale};
  if (!is_dated) return Fit::kNot;
  if (info == &miax::kSystemState) {
    const bool is_ours = miax::state::kVersion(message)[0] == kFeed.version_letter;
    return is_ours ? Fit::kSure : Fit::kNot;
  }
  const bool is_common =
      info == &miax::kSystemTime || info == &miax::kSeries || info == &miax::kHalt;
  return is_common ? Fit::kMaybe : Fit::kSure;
}

// 100 when every message is one of the feed's and one of them is of no other feed; 45 when the feeds
// share them all, and 20 for heartbeats, which is enough for who was told the feed and for nobody
// else; 0 for anything else.
template <const miax::Feed& kFeed>
int Guess(std::span<const uint8_t> payload) {
  constexpr int kShared = 45;
  constexpr int kAlive = 20;
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const miax::MachFraming framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.lost_in_tail != 0) return 0;
  if (frame.message_count == 0) return payload.size() == miax::kHeaderBytes ? kAlive : 0;
  bool fits = true;
  bool is_sure = false;
  framing.ForEachMessage(packet, frame, 0, frame.message_count,
                         [&](const uint8_t* message, uint32_t length) {
                           const Fit fit = FitOf<kFeed>(message, length);
                           fits = fits && fit != Fit::kNot;
                           is_sure = is_sure || fit == Fit::kSure;
                         });
  return !fits ? 0 : is_sure ? 100 : kShared;
}

template <const miax::Feed& kFeed>
std::string Sample(uint64_t seed) {
  return miax::SampleDatagram(kFeed, seed);
}

}  // namespace

extern constexpr CodecInfo codec_miax_tom = {
    .name = "miax_tom",
    .title = "MIAX Options, Pearl, Emerald and Sapphire Top of Market (ToM)",
    .framing = "mach",
    .specification = "MIAX Options Top of Market (ToM) Feed 1.9 to 2.5",
    .checked =
        "every field of 23,135 captured messages of 4 types against another decoder; others from "
        "documents",
    .has_file_form = false,
    .numbering = miax::MachFraming::kNumbering,
    .make = Make<miax::kTom>,
    .guess = Guess<miax::kTom>,
    .sample = Sample<miax::kTom>,
    .messages = miax::kTomMessages};

extern constexpr CodecInfo codec_miax_ctom = {
    .name = "miax_ctom",
    .title = "MIAX Options, Emerald and Sapphire Complex Top of Market (cToM)",
    .framing = "mach",
    .specification = "MIAX Complex Top of Market (cToM) Feed 1.0 to 1.3",
    .checked =
        "every field of 5,211 captured messages of 12 types (version 1.0) against another decoder; "
        "versions 1.1 to 1.3 from documents",
    .has_file_form = false,
    .numbering = miax::MachFraming::kNumbering,
    .make = Make<miax::kComplex>,
    .guess = Guess<miax::kComplex>,
    .sample = Sample<miax::kComplex>,
    .messages = miax::kComplexMessages};

extern constexpr CodecInfo codec_miax_onyx = {
    .name = "miax_onyx",
    .title = "MIAX Onyx Futures Top of Market",
    .framing = "mach",
    .specification = "MIAX Onyx Futures Top of Market Feed 1.0b",
    .checked =
        "every field of 3 sample messages of 3 types against another decoder; others from "
        "documents",
    .has_file_form = false,
    .numbering = miax::MachFraming::kNumbering,
    .make = Make<miax::kOnyx>,
    .guess = Guess<miax::kOnyx>,
    .sample = Sample<miax::kOnyx>,
    .messages = miax::kOnyxMessages};

}  // namespace fh::codecs
