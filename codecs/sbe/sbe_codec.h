// A codec for any protocol of Simple Binary Encoding whose schema file is given at run time: every
// field of every message by name, for people. It maps nothing: what a venue's messages mean no schema
// says. `decode --codec=sbe --schema=templates.xml`.
//
//   absl::StatusOr<const CodecInfo*> info = FindCodec("sbe");      // Not among Codecs().
//   auto codec = (*info)->make({.schema = "templates.xml"});
//
// A schema does not say either how packets are framed, so that is found by the bytes: the first packet
// in which messages of the schema (its id, a template of its, a block that fits) lie one behind the
// other to the end decides, for the codec's life, where they begin and where their lengths stand. Known
// are lengths of 16 bits before the message's header, with two more bytes behind them (B3) or without
// (CME), those that are the header's own first member (Coinbase), and single messages without one; each
// behind up to kMostPacketHeader bytes that are not looked at. So packets are numbered as they come.
#ifndef FEEDHANDLER_CODECS_SBE_SBE_CODEC_H_
#define FEEDHANDLER_CODECS_SBE_SBE_CODEC_H_

#include "codecs/codec.h"

namespace fh::codecs {

extern const CodecInfo codec_sbe;

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_SBE_SBE_CODEC_H_
