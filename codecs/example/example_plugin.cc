// Makes the codec a plugin. In the tree it is not needed: there one line of codecs/CMakeLists.txt
// does it.
#include "codecs/codec.h"
#include "codecs/plugin.h"

namespace fh::codecs {
extern const CodecInfo codec_example;
}  // namespace fh::codecs

FH_CODEC_PLUGIN(fh::codecs::codec_example);
