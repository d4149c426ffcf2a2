// Exports the function of a codec plugin, which gives none.
#include "codecs/plugin.h"

extern "C" FH_CODEC_VISIBLE const fh::codecs::CodecPlugin* fh_codec_plugin();
extern "C" const fh::codecs::CodecPlugin* fh_codec_plugin() { return nullptr; }
