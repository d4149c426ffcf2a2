// A codec that has the name of another.
#include "codecs/codec.h"
#include "codecs/plugin.h"

namespace {

constexpr fh::codecs::MessageInfo kNothing{'N', "nothing", 0, {}};
constexpr const fh::codecs::MessageInfo* kMessages[] = {&kNothing};

const fh::codecs::CodecInfo kInfo{
    .name = "itch50",
    .title = "Another one",
    .framing = "none",
    .specification = "none",
    .checked = "not at all",
    .has_file_form = false,
    .numbering = {},
    .make =
        [](const fh::codecs::CodecOptions&) -> absl::StatusOr<std::unique_ptr<fh::codecs::Codec>> {
      return absl::UnimplementedError("makes nothing");
    },
    .guess = [](std::span<const uint8_t>) { return 0; },
    .sample = [](uint64_t) { return std::string("x"); },
    .messages = kMessages,
};

}  // namespace

FH_CODEC_PLUGIN(kInfo);
