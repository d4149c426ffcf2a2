// The codec of ICE's iMpact multicast feed, as the registry knows it.
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/ice/ice_blocks.h"
#include "codecs/ice/ice_decoder.h"
#include "codecs/ice/ice_sample.h"

namespace fh::codecs {

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("ice_impact has no framing '", options.framing,
                     "': ICE's feed comes as blocks of its own only; leave `framing` out"));
  }
  return std::make_unique<CodecOf<ice::IceBlocks, ice::IceDecoder>>(
      ice::IceBlocks(), ice::IceDecoder(options), options);
}

}  // namespace

extern constexpr CodecInfo codec_ice_impact = {
    .name = "ice_impact",
    .title = "ICE iMpact multicast",
    .framing = "ice_blocks",
    .specification = "ICE iMpact Multicast Data Feed 1.1.24 to 1.1.33, full depth and price levels",
    .checked =
        "every field of 32,974 captured messages of both versions and of single blocks against an "
        "independent dissector; definitions and price levels by generated ones",
    .has_file_form = false,
    .numbering = ice::IceBlocks::kNumbering,
    .has_learnt_scales = true,
    .instrument_scope = InstrumentScope::kVenue,
    .make = Make,
    .guess = ice::GuessBlock,
    .sample = ice::SampleBlock,
    .messages = ice::kMessages};

}  // namespace fh::codecs
