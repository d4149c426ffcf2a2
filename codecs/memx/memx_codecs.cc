// The MEMX codecs of the registry: one for each schema.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/memx/memx_decoder.h"
#include "codecs/memx/memx_framing.h"
#include "codecs/memx/memx_sample.h"

namespace fh::codecs {
namespace {

// Where options trade, which is what maturities are of.
constexpr char kTimeZone[] = "America/New_York";

template <const memx::Feed& kFeed>
absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("MEMX has no framing '", options.framing,
                     "': it comes as MEMX-UDP datagrams only; leave `framing` out"));
  }
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load(kTimeZone, options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return std::make_unique<CodecOf<memx::MemxFraming, memx::MemxDecoder<kFeed>>>(
      memx::MemxFraming(), memx::MemxDecoder<kFeed>(options, *midnight), options);
}

// The share of messages that the feed knows; 0 when lengths disagree or one is of another schema. 20
// for heartbeats, which tell of no feed: enough for who was told the feed and for nobody else.
template <const memx::Feed& kFeed>
int Guess(std::span<const uint8_t> payload) {
  using Decoder = memx::MemxDecoder<kFeed>;
  constexpr int kAlive = 20;
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const memx::MemxFraming framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.lost_in_tail != 0 || frame.trailing_bytes) {
    return 0;
  }
  if (frame.message_count == 0) return payload.size() == memx::kLeastHeaderBytes ? kAlive : 0;
  uint32_t known = 0;
  bool fits = true;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
        if (length < memx::kSbeHeaderBytes || memx::kSchema(message) != kFeed.schema ||
            length != memx::kSbeHeaderBytes + memx::kBlockLength(message)) {
          fits = false;
          return;
        }
        const MessageInfo* const info = Decoder::Find(message);
        known += info != nullptr && length >= info->length;
      });
  return fits ? static_cast<int>(100 * known / frame.message_count) : 0;
}

template <const memx::Feed& kFeed>
std::string Sample(uint64_t seed) {
  return memx::SampleDatagram(kFeed, seed);
}

}  // namespace

extern constexpr CodecInfo codec_memx_depth = {.name = "memx_depth",
                                               .title = "MEMX MEMOIR Depth, equities",
                                               .framing = "memx_udp",
                                               .specification = "MEMOIR Depth Feed 1.3, schema 2",
                                               .checked =
                                                   "every field of 5 sample messages of 5 types "
                                                   "against another decoder; others from documents",
                                               .has_file_form = false,
                                               .make = Make<memx::kDepth>,
                                               .guess = Guess<memx::kDepth>,
                                               .sample = Sample<memx::kDepth>,
                                               .messages = memx::kDepthMessages};

extern constexpr CodecInfo codec_memx_top = {.name = "memx_top",
                                             .title = "MEMX MEMOIR Top, equities",
                                             .framing = "memx_udp",
                                             .specification = "MEMOIR Top Feed 1.3, schema 3",
                                             .checked = "documents and generated datagrams only",
                                             .has_file_form = false,
                                             .make = Make<memx::kTop>,
                                             .guess = Guess<memx::kTop>,
                                             .sample = Sample<memx::kTop>,
                                             .messages = memx::kTopMessages};

extern constexpr CodecInfo codec_memx_last_sale = {
    .name = "memx_last_sale",
    .title = "MEMX MEMOIR Last Sale, equities",
    .framing = "memx_udp",
    .specification = "MEMOIR Last Sale Feed 1.3, schema 4",
    .checked = "documents and generated datagrams only",
    .has_file_form = false,
    .make = Make<memx::kLastSale>,
    .guess = Guess<memx::kLastSale>,
    .sample = Sample<memx::kLastSale>,
    .messages = memx::kLastSaleMessages};

extern constexpr CodecInfo codec_memx_options = {
    .name = "memx_options",
    .title = "MEMX MEMOIR Depth, options",
    .framing = "memx_udp",
    .specification = "MEMOIR Options Depth Feed 1.6a, schema 10",
    .checked = "documents and generated datagrams only",
    .has_file_form = false,
    .instrument_scope = InstrumentScope::kVenue,
    .make = Make<memx::kOptions>,
    .guess = Guess<memx::kOptions>,
    .sample = Sample<memx::kOptions>,
    .messages = memx::kOptionMessages};

}  // namespace fh::codecs
