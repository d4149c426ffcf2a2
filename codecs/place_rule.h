// When an order keeps its place in the queue of its price: what a codec says of its venue, and what
// order books go by.
#ifndef FEEDHANDLER_CODECS_PLACE_RULE_H_
#define FEEDHANDLER_CODECS_PLACE_RULE_H_

#include <cstdint>

namespace fh::codecs {

// Whether M of an order keeps its place.
enum class PlaceRule : uint8_t {
  kByFlag,          // With FH_FLAG_PRIORITY_KEPT and the same price (Cboe, DEEP+, EOBI).
  kByPrice,         // With the same price (NYSE).
  kByPriceAndSize,  // With the same price and a size that is not larger (CME by order).
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_PLACE_RULE_H_
