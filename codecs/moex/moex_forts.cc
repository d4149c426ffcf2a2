// The codec of MOEX FORTS FAST, as the registry knows it.
#include "codecs/moex/moex_codec.h"
#include "codecs/moex/moex_messages.h"
#include "codecs/moex/moex_sample.h"

namespace fh::codecs {

extern constexpr CodecInfo codec_moex_forts = {
    .name = "moex_forts",
    .title = "MOEX FORTS FAST",
    .framing = "fast",
    .specification = "FAST 1.1; templates of MOEX's derivatives market of 2013, or of its file",
    .checked =
        "every field of 24,602 captured messages against another decoder, and books of "
        "increments against 3,684 snapshots",
    .has_file_form = false,
    .numbering = moex::MoexCodec::kNumbering,
    .has_schema = true,
    .instrument_scope = InstrumentScope::kVenue,
    .make = moex::MakeMoexForts,
    .guess = moex::GuessMoexForts,
    .sample = moex::SamplePacket,
    .messages = moex::kMessages};

}  // namespace fh::codecs
