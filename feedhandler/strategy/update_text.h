// Updates as text: CSV with one fixed set of columns, or one JSON object a line.
//
//   char line[kMaxUpdateTextBytes];
//   UpdateTextOptions options{.format = UpdateTextFormat::kJson};
//   out.write(line, FormatUpdateHeader(options, line));          // Nothing for JSON.
//   out.write(line, FormatUpdate(update, symbol, options, line));
//
// Columns, in this order for every version: what is added comes at the end. A record leaves those
// empty (JSON: leaves out) that it has not got. Names and meanings are those of
// codecs/update_abi.h.
//
//   ts_event_ns,ts_recv_ns,channel_id,sequence,instrument_id,symbol,record,action,side,flags,
//   index,detail,order_id,trade_id,price,size,order_count,depth,bid_price,ask_price,bid_size,
//   ask_size,kind,state,code,reason,value,round_lot,is_test,security_class,reference_price,paired,
//   imbalance,quantity,type,first,last,count,cause,published_ns32,stream,
//   session,epoch,original_id,conditions,size_decimals,book_depth
//
//   sequence  the venue's message number, without the stream, which has a column of its own; first
//             and last of a gap alike
//   times     integers, nanoseconds since 1970 UTC; unknown: empty, JSON null
//   prices    exact decimals without trailing zeros (187.25, 100, 0.0001); undefined: empty, null
//   record    order, level, top, trade, status, definition, imbalance, statistic, gap, session,
//             trade_detail
//   kind      of a status, a definition (STOCK, FUTURE, TEST) or a trade_detail
//   state     of TRADING and OPERATIONAL_HALT, CHANNEL_STUCK and sessions; else empty
//   is_test   1 when the kind is TEST
//   flags     names, CSV joined by '|', JSON an array: LAST TOB SNAPSHOT MBP BAD_TS_RECV
//             MAYBE_BAD_BOOK PRIORITY_KEPT IMPLIED
//   kind, state, type, cause   names (TRADING, HALTED, OPENING_PRICE, LOST); the number when this
//             version has no name for it
//   detail, code, security_class   the venue's letter, else 0x07; zero: empty, null
//   session   the id with its padding (spaces, NULs) cut off
//   texts     printable ASCII; other bytes as \x07 (CSV; quoted after RFC 4180) or \u0007 (JSON)
//
// In JSON, times, prices and the order and trade ids are strings, because readers that keep numbers
// as doubles would round them.
//
// Pure functions: any thread, no allocation, no error.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_UPDATE_TEXT_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_UPDATE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codecs/update.h"

namespace fh {

enum class UpdateTextFormat { kCsv, kJson };

struct UpdateTextOptions {
  UpdateTextFormat format = UpdateTextFormat::kCsv;
  // False leaves out ts_recv_ns, published_ns32 and the flag BAD_TS_RECV: what differs from run
  // to run, so that outputs can be compared byte for byte.
  bool receive_times = true;
  // False leaves out the symbol: a reader that is behind may already see a name that a later
  // message defined.
  bool symbol = true;
  // Columns to leave out besides, a bit each in their order (ColumnsToHide).
  uint64_t hidden_columns = 0;
};

// The bits for UpdateTextOptions::hidden_columns that leave only the named columns, which keep
// their order; or nothing and, in `unknown`, the first name that no column has.
std::optional<uint64_t> ColumnsToHide(std::span<const std::string> columns, std::string& unknown);

// All of them, in their order: "ts_event_ns, ts_recv_ns, ...".
std::string UpdateColumnNames();

// No line is longer, its newline included.
inline constexpr size_t kMaxUpdateTextBytes = 1024;

// The CSV header with its newline; nothing for JSON. Returns the bytes written, at most
// kMaxUpdateTextBytes.
size_t FormatUpdateHeader(const UpdateTextOptions& options, char* out);

// One line with its newline. `symbol` may be empty (a definition's own symbol is taken then) and is
// cut to 32 bytes. Returns the bytes written, at most kMaxUpdateTextBytes.
size_t FormatUpdate(const codecs::NormalizedUpdate& update, std::string_view symbol,
                    const UpdateTextOptions& options, char* out);

// A price in 1e-9 as an exact decimal without trailing zeros; at most 21 bytes.
size_t FormatPrice(int64_t price_e9, char* out);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_UPDATE_TEXT_H_
