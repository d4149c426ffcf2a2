// The messages of NYSE OpenBook Ultra 2.1: every field declared once, read by openbook_decoder.cc and
// printed by `feedhandler decode`.
//
//   for (BookUpdates update(kDeltaForm, packet, length); update.Next();) Use(update.body());
//
// Big-endian; offsets count from the packet's first byte. A packet is one message: a header with its
// type, then as many updates as the header says, each of a symbol, of its own size and with its price
// points behind it. Prices are numerators; each update says their scale itself. Times are the
// milliseconds of the day in New York, and microseconds of the millisecond. Constants only: any thread,
// no cost.
//
// Source: "NYSE OpenBook Ultra Client Specification" 2.1.
#ifndef FEEDHANDLER_CODECS_NYSE_OPENBOOK_MESSAGES_H_
#define FEEDHANDLER_CODECS_NYSE_OPENBOOK_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::openbook {

using U8 = BigEndian<uint8_t>;
using U16 = BigEndian<uint16_t>;
using U32 = BigEndian<uint32_t>;

// The numerator of a price.
struct Price : BigEndian<int32_t> {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : BigEndian<int32_t>(field_name, field_offset, FieldKind::kDecimal) {}
};

// ---- The header. ----
inline constexpr U16 kPacketSize{"packet_size", 0};  // Without itself.
inline constexpr U16 kMessageType{"message_type", 2};
inline constexpr U32 kSequenceNumber{"sequence_number", 4};
inline constexpr U32 kTimestamp{"timestamp", 8};  // Milliseconds of the day.
inline constexpr U8 kProduct{"product_id", 12};
inline constexpr NamedValue kRetransmissionNames[] = {{1, "original"}, {2, "retransmitted"},
                                                      {3, "replay"},   {4, "retransmitted_replay"},
                                                      {5, "refresh"},  {6, "end_of_refresh"}};
inline constexpr auto kRetransmissionFlag =
    U8("retransmission_flag", 13).Names(kRetransmissionNames);
inline constexpr U8 kMessageCount{"message_count", 14};
inline constexpr U8 kLinkFlag{"link_flag", 15};  // Not 0: the symbol's update goes on elsewhere.
inline constexpr uint32_t kHeaderBytes = 16;
inline constexpr uint32_t kSizeBytes = 2;  // What a size of a packet does not count.
inline constexpr const FieldInfo* kHeaderFields[] = {
    &kPacketSize, &kMessageType,        &kSequenceNumber, &kTimestamp,
    &kProduct,    &kRetransmissionFlag, &kMessageCount,   &kLinkFlag};

// Tests of the venue's, which are not for trading, add this to the flag.
inline constexpr uint8_t kTestFlag = 128;

enum Flag : uint8_t {
  kOriginal = 1,
  kRetransmitted = 2,
  kReplay = 3,
  kRetransmittedReplay = 4,
  kRefresh = 5,
  kEndOfRefresh = 6,
};

inline constexpr U32 kNextSequenceNumber{"next_sequence_number", 16};
inline constexpr const FieldInfo* kResetFields[] = {
    &kPacketSize,         &kMessageType,  &kSequenceNumber, &kTimestamp,         &kProduct,
    &kRetransmissionFlag, &kMessageCount, &kLinkFlag,       &kNextSequenceNumber};

// ---- Updates; offsets from their first byte. Both begin alike. ----
inline constexpr NamedValue kQuoteConditionNames[] = {{' ', "none"}, {'W', "slow_quote"}};
inline constexpr NamedValue kTradingStatusNames[] = {
    {'P', "pre_opening"}, {'O', "core_session"}, {'X', "closed"}, {'H', "halted"}};

inline constexpr U16 kUpdateSize{"update_size", 0};  // Itself included.
inline constexpr U32 kSymbolIndex{"symbol_index", 2};
inline constexpr U32 kSourceTime{"source_time", 6};
inline constexpr U16 kSourceTimeMicros{"source_time_micro_secs", 10};
inline constexpr U32 kSymbolSequence{"symbol_seq_num", 12};
inline constexpr U8 kSourceSession{"source_session_id", 16};

