// The codec of NYSE's Exchange Data Publisher feeds, as the registry knows it.
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/nyse/nyse_decoder.h"
#include "codecs/nyse/nyse_packets.h"
#include "codecs/nyse/nyse_sample.h"

namespace fh::codecs {

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("nyse_xdp has no framing '", options.framing,
                     "': NYSE's feeds come as packets of their own only; leave `framing` out"));
  }
  return std::make_unique<CodecOf<nyse::NysePackets, nyse::NyseDecoder>>(
      nyse::NysePackets(), nyse::NyseDecoder(options), options);
}

}  // namespace

extern constexpr CodecInfo codec_nyse_xdp = {
    .name = "nyse_xdp",
    .title = "NYSE XDP and Pillar",
    .framing = "nyse_packets",
    .specification =
        "NYSE XDP Common, Integrated, Imbalances, BBO, Trades, Options Top, 2.1 to Pillar 2.6; "
        "ArcaBook 2.1",
    .checked =
        "every field of 6,000 captured imbalance messages and of single packets of Integrated, "
        "BBO and Options Top against an independent dissector",
    .has_file_form = false,
    .numbering = nyse::NysePackets::kNumbering,
    .has_learnt_scales = true,
    .instrument_scope = InstrumentScope::kVenue,
    .place_rule = PlaceRule::kByPrice,
    .make = Make,
    .guess = nyse::GuessPacket,
    .sample = nyse::SamplePacket,
    .messages = nyse::kMessages};

}  // namespace fh::codecs
