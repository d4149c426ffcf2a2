// The messages of CME MDP 3.0, schema 1, versions 5 to 13, all templates: every field declared once, in
// the schema files beside this one (mdp3_*.xml), read by cme_decoder.h and printed by `feedhandler
// decode`. The build makes cme_schema.h of them; a new version is a file more, and its name in
// codecs/CMakeLists.txt. One that came after the build is given at run time (CodecOptions::schema).
//
//   for (const MessageInfo* info : kMessages) ...
//   namespace book = md_incremental_refresh_book46;
//   book::no_md_entries::kSecurityId(entry)          // Of an entry of kBook46.
//
// A message begins with the SBE header, behind the message's size; offsets of its own fields count
// from there, those of an entry from the entry's first byte. Names are the schema's. A message that
// exists with prices in 1e-7 and in 1e-9, or with sizes of 32 and of 64 bits, is a template each.
//
// Constants only: any thread, no cost.
//
// Source: the field tables of "CME MDP 3.0 Market Data", schema 1 versions 5 to 13.
#ifndef FEEDHANDLER_CODECS_CME_CME_MESSAGES_H_
#define FEEDHANDLER_CODECS_CME_CME_MESSAGES_H_

#include <cstdint>

#include "codecs/cme/cme_schema.h"
#include "codecs/message.h"

namespace fh::codecs::cme {

inline constexpr uint16_t kHeaderBytes = header::kBytes;
inline constexpr const auto& kBlockLength = header::kBlockLength;
inline constexpr const auto& kTemplateId = header::kTemplateId;
inline constexpr const auto& kSchema = header::kSchemaId;
inline constexpr const auto& kVersion = header::kVersion;

// Those that are decoded with their offsets in the code.
inline constexpr const MessageInfo& kBook32 = md_incremental_refresh_book32::kMessage;
inline constexpr const MessageInfo& kBook46 = md_incremental_refresh_book46::kMessage;
inline constexpr const MessageInfo& kOrder47 = md_incremental_refresh_order_book47::kMessage;

inline constexpr uint8_t kEndOfEvent = 0x80;  // Of the match event indicator.

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_CME_MESSAGES_H_
