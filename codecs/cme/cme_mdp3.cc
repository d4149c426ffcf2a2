// The codec of CME MDP 3.0, as the registry knows it.
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/cme/cme_decoder.h"
#include "codecs/cme/cme_sample.h"
#include "codecs/cme/mdp3_framing.h"
#include "codecs/codec_of.h"

namespace fh::codecs {

namespace {

absl::StatusOr<std::unique_ptr<const sbe::SbeSchema>> LoadSchema(const std::string& path) {
  if (path.empty()) return nullptr;
  absl::StatusOr<std::unique_ptr<const sbe::SbeSchema>> schema = sbe::SbeSchema::Load(path);
  if (!schema.ok()) return schema.status();
  const sbe::SbeHeader& header = (*schema)->header();
  const sbe::SbeHeader usual;
  if ((*schema)->id() != cme::kSchemaId || header.bytes != usual.bytes || header.big_endian ||
      header.block_length.offset != 0 || header.template_id.offset != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("the schema '", path, "' has the id ", (*schema)->id(),
                     ", and CME MDP 3.0 has ", cme::kSchemaId,
                     " with a message header of 8 bytes; give the templates file of CME's futures "
                     "and options"));
  }
  return schema;
}

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cme_mdp3 has no framing '", options.framing,
                     "': MDP 3.0 comes as packets of its own only; leave `framing` out"));
  }
  absl::StatusOr<std::unique_ptr<const sbe::SbeSchema>> schema =
      LoadSchema(std::string(options.schema));
  if (!schema.ok()) return schema.status();
  return std::make_unique<CodecOf<cme::Mdp3Framing, cme::CmeDecoder>>(
      cme::Mdp3Framing(), cme::CmeDecoder(options, *std::move(schema)), options);
}

}  // namespace

extern constexpr CodecInfo codec_cme_mdp3 = {
    .name = "cme_mdp3",
    .title = "CME MDP 3.0",
    .framing = "mdp3",
    .specification = "CME MDP 3.0 Market Data, SBE schema 1, versions 5 to 13",
    .checked =
        "every field of 20,546 captured messages of version 6 against two other decoders; all "
        "templates in bytes made from the field tables",
    .has_file_form = false,
    .numbering = cme::Mdp3Framing::kNumbering,
    .has_schema = true,
    .instrument_scope = InstrumentScope::kVenue,
    .place_rule = PlaceRule::kByPriceAndSize,
    .make = Make,
    .guess = cme::GuessMdp3,
    .sample = cme::SamplePacket,
    .messages = cme::kMessages};

}  // namespace fh::codecs
