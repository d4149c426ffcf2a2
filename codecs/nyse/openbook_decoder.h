// Turns messages of NYSE OpenBook Ultra into normalized updates. For CodecOf (codec_of.h).
//
// | message       | updates                                                                          |
// |---|---|
// | 230 full      | of each update: definition, R of the symbol's levels, level M for each point, status |
// | 231 delta     | of each update: level M for each point, C where its volume is 0; status when it is another |
// | 1 reset       | R of the levels of all symbols                                                   |
// | 2 heartbeat   | nothing                                                                          |
//
// Each update is an event of its own: its last record carries LAST. `detail` of a level is the reason
// code; levels have their number of orders and no depth. A full update that goes on in the next packet
// (the same symbol and number, and the link flag) is not begun again with R. Updates of a refresh are
// SNAPSHOT.
//
// Feed thread only; no allocation after construction.
//
// Source: as in openbook_messages.h.
#ifndef FEEDHANDLER_CODECS_NYSE_OPENBOOK_DECODER_H_
#define FEEDHANDLER_CODECS_NYSE_OPENBOOK_DECODER_H_

#include <cstdint>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/local_midnight.h"
#include "codecs/nyse/openbook_messages.h"
#include "codecs/nyse/symbol_terms.h"
#include "codecs/update.h"

namespace fh::codecs::openbook {

class OpenBookDecoder {
 public:
  // A full update without points has three records in 34 bytes, a delta's only one 20.
  static constexpr UpdateBound kBound{.per_message = 2, .bytes_per_entry = 10};
  static constexpr uint32_t kTypeBytes = kHeaderBytes;

  OpenBookDecoder(const CodecOptions& options, const LocalMidnight& midnight);

  static const MessageInfo* Find(const uint8_t* message);

  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

  // Prices by the scale of their update.
  static void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                       MessageVisitor& visitor);

 private:
  struct Sink {
    const MessageContext& context;
    UpdateWriter& writer;
    uint64_t first;  // The packet's first record.
    uint32_t instrument_id = FH_ALL_INSTRUMENTS;
    int64_t ts_event_ns = kUndefinedTime;
    uint8_t flags = 0;  // Of the packet.
    uint8_t scale = 0;
    bool is_unscaled = false;
  };

  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side, uint8_t flags);
  int64_t EventTime(const uint8_t* update, int64_t ts_recv_ns);
  template <const UpdateForm& kForm>
  void Updates(const uint8_t* message, uint32_t length, Sink& sink);
  void Full(const BookUpdates& update, Sink& sink);
  void Delta(const BookUpdates& update, Sink& sink);
  void Level(Sink& sink, const uint8_t* point, char side, uint32_t orders, uint8_t detail);
  void Define(const uint8_t* body, Sink& sink);
  void Status(Sink& sink, char code, bool always);
  void Clear(const Sink& sink);

  InstrumentStore* instruments_;
  LocalMidnight midnight_;
  nyse::SymbolTermsTable symbols_;
  // The full update that the last packet ended with, if it is linked to the next.
  uint32_t linked_symbol_ = 0;
  uint32_t linked_sequence_ = 0;
};

}  // namespace fh::codecs::openbook

#endif  // FEEDHANDLER_CODECS_NYSE_OPENBOOK_DECODER_H_
