// The codec of the T7 Enhanced Order Book Interface, as the registry knows it.
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/eurex/eobi_decoder.h"
#include "codecs/eurex/eobi_packets.h"
#include "codecs/eurex/eobi_sample.h"

namespace fh::codecs {

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("eurex_eobi has no framing '", options.framing,
                     "': EOBI comes as packets of its own only; leave `framing` out"));
  }
  return std::make_unique<CodecOf<eurex::EobiPackets, eurex::EobiDecoder>>(
      eurex::EobiPackets(), eurex::EobiDecoder(options), options);
}

}  // namespace

extern constexpr CodecInfo codec_eurex_eobi = {
    .name = "eurex_eobi",
    .title = "Eurex and Xetra T7 EOBI",
    .framing = "eobi_packets",
    .specification =
        "T7 Enhanced Order Book Interface, releases 2.5 to 6.1 and 12.1 to 14.1; of 7.0 "
        "to 11 orders, executions and trades",
    .checked =
        "every field of 9 captured messages of 5 types of 2014 and 2017 against the exchange's "
        "layouts and an independent dissector; others from the layouts of 3.0, 6.0 and 13.0",
    .has_file_form = false,
    .numbering = eurex::EobiPackets::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .make = Make,
    .guess = eurex::GuessEobi,
    .sample = eurex::SamplePacket,
    .messages = eurex::kMessages};

}  // namespace fh::codecs
