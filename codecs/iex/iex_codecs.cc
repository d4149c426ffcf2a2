// The IEX codecs of the registry: one a feed, since the protocol id in every segment names the feed
// and the same letter may mean another layout in another feed.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/iex/iex_decoder.h"
#include "codecs/iex/iex_sample.h"
#include "codecs/iex/iex_tp.h"

namespace fh::codecs {

namespace {

template <const iex::Feed& kFeed>
absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("IEX feeds have no framing '", options.framing,
                     "': they come as IEX-TP segments only; leave `framing` out"));
  }
  return std::make_unique<CodecOf<iex::IexTp, iex::IexDecoder<kFeed>>>(
      iex::IexTp(kFeed.protocol), iex::IexDecoder<kFeed>(options), options);
}

template <const iex::Feed& kFeed>
int Guess(std::span<const uint8_t> payload) {
  return iex::GuessSegment(kFeed.protocol, payload);
}

template <const iex::Feed& kFeed>
std::string Sample(uint64_t seed) {
  return iex::SampleSegment(kFeed, seed);
}

template <const iex::Feed& kFeed>
constexpr CodecInfo Describe(const char* name, const char* title, const char* specification,
                             const char* checked) {
  return {.name = name,
          .title = title,
          .framing = "iex_tp",
          .specification = specification,
          .checked = checked,
          .has_file_form = false,
          .numbering = {},
          .make = Make<kFeed>,
          .guess = Guess<kFeed>,
          .sample = Sample<kFeed>,
          .messages = kFeed.messages};
}

}  // namespace

extern constexpr CodecInfo codec_iex_tops15 = Describe<iex::kTops15>(
    "iex_tops15", "IEX TOPS 1.5", "IEX TOPS Specification 1.5, IEX Transport Specification 1.25",
    "documents and generated segments; no capture of this version is at hand");
extern constexpr CodecInfo codec_iex_tops16 = Describe<iex::kTops16>(
    "iex_tops16", "IEX TOPS 1.6", "IEX TOPS Specification 1.64, IEX Transport Specification 1.25",
    "every field of 44,214 captured messages against an independent dissector");
extern constexpr CodecInfo codec_iex_deep10 = Describe<iex::kDeep10>(
    "iex_deep10", "IEX DEEP 1.0", "IEX DEEP Specification 1.08, IEX Transport Specification 1.25",
    "every field of 329,936 captured messages against an independent parser");
extern constexpr CodecInfo codec_iex_deepplus10 = Describe<iex::kDeepPlus10>(
    "iex_deepplus10", "IEX DEEP+ 1.0",
    "IEX DEEP+ Specification 1.04, IEX Transport Specification 1.25",
    "documents and generated segments; no capture of this feed is at hand");

}  // namespace fh::codecs
