// MOEX FORTS FAST: datagrams of one application message each, behind a Reset.
//
//   absl::StatusOr<std::unique_ptr<Codec>> codec = MakeMoexForts(options);
//
// * A datagram holds nothing that leans on another one: each is decoded with empty dictionaries. So a
//   lost packet loses itself alone, and Describe sees what Decode sees.
// * Packets are numbered by MsgSeqNum (FIX 34), 32 bits. Some feeds of the exchange put it in front as
//   well, four bytes little-endian: such a packet is known by both being equal.
// * FAST has neither lengths nor check sums: Frame decodes the whole datagram to see that it is. One
//   that cannot be decoded to its end is damaged, wanted whole from another line; Describe says why.
//   One whose number cannot be read, a template that is not known included, is rejected.
// * A datagram with two numbered messages was never seen and is rejected.
//
// The snapshot loop numbers its messages from 1 in each round, and ends it with a sequence reset.
//
// So Frame costs about as much as Decode.
#ifndef FEEDHANDLER_CODECS_MOEX_MOEX_CODEC_H_
#define FEEDHANDLER_CODECS_MOEX_MOEX_CODEC_H_

#include <memory>
#include <span>
#include <utility>

#include "absl/status/statusor.h"
#include "codecs/codec.h"
#include "codecs/fast/fast_decoder.h"
#include "codecs/moex/moex_fields.h"
#include "codecs/moex/moex_mapping.h"

namespace fh::codecs::moex {

class MoexCodec final : public Codec {
 public:
  static constexpr Numbering kNumbering{
      .unit = Numbering::Unit::kPackets, .bits = 32, .after_wrap = 1};

  MoexCodec(std::shared_ptr<const MoexPlan> plan, const CodecOptions& options);

  void Frame(std::span<const rio::Packet> packets, std::span<PacketFrame> frames) override;
  void Decode(std::span<const DecodeJob> jobs, UpdateWriter& writer) override;
  void Describe(const rio::Packet& packet, const PacketFrame& frame,
                MessageVisitor& visitor) const override;
  void OnEvent(const StreamEvent&) override { decoder_.Reset(); }

 private:
  void Count(const PacketFrame& frame);
  void DecodeOne(const DecodeJob& job, UpdateWriter& writer);

  std::shared_ptr<const MoexPlan> plan_;
  fast::FastDecoder decoder_;
  MoexMapping mapping_;
  MoexClock clock_;
  uint16_t channel_id_;
};

absl::StatusOr<std::unique_ptr<Codec>> MakeMoexForts(const CodecOptions& options);

// 100 when the payload is a Reset and a message of the templates that the codec knows by itself, and
// nothing else; else 0.
int GuessMoexForts(std::span<const uint8_t> payload);

}  // namespace fh::codecs::moex

#endif  // FEEDHANDLER_CODECS_MOEX_MOEX_CODEC_H_
