// The codec of B3's Binary UMDF, as the registry knows it.
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/b3/b3_decoder.h"
#include "codecs/b3/b3_packets.h"
#include "codecs/b3/b3_sample.h"
#include "codecs/codec_of.h"

namespace fh::codecs {

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("b3_umdf has no framing '", options.framing,
                     "': Binary UMDF comes as packets of its own only; leave `framing` out"));
  }
  return std::make_unique<CodecOf<b3::B3Packets, b3::B3Decoder>>(b3::B3Packets(),
                                                                 b3::B3Decoder(options), options);
}

}  // namespace

extern constexpr CodecInfo codec_b3_umdf = {
    .name = "b3_umdf",
    .title = "B3 Binary UMDF",
    .framing = "b3_packets",
    .specification =
        "B3 Binary UMDF Message Specification 1.5 to 2.2, SBE schema 2, versions 5 to 16",
    .checked =
        "every field of 5 captured messages of 4 types against the exchange's schema and an "
        "independent dissector; others from the schema",
    .has_file_form = false,
    .numbering = b3::B3Packets::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .make = Make,
    .guess = b3::GuessB3,
    .sample = b3::SamplePacket,
    .messages = b3::kMessages};

}  // namespace fh::codecs
