// The codec of NYSE OpenBook Ultra, as the registry knows it.
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/nyse/openbook_decoder.h"
#include "codecs/nyse/openbook_packets.h"
#include "codecs/nyse/openbook_sample.h"

namespace fh::codecs {

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("nyse_openbook has no framing '", options.framing,
                     "': OpenBook Ultra comes as packets of its own only; leave `framing` out"));
  }
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("America/New_York", options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return std::make_unique<CodecOf<openbook::OpenBookPackets, openbook::OpenBookDecoder>>(
      openbook::OpenBookPackets(), openbook::OpenBookDecoder(options, *midnight), options);
}

}  // namespace

extern constexpr CodecInfo codec_nyse_openbook = {
    .name = "nyse_openbook",
    .title = "NYSE OpenBook Ultra",
    .framing = "openbook_packets",
    .specification = "NYSE OpenBook Ultra Client Specification 2.1",
    .checked =
        "every field of a captured packet of each of its four types against an independent "
        "dissector",
    .has_file_form = false,
    .numbering = openbook::OpenBookPackets::kNumbering,
    .instrument_scope = InstrumentScope::kVenue,
    .make = Make,
    .guess = openbook::GuessPacket,
    .sample = openbook::SamplePacket,
    .messages = openbook::kMessages};

}  // namespace fh::codecs
