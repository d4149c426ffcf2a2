// The Cboe codecs of the registry: US equities and options, which share their messages, and CFE, where
// the same types have other fields.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/pitch/pitch_decoder.h"
#include "codecs/pitch/pitch_sample.h"
#include "codecs/pitch/unit_framing.h"

namespace fh::codecs {

namespace {

template <const pitch::Feed& kFeed>
absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("Cboe PITCH has no framing '", options.framing,
                     "': it comes as sequenced units only; leave `framing` out"));
  }
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load(kFeed.time_zone, options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return std::make_unique<CodecOf<pitch::UnitFraming, pitch::PitchDecoder<kFeed>>>(
      pitch::UnitFraming(), pitch::PitchDecoder<kFeed>(options, *midnight), options);
}

template <const pitch::Feed& kFeed>
int Guess(std::span<const uint8_t> payload) {
  return pitch::GuessUnitPacket(kFeed.messages, payload);
}

template <const pitch::Feed& kFeed>
std::string Sample(uint64_t seed) {
  return pitch::SamplePacket(kFeed, seed);
}

}  // namespace

extern constexpr CodecInfo codec_cboe_pitch = {
    .name = "cboe_pitch",
    .title = "Cboe Multicast PITCH, US equities and options",
    .framing = "cboe_unit",
    .specification = "Cboe US Equities/Options Multicast PITCH 2.41, also 2.39 of C1",
    .checked =
        "every field of 40 captured messages of 10 types against the exchange's dissector; "
        "others from documents",
    .has_file_form = false,
    .numbering = pitch::UnitFraming::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .needs_orders = true,
    .make = Make<pitch::kUs>,
    .guess = Guess<pitch::kUs>,
    .sample = Sample<pitch::kUs>,
    .messages = pitch::kUsMessages};

extern constexpr CodecInfo codec_cboe_cfe = {
    .name = "cboe_cfe",
    .title = "Cboe Multicast PITCH, CFE futures",
    .framing = "cboe_unit",
    .specification = "Cboe Futures Exchange Multicast PITCH 1.2 and 1.1",
    .checked =
        "every field of 22 sample messages of 6 types against another dissector; others from "
        "documents",
    .has_file_form = false,
    .numbering = pitch::UnitFraming::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .needs_orders = true,
    .make = Make<pitch::kCfe>,
    .guess = Guess<pitch::kCfe>,
    .sample = Sample<pitch::kCfe>,
    .messages = pitch::kCfeMessages};

}  // namespace fh::codecs
