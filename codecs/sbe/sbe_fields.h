// What sbe_generate.py says of a field besides its place and type. For generated headers alone.
//
//   inline constexpr auto kSide = sbe::Since(sbe::Named(LittleEndian<uint8_t>("side", 8), kSides), 7);
//
// Constants only: no cost at run time.
#ifndef FEEDHANDLER_CODECS_SBE_SBE_FIELDS_H_
#define FEEDHANDLER_CODECS_SBE_SBE_FIELDS_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::sbe {

template <typename Field>
constexpr Field Named(Field field, std::span<const NamedValue> values) {
  field.names = values;
  return field;
}

template <typename Field>
constexpr Field Optional(Field field, uint64_t null) {
  field.presence = Presence::kOptional;
  field.number = null;
  return field;
}

template <typename Field>
constexpr Field Since(Field field, uint16_t version) {
  field.since = version;
  return field;
}

}  // namespace fh::codecs::sbe

#endif  // FEEDHANDLER_CODECS_SBE_SBE_FIELDS_H_