// 230: the whole book.
inline constexpr Alpha kSymbol{"symbol", 17, 11};
inline constexpr U8 kFullScale{"price_scale_code", 28};
inline constexpr auto kFullQuoteCondition =
    Letter("quote_condition", 29).Names(kQuoteConditionNames);
inline constexpr auto kFullTradingStatus = Letter("trading_status", 30).Names(kTradingStatusNames);
inline constexpr Padding kFullReserved{"reserved_1", 31, 1};
inline constexpr U16 kMpv{"mpv", 32};
inline constexpr uint32_t kFullBytes = 34;
inline constexpr const FieldInfo* kFullFields[] = {
    &kUpdateSize,         &kSymbolIndex,       &kSourceTime,   &kSourceTimeMicros,
    &kSymbolSequence,     &kSourceSession,     &kSymbol,       &kFullScale,
    &kFullQuoteCondition, &kFullTradingStatus, &kFullReserved, &kMpv};

inline constexpr Price kPointPrice{"price_numerator", 0};
inline constexpr U32 kPointVolume{"volume", 4};
inline constexpr U16 kFullOrders{"num_orders", 8};
inline constexpr Letter kFullSide{"side", 10};
inline constexpr Padding kFullPointReserved{"reserved_1", 11, 1};
inline constexpr uint32_t kFullPointBytes = 12;
inline constexpr const FieldInfo* kFullPointFields[] = {&kPointPrice, &kPointVolume, &kFullOrders,
                                                        &kFullSide, &kFullPointReserved};

// 231: what has changed.
inline constexpr U16 kDeltaSize{"delta_size", 0};
inline constexpr U32 kSourceSequence{"source_seq_num", 12};
inline constexpr auto kDeltaQuoteCondition =
    Letter("quote_condition", 17).Names(kQuoteConditionNames);
inline constexpr auto kDeltaTradingStatus = Letter("trading_status", 18).Names(kTradingStatusNames);
inline constexpr U8 kDeltaScale{"price_scale_code", 19};
inline constexpr uint32_t kDeltaBytes = 20;
inline constexpr const FieldInfo* kDeltaFields[] = {
    &kDeltaSize,           &kSymbolIndex,        &kSourceTime,
    &kSourceTimeMicros,    &kSourceSequence,     &kSourceSession,
    &kDeltaQuoteCondition, &kDeltaTradingStatus, &kDeltaScale};

inline constexpr U32 kChangedQuantity{"chg_qty", 8};
inline constexpr U16 kDeltaOrders{"num_orders", 12};
inline constexpr Letter kDeltaSide{"side", 14};
inline constexpr NamedValue kReasonNames[] = {
    {'O', "new_order"}, {'C', "cancel"}, {'E', "execution"}, {'X', "multiple_events"}};
inline constexpr auto kReason = Letter("reason_code", 15).Names(kReasonNames);
inline constexpr U32 kLink1{"link_id_1", 16};
inline constexpr U32 kLink2{"link_id_2", 20};
inline constexpr U32 kLink3{"link_id_3", 24};
inline constexpr uint32_t kDeltaPointBytes = 28;
inline constexpr const FieldInfo* kDeltaPointFields[] = {
    &kPointPrice, &kPointVolume, &kChangedQuantity, &kDeltaOrders, &kDeltaSide,
    &kReason,     &kLink1,       &kLink2,           &kLink3};

// Nothing announces points but the size of their update.
inline constexpr GroupInfo kFullPoints{.name = "price_points",
                                       .block_length = {},
                                       .count = {},
                                       .announcement_bytes = 0,
                                       .big_endian = true,
                                       .fields = kFullPointFields};
inline constexpr const GroupInfo* kFullGroups[] = {&kFullPoints};
inline constexpr GroupInfo kFullUpdates{.name = "updates",
                                        .block_length = {},
                                        .count = {.offset = 14, .length = 1},
                                        .announcement_bytes = 0,
                                        .big_endian = true,
                                        .fields = kFullFields,
                                        .groups = kFullGroups};
