// The Cboe codecs of the registry: US equities and options, which share their messages; CFE and Europe,
// where some of the same types have other fields; Australia, whose types are its own.
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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
  std::optional<LocalMidnight> midnight;
  if (kFeed.time_zone != nullptr) {
    absl::StatusOr<LocalMidnight> loaded = LocalMidnight::Load(kFeed.time_zone, options.day_ns);
    if (!loaded.ok()) return loaded.status();
    midnight = *std::move(loaded);
  }
  return std::make_unique<CodecOf<pitch::UnitFraming, pitch::PitchDecoder<kFeed>>>(
      pitch::UnitFraming(), pitch::PitchDecoder<kFeed>(options, std::move(midnight)), options);
}

// Types that no other feed has.
constexpr auto kAustraliaAlone = std::span(pitch::kAustraliaOwnMessages).subspan(2);
constexpr const MessageInfo* kEuropeAlone[] = {
    &pitch::kEuAddLongMessage,     &pitch::kEuTradeLongMessage,    &pitch::kTradeReportMessage,
    &pitch::kUnknownReportMessage, &pitch::kEuStatisticsMessage,   &pitch::kEuAuctionUpdateMessage,
    &pitch::kIndexQuoteMessage,    &pitch::kIndexSettlementMessage};

bool HasSome(std::span<const MessageInfo* const> messages, std::span<const uint8_t> payload) {
  return payload.size() > pitch::kUnitHeaderBytes && pitch::GuessUnitPacket(messages, payload) != 0;
}

template <const pitch::Feed& kFeed>
int Guess(std::span<const uint8_t> payload) {
  if (HasSome(kAustraliaAlone, payload)) return 0;
  return pitch::GuessUnitPacket(kFeed.messages, payload);
}

// What is said in sessions is the same for all feeds, and heartbeats too: they are taken for the US's,
// as is what is of none but by types that several have.
int GuessFutures(std::span<const uint8_t> payload) {
  const std::span<const MessageInfo* const> own = pitch::kCfeOwnMessages;
  return pitch::GuessUnitPacket(own, payload) == 0 ? 0 : Guess<pitch::kCfe>(payload);
}
int GuessEurope(std::span<const uint8_t> payload) {
  return HasSome(kEuropeAlone, payload) ? Guess<pitch::kEurope>(payload) : 0;
}
int GuessAustralia(std::span<const uint8_t> payload) {
  return HasSome(kAustraliaAlone, payload)
             ? pitch::GuessUnitPacket(pitch::kAustralia.messages, payload)
             : 0;
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
        "every type laid out byte by byte after the documents",
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
        "every field of 22 sample messages of 6 types against another dissector; every type "
        "laid out byte by byte after the documents",
    .has_file_form = false,
    .numbering = pitch::UnitFraming::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .needs_orders = true,
    .make = Make<pitch::kCfe>,
    .guess = GuessFutures,
    .sample = Sample<pitch::kCfe>,
    .messages = pitch::kCfeMessages};

extern constexpr CodecInfo codec_cboe_europe = {
    .name = "cboe_europe",
    .title = "Cboe Multicast PITCH, European equities",
    .framing = "cboe_unit",
    .specification = "Cboe Europe Equities Multicast PITCH 6.49",
    .checked = "every message type laid out byte by byte after the documents; no capture",
    .has_file_form = false,
    .numbering = pitch::UnitFraming::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .needs_orders = true,
    .make = Make<pitch::kEurope>,
    .guess = GuessEurope,
    .sample = Sample<pitch::kEurope>,
    .messages = pitch::kEuropeMessages};

extern constexpr CodecInfo codec_cboe_australia = {
    .name = "cboe_australia",
    .title = "Cboe Multicast PITCH, Australian equities",
    .framing = "cboe_unit",
    .specification = "Cboe Australia (CXA) Multicast PITCH and Spin 1.0.12",
    .checked = "every message type laid out byte by byte after the documents; no capture",
    .has_file_form = false,
    .numbering = pitch::UnitFraming::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .needs_orders = true,
    .make = Make<pitch::kAustralia>,
    .guess = GuessAustralia,
    .sample = Sample<pitch::kAustralia>,
    .messages = pitch::kAustraliaMessages};

}  // namespace fh::codecs
