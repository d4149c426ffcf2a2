// What the messages outside itch50_plans.h become: everything about instruments, auctions and the
// state of the market, a few messages in a hundred thousand. See the table in itch50_decoder.h.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH50_RARE_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH50_RARE_H_

#include <cstdint>

#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/update.h"

namespace fh::codecs::itch50 {

// Writes the updates of a message that is as long as its type demands; the caller sets LAST on the
// last one. False when the type has no normalized form. `instruments` may be null.
bool DecodeRare(const uint8_t* message, int64_t midnight_ns, InstrumentStore* instruments,
                const MessageContext& context, UpdateWriter& writer);

}  // namespace fh::codecs::itch50

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH50_RARE_H_