inline constexpr const GroupInfo* kFullUpdateGroups[] = {&kFullUpdates};
inline constexpr GroupInfo kDeltaPoints{.name = "price_points",
                                        .block_length = {},
                                        .count = {},
                                        .announcement_bytes = 0,
                                        .big_endian = true,
                                        .fields = kDeltaPointFields};
inline constexpr const GroupInfo* kDeltaGroups[] = {&kDeltaPoints};
inline constexpr GroupInfo kDeltaUpdates{.name = "updates",
                                         .block_length = {},
                                         .count = {.offset = 14, .length = 1},
                                         .announcement_bytes = 0,
                                         .big_endian = true,
                                         .fields = kDeltaFields,
                                         .groups = kDeltaGroups};
inline constexpr const GroupInfo* kDeltaUpdateGroups[] = {&kDeltaUpdates};

inline constexpr MessageInfo kReset{.type = 1,
                                    .name = "sequence_number_reset_message",
                                    .length = 20,
                                    .fields = kResetFields,
                                    .groups = {},
                                    .data = {},
                                    .is_template = true};
inline constexpr MessageInfo kHeartbeat{.type = 2,
                                        .name = "heartbeat_message",
                                        .length = kHeaderBytes,
                                        .fields = kHeaderFields,
                                        .groups = {},
                                        .data = {},
                                        .is_template = true};
inline constexpr MessageInfo kFullUpdate{.type = 230,
                                         .name = "full_update_message",
                                         .length = kHeaderBytes,
                                         .fields = kHeaderFields,
                                         .groups = kFullUpdateGroups,
                                         .data = {},
                                         .is_template = true};
inline constexpr MessageInfo kDeltaUpdate{.type = 231,
                                          .name = "delta_update_message",
                                          .length = kHeaderBytes,
                                          .fields = kHeaderFields,
                                          .groups = kDeltaUpdateGroups,
                                          .data = {},
                                          .is_template = true};
inline constexpr const MessageInfo* kMessages[] = {&kReset, &kHeartbeat, &kFullUpdate,
                                                   &kDeltaUpdate};

// What follows the header of 230 and 231: how long an update and its points are.
struct UpdateForm {
  const GroupInfo* updates;
  const GroupInfo* points;
  uint32_t update_bytes;
  uint32_t point_bytes;
};
inline constexpr UpdateForm kFullForm{&kFullUpdates, &kFullPoints, kFullBytes, kFullPointBytes};
inline constexpr UpdateForm kDeltaForm{&kDeltaUpdates, &kDeltaPoints, kDeltaBytes,
                                       kDeltaPointBytes};

// Null for types without updates.
constexpr const UpdateForm* FormOf(uint32_t type) {
  return type == kFullUpdate.type ? &kFullForm : type == kDeltaUpdate.type ? &kDeltaForm : nullptr;
}

// The updates of a packet, one by one. Precondition: at least a header.
class BookUpdates {
 public:
  BookUpdates(const UpdateForm& form, const uint8_t* packet, uint32_t length)
      : form_(form),
        next_(packet + kHeaderBytes),
        end_(packet + length),
        left_(kMessageCount(packet)) {}

  // False at the end, and at an update that does not lie wholly in the packet.
  bool Next() {
    if (left_ == 0 || end_ - next_ < int64_t{form_.update_bytes}) return false;
    const uint32_t size = kUpdateSize(next_);
    if (size < form_.update_bytes || end_ - next_ < int64_t{size}) return false;
    body_ = next_;
    points_ = (size - form_.update_bytes) / form_.point_bytes;
    next_ += size;
    --left_;
    return true;
  }

  const uint8_t* body() const { return body_; }
  uint32_t points() const { return points_; }
  const uint8_t* Point(uint32_t i) const {
    return body_ + form_.update_bytes + i * form_.point_bytes;
  }
  uint32_t left() const { return left_; }
  const uint8_t* next() const { return next_; }

 private:
  const UpdateForm& form_;
  const uint8_t* next_;
  const uint8_t* end_;
  const uint8_t* body_ = nullptr;
  uint32_t points_ = 0;
  uint32_t left_;
};

}  // namespace fh::codecs::openbook

#endif  // FEEDHANDLER_CODECS_NYSE_OPENBOOK_MESSAGES_H_
