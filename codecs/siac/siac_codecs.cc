// The codecs of SIAC's feeds, as the registry knows them.
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/siac/cta_decoder.h"
#include "codecs/siac/opra_decoder.h"
#include "codecs/siac/siac_blocks.h"
#include "codecs/siac/siac_sample.h"

namespace fh::codecs {

namespace {

absl::Status CheckFraming(absl::string_view codec, const CodecOptions& options) {
  if (options.framing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(codec, " has no framing '", options.framing,
                   "': SIAC's feeds come as blocks of their own only; leave `framing` out"));
}

template <siac::Counts kCounts>
absl::StatusOr<std::unique_ptr<Codec>> MakeCta(const CodecOptions& options) {
  constexpr bool kNumbersBlocks = kCounts == siac::Counts::kBlocks;
  const absl::Status status = CheckFraming(kNumbersBlocks ? "cta_v0" : "cta", options);
  if (!status.ok()) return status;
  return std::make_unique<CodecOf<siac::CtaBlocks<kCounts>, cta::CtaDecoder>>(
      siac::CtaBlocks<kCounts>(), cta::CtaDecoder(options, kNumbersBlocks), options);
}

absl::StatusOr<std::unique_ptr<Codec>> MakeOpra(const CodecOptions& options) {
  const absl::Status status = CheckFraming("opra", options);
  if (!status.ok()) return status;
  return std::make_unique<CodecOf<siac::OpraBlocks, opra::OpraDecoder>>(
      siac::OpraBlocks(), opra::OpraDecoder(options), options);
}

}  // namespace

extern constexpr CodecInfo codec_cta = {
    .name = "cta",
    .title = "CTA CTS and CQS",
    .framing = "siac_blocks",
    .specification = "CTS and CQS Pillar Output Specification 2.9 to 2.11.b (block version 1 on)",
    .checked =
        "every field of 5 captured messages against an independent dissector; all others by "
        "generated ones",
    .has_file_form = false,
    .numbering = siac::CtaBlocks<siac::Counts::kMessages>::kNumbering,
    .tops_by_participant = true,
    .make = MakeCta<siac::Counts::kMessages>,
    .guess = siac::GuessCta<siac::Counts::kMessages>,
    .sample = siac::SampleCta,
    .messages = cta::kMessages};

extern constexpr CodecInfo codec_cta_v0 = {
    .name = "cta_v0",
    .title = "CTA CTS and CQS, numbered blocks",
    .framing = "siac_blocks",
    .specification = "CTS and CQS Output Specification 1.91 (block version 0)",
    .checked =
        "every field of 6 captured messages against an independent dissector; all others by "
        "generated ones",
    .has_file_form = false,
    .numbering = siac::CtaBlocks<siac::Counts::kBlocks>::kNumbering,
    .tops_by_participant = true,
    .make = MakeCta<siac::Counts::kBlocks>,
    .guess = siac::GuessCta<siac::Counts::kBlocks>,
    .sample = siac::SampleCtaBlocks,
    .messages = cta::kMessages};

extern constexpr CodecInfo codec_opra = {
    .name = "opra",
    .title = "OPRA",
    .framing = "siac_blocks",
    .specification = "OPRA Pillar Output Specification 4.0 to 6.2",
    .checked =
        "header and head of one captured short quote against an independent dissector, its other "
        "fields and all other messages by the document and generated ones",
    .has_file_form = false,
    .numbering = siac::OpraBlocks::kNumbering,
    .tops_by_participant = true,
    .make = MakeOpra,
    .guess = siac::GuessOpra,
    .sample = siac::SampleOpra,
    .messages = opra::kMessages};

}  // namespace fh::codecs
