// One update of every kind of record, with every field told apart.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_STRATEGY_TEST_UPDATES_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_STRATEGY_TEST_UPDATES_H_

#include <cstring>
#include <vector>

#include "codecs/update.h"

namespace fh::test {

inline codecs::NormalizedUpdate BaseUpdate(uint8_t record, char action, uint64_t sequence) {
  codecs::NormalizedUpdate update{};
  update.record = record;
  update.action = action;
  update.side = FH_SIDE_NONE;
  update.sequence = sequence;
  update.instrument_id = 7;
  update.ts_event_ns = 1'500'000'000'000'000'000 + static_cast<int64_t>(sequence);
  update.ts_recv_ns = 1'600'000'000'000'000'000 + static_cast<int64_t>(sequence);
  update.channel_id = 3;
  update.index = 3;
  return update;
}

inline std::vector<codecs::NormalizedUpdate> OneOfEach() {
  std::vector<codecs::NormalizedUpdate> updates;
  auto order = BaseUpdate(FH_RECORD_ORDER, FH_ACTION_ADD, 1);
  order.side = FH_SIDE_BID;
  order.flags = FH_FLAG_LAST;
  order.order = {.order_id = 18446744073709551615u, .price = 187'250'000'000, .size = 300};
  updates.push_back(order);
  auto level = BaseUpdate(FH_RECORD_LEVEL, FH_ACTION_MODIFY, 2);
  level.side = FH_SIDE_ASK;
  level.flags = FH_FLAG_MBP | FH_FLAG_MAYBE_BAD_BOOK;
  level.level = {.price = 100'000, .size = 400, .order_count = 4, .depth = 2};
  updates.push_back(level);
  auto top = BaseUpdate(FH_RECORD_TOP, FH_ACTION_MODIFY, 3);
  top.flags = FH_FLAG_TOB | FH_FLAG_LAST | FH_FLAG_BAD_TS_RECV;
  top.top = {.bid_price = 99'500'000'000,
             .ask_price = codecs::kUndefinedPrice,
             .bid_size = 5,
             .ask_size = 0};
  updates.push_back(top);
  auto trade = BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 4);
  trade.ts_event_ns = codecs::kUndefinedTime;
  trade.trade = {.trade_id = 77, .price = -1, .size = 12};
  updates.push_back(trade);
  auto status = BaseUpdate(FH_RECORD_STATUS, FH_ACTION_NONE, 5);
  status.status = {.kind = FH_STATUS_TRADING,
                   .state = FH_TRADING_HALTED,
                   .code = 'H',
                   .reason = {'T', '1', ' ', ' '},
                   .value = -5,
                   .reserved = 0};
  updates.push_back(status);
  auto definition = BaseUpdate(FH_RECORD_DEFINITION, FH_ACTION_NONE, 6);
  std::memcpy(definition.definition.symbol, "BRK.A", 5);
  definition.definition.round_lot = 100;
  definition.definition.security_class = 'Q';
  definition.definition.kind = FH_KIND_FUTURE;
  definition.definition.size_decimals = 3;
  definition.definition.book_depth = 10;
  definition.instrument_id = 8;
  updates.push_back(definition);
  auto imbalance = BaseUpdate(FH_RECORD_IMBALANCE, FH_ACTION_NONE, 7);
  imbalance.detail = 0x07;
  imbalance.imbalance = {.reference_price = 1'000'000'000, .paired = 10, .imbalance = 20};
  updates.push_back(imbalance);
  auto statistic = BaseUpdate(FH_RECORD_STATISTIC, FH_ACTION_NONE, 8);
  statistic.statistic = {.price = 123'456'789'012'345'678,
                         .quantity = 9,
                         .type = FH_STAT_CLOSING_PRICE,
                         .reserved0 = 0,
                         .reserved1 = 0};
  updates.push_back(statistic);
  auto gap = BaseUpdate(FH_RECORD_GAP, FH_ACTION_NONE, 20);
  gap.instrument_id = FH_ALL_INSTRUMENTS;
  gap.index = 0;
  gap.published_ns32 = 4'000'000'000;
  gap.gap = {.first = 9, .last = 20, .count = 12, .cause = FH_GAP_LOST, .reserved = 0};
  updates.push_back(gap);
  auto session = BaseUpdate(FH_RECORD_SESSION, FH_ACTION_CLEAR, fh_sequence(2, 21));
  session.instrument_id = FH_ALL_INSTRUMENTS;
  session.index = 0;
  std::memcpy(session.session.session, "DAY1\x01 ", 6);
  session.session.epoch = 6;
  session.session.state = FH_SESSION_RESTARTED;
  updates.push_back(session);
  auto detail = BaseUpdate(FH_RECORD_TRADE_DETAIL, FH_ACTION_NONE, 22);
  detail.index = 1;
  detail.trade_detail = {.original_id = 18446744073709551615u,
                         .conditions = {'@', 'F', ' ', 'I'},
                         .kind = FH_DETAIL_CORRECTION,
                         .reserved0 = 0,
                         .reserved1 = 0};
  updates.push_back(detail);
  return updates;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_STRATEGY_TEST_UPDATES_H_
