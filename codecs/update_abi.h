/* The normalized update as plain C, version 2: what strategies and plugins are given, 64 bytes, one
 * cache line. What each venue means by a record, a flag or an action: codecs/README.md.
 *
 * Vocabulary of the DBN and FIX world. Units: prices are int64 in 1e-9 (FH_UNDEFINED_PRICE = not
 * there), times are int64 nanoseconds since 1970 UTC (FH_UNDEFINED_TIME = not known), sizes are the
 * venue's shares or contracts.
 *
 * The one rule for executions, for every venue: T, F and N never change a book. An execution
 * against a displayed order is T (the trade: the aggressor's side when known, else N), then F (the
 * resting order: its id and side), then the C or M that takes the quantity off, all in one event
 * whose last record carries FH_FLAG_LAST. An execution against hidden interest is a T alone. So
 * traded volume is the sum of T, filled volume of an order the sum of its F, and books follow from
 * A, M, C and R alone. Venues that publish price levels: T, and the level's own update.
 *
 * Sides and prices that a message does not say are not made up: FH_SIDE_NONE, FH_UNDEFINED_PRICE. A
 * venue whose executions, cancels and replaces name only the order (Nasdaq) leaves both open in T,
 * F and C. Its replace is C of the old order and A of the new one, which has price and size and the
 * side of the old order: FH_SIDE_NONE on that A says so. It is always the record behind that C, of
 * the same sequence; who does not know the old order cannot place the new one.
 *
 * One venue message becomes one or more records, which share session, channel and sequence, and
 * count up in `index` (through the whole packet where the venue numbers packets). So two copies of
 * a stream (lines united elsewhere, a second program) are the same record when session, channel_id,
 * sequence and index are: that is all a fan-out compares. What a venue sends outside of all
 * numbering has the number 0, and cannot be told so.
 * Records of the session layer (FH_RECORD_GAP, session starts and ends, FH_STATUS_CHANNEL_STUCK)
 * are of no message, and are left out of that.
 *
 * codecs/update.h is the C++ view of the same structure. */
#ifndef FEEDHANDLER_CODECS_UPDATE_ABI_H_
#define FEEDHANDLER_CODECS_UPDATE_ABI_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FH_UNDEFINED_PRICE INT64_MAX
#define FH_UNDEFINED_TIME INT64_MAX
/* Order size in a C record that takes off all that is left, whatever it is. */
#define FH_SIZE_ALL 0
/* Records that concern every instrument of a channel, or where it has several streams of the one in
 * `sequence` (a clear, a system event), carry this id. */
#define FH_ALL_INSTRUMENTS 0
/* Of one instrument, but nothing has said which: no definition named it, or there was no room for
 * its name (counted as instruments_full). Several such instruments share it: keep no book of it. */
#define FH_UNKNOWN_INSTRUMENT UINT32_C(0xFFFFFFFF)
/* fh_top's sizes have 32 bits: this means "this many or more". */
#define FH_TOP_SIZE_MOST UINT32_MAX

/* fh_update.sequence: the stream in the upper 16 bits (a unit, a product; 0 where a channel has one
 * stream), the venue's message number in the lower 48. So the order of `sequence` is the order of
 * each stream; of different streams it says nothing. */
#define FH_STREAM_SHIFT 48
#define FH_NUMBER_MASK ((UINT64_C(1) << FH_STREAM_SHIFT) - 1)
static inline uint16_t fh_stream(uint64_t sequence) {
  return (uint16_t)(sequence >> FH_STREAM_SHIFT);
}
static inline uint64_t fh_number(uint64_t sequence) { return sequence & FH_NUMBER_MASK; }
static inline uint64_t fh_sequence(uint16_t stream, uint64_t number) {
  return (uint64_t)stream << FH_STREAM_SHIFT | (number & FH_NUMBER_MASK);
}

/* fh_update.record: which member of the union is meant. */
enum {
  FH_RECORD_ORDER = 1,      /* order:      one order (market by order): A, M, C, F, R */
  FH_RECORD_LEVEL = 2,      /* level:      one price level (market by price): M, C, R */
  FH_RECORD_TOP = 3,        /* top:        best bid and ask: M, R */
  FH_RECORD_TRADE = 4,      /* trade:      T, or C for a trade that was broken */
  FH_RECORD_STATUS = 5,     /* status:     N */
  FH_RECORD_DEFINITION = 6, /* definition: N: what instrument_id stands for */
  FH_RECORD_IMBALANCE = 7,  /* imbalance:  N */
  FH_RECORD_STATISTIC = 8,  /* statistic:  N */
  FH_RECORD_GAP =
      9, /* gap:        N: messages that no line delivered, or that a slow reader lost */
  FH_RECORD_SESSION = 10,     /* session:    R: a stream of messages begins, and every book of it is
                                 void; N: it has ended */
  FH_RECORD_TRADE_DETAIL = 11 /* trade_detail: N: more of the trade before it in the same event, or,
                                 alone, of an earlier one */
};

/* fh_update.action */
enum {
  FH_ACTION_ADD = 'A',    /* A new order, full size. */
  FH_ACTION_MODIFY = 'M', /* The new total: of an order, of a level, of the top of book. */
  FH_ACTION_CANCEL =
      'C', /* order.size is the quantity taken off (0: all that is left); a level: gone. */
  /* The book is empty; for FH_ALL_INSTRUMENTS every book of the channel's stream. */
  FH_ACTION_CLEAR = 'R',
  FH_ACTION_TRADE = 'T', /* One trade. Never changes a book. */
  FH_ACTION_FILL = 'F',  /* A resting order was hit. Never changes a book; the C or M follows. */
  FH_ACTION_NONE = 'N'
};

/* fh_update.side: of the order or level; of the aggressor in a trade; of the imbalance. NONE where
 * the record has no side or the venue does not say it. */
enum { FH_SIDE_BID = 'B', FH_SIDE_ASK = 'A', FH_SIDE_NONE = 'N' };

/* fh_update.flags (DBN's values) */
enum {
  FH_FLAG_LAST = 128,      /* Last record of the venue's event: books are consistent here. */
  FH_FLAG_TOB = 64,        /* Top-of-book record. */
  FH_FLAG_SNAPSHOT = 32,   /* From a snapshot, not from the live stream. */
  FH_FLAG_MBP = 16,        /* Price-level record. */
  FH_FLAG_BAD_TS_RECV = 8, /* ts_recv_ns is doubtful. */
  /* Messages before this one are missing and not recovered. Not of FH_RECORD_TOP: each is the whole
   * top of book, so a symbol is right again from its first one on. Where a venue tells one side at a
   * time (MIAX, MEMX Top), of a top whose other side was not told since. */
  FH_FLAG_MAYBE_BAD_BOOK = 4,
  FH_FLAG_PRIORITY_KEPT = 2, /* M of an order: it keeps its place in the queue. */
  /* An order, level or trade that the venue worked out from orders of other instruments (spreads
   * and their legs). Implied levels are a book of their own: to be shown beside the outright one,
   * or added to it by price, never put in its place. */
  FH_FLAG_IMPLIED = 1
};

/* status.kind */
enum {
  FH_STATUS_SYSTEM_EVENT = 1, /* code: the venue's event letter */
  FH_STATUS_TRADING = 2,      /* state: FH_TRADING_*; code: the venue's letter; reason */
  FH_STATUS_OPERATIONAL_HALT =
      3,                    /* state: FH_TRADING_HALTED or FH_TRADING_OPEN, on this market only */
  FH_STATUS_SHORT_SALE = 4, /* value: 1 = restriction in force */
  FH_STATUS_RETAIL_INTEREST = 5, /* side says where */
  FH_STATUS_SECURITY_EVENT = 6,  /* code: opening or closing process complete */
  FH_STATUS_CIRCUIT_BREAKER = 7, /* value: level breached */
  FH_STATUS_IPO_QUOTING =
      8, /* code: anticipated or cancelled; value: release, seconds since midnight */
  FH_STATUS_CROSS_DONE = 9, /* A cross without shares; code: cross type */
  FH_STATUS_AUCTION =
      10, /* Auction eligibility or schedule; code, value as the venue gives them. */
  FH_STATUS_QUOTE_REQUEST =
      12, /* Somebody asks for quotes. side; value: the size asked for, or 0 */
  /* Before the first record of a picture (FH_FLAG_SNAPSHOT), or, where the venue says it behind
   * them, before the one with LAST: the picture of this instrument (of all: FH_ALL_INSTRUMENTS)
   * holds the live stream up to and with the message `value`; 0: none of it. It is what the venue
   * wrote, so of 32 bits where its numbers are: `sequence` of the live channel counts on beyond. */
  FH_STATUS_SNAPSHOT_AT = 13,
  FH_STATUS_CHANNEL_STUCK =
      11 /* By the session layer. state: 1 = packets come and no message could be delivered for
            long, 0 = messages are delivered again; value: how many packets came in vain */
};

/* session.state */
enum {
  FH_SESSION_JOINED = 1,    /* The first stream of the channel that this program saw. */
  FH_SESSION_NEW = 2,       /* The venue's session id changed. */
  FH_SESSION_RESTARTED = 3, /* The numbers started over under the same id. */
  FH_SESSION_CORRECTED = 4, /* Nothing new: the stream was believed to stand elsewhere. */
  FH_SESSION_ENDED = 5      /* The venue closed the session; the books stay as they are. */
};

/* status.state for FH_STATUS_TRADING and FH_STATUS_OPERATIONAL_HALT */
enum {
  FH_TRADING_UNKNOWN = 0,
  FH_TRADING_OPEN = 1,
  FH_TRADING_HALTED = 2,
  FH_TRADING_PAUSED = 3,
  FH_TRADING_QUOTING = 4, /* Quotation only. */
  FH_TRADING_ORDERS = 5   /* Orders are accepted, no trading. */
};

/* statistic.type: what `price` or `quantity` is. */
enum {
  FH_STAT_OPENING_PRICE = 1,
  FH_STAT_CLOSING_PRICE = 2,
  FH_STAT_IPO_PRICE = 3,
  FH_STAT_REFERENCE_PRICE = 4,
  FH_STAT_UPPER_BAND = 5,
  FH_STAT_LOWER_BAND = 6,
  FH_STAT_NEAR_PRICE = 7,
  FH_STAT_FAR_PRICE = 8,
  FH_STAT_BREAKER_LEVEL_1 = 9,
  FH_STAT_BREAKER_LEVEL_2 = 10,
  FH_STAT_BREAKER_LEVEL_3 = 11,
  FH_STAT_PREVIOUS_CLOSE = 12,
  FH_STAT_INDICATIVE_PRICE = 13,
  FH_STAT_BOOK_CLEARING_PRICE = 14,
  FH_STAT_CROSS_PRICE = 15,
  FH_STAT_COLLAR_REFERENCE = 16,
  FH_STAT_MINIMUM_PRICE = 17,
  FH_STAT_MAXIMUM_PRICE = 18,
  FH_STAT_VOLUME = 19, /* Traded so far, as the venue counts it. */
  FH_STAT_HIGH_PRICE = 20,
  FH_STAT_LOW_PRICE = 21,
  FH_STAT_AVERAGE_PRICE = 22, /* Weighted by volume. */
  FH_STAT_HIGHEST_BID = 23,
  FH_STAT_LOWEST_OFFER = 24,
  FH_STAT_SETTLEMENT_PRICE = 25,
  FH_STAT_CLEARED_VOLUME = 26,
  FH_STAT_OPEN_INTEREST = 27,
  FH_STAT_FIXING_PRICE = 28,
  FH_STAT_PRICE_VARIATION = 29 /* The most that a price may differ from the last. */
};

/* definition.kind */
enum {
  FH_KIND_UNKNOWN = 0, /* The venue does not say. */
  FH_KIND_STOCK = 1,   /* And whatever trades like one: funds, rights, warrants, units. */
  FH_KIND_FUTURE = 2,
  FH_KIND_OPTION = 3,
  FH_KIND_SPREAD = 4, /* Anything with legs. */
  FH_KIND_INDEX = 5,
  FH_KIND_CURRENCY = 6,
  FH_KIND_BOND = 7,
  FH_KIND_TEST = 8 /* A test instrument, whatever it plays: nothing of it is real. */
};

/* definition.size_decimals, and decimals elsewhere, that nobody has said. */
#define FH_UNKNOWN_DECIMALS 255

/* trade_detail.kind */
enum {
  FH_DETAIL_CONDITIONS = 1, /* `conditions` is all that it says. */
  FH_DETAIL_CORRECTION = 2, /* The trade before it stands in place of original_id. */
  FH_DETAIL_CANCEL = 3      /* original_id is void, as C of FH_RECORD_TRADE says it; for venues that
                               give a reason, or name it by another id than the trade's own. */
};

/* gap.cause */
enum {
  FH_GAP_LOST = 1, /* No line delivered the messages first..last, and nothing recovered them. */
  FH_GAP_LATE_JOIN = 2, /* The stream was joined at `last + 1`; first..last happened before. */
  FH_GAP_RING_FULL = 3, /* This reader was too slow: `count` updates were not put into its ring. */
  FH_GAP_DAMAGED = 4    /* The packet that held them was damaged on every line. */
};

/* The members of fh_update's union, 24 bytes each; fh_update.record says which one it is. */
typedef struct fh_order {
  uint64_t order_id;
  int64_t price;
  uint64_t size;
} fh_order;

typedef struct fh_level {
  int64_t price;
  uint64_t size;        /* The level's new total. */
  uint32_t order_count; /* 0 = not published. */
  uint32_t depth;       /* 1 = best; 0 = not published. */
} fh_level;

typedef struct fh_top {
  int64_t bid_price; /* Undefined, with size 0: that side is empty. */
  int64_t ask_price;
  uint32_t bid_size; /* FH_TOP_SIZE_MOST: this many or more; levels have all 64 bits. */
  uint32_t ask_size;
} fh_top;

/* A size as fh_top holds it. */
static inline uint32_t fh_top_size(uint64_t size) {
  return size < FH_TOP_SIZE_MOST ? (uint32_t)size : FH_TOP_SIZE_MOST;
}

typedef struct fh_trade {
  uint64_t trade_id;
  int64_t price;
  uint64_t size;
} fh_trade;

typedef struct fh_status {
  uint16_t kind;  /* FH_STATUS_* */
  uint8_t state;  /* FH_TRADING_* */
  char code;      /* The venue's own letter. */
  char reason[4]; /* The venue's own text, space padded. */
  int64_t value;
  uint64_t reserved;
} fh_status;

typedef struct fh_definition {
  char symbol[16];     /* NUL padded; fh_host.symbol has longer ones whole. */
  uint32_t round_lot;  /* 0 = not published. */
  uint8_t kind;        /* FH_KIND_* */
  char security_class; /* The venue's own letter; 0 = not published. */
  /* Sizes of this instrument are whole numbers of 10 to the minus this; FH_UNKNOWN_DECIMALS. */
  uint8_t size_decimals;
  /* Levels a side that the venue publishes: what falls off below them it does not say. 0 = all of
   * them, or not published; 255 = that many or more. */
  uint8_t book_depth;
} fh_definition; /* What else is known of it: fh_host.terms of feedhandler/strategy/plugin.h. */

typedef struct fh_imbalance {
  int64_t reference_price;
  uint64_t paired;
  uint64_t imbalance;
} fh_imbalance;

typedef struct fh_statistic {
  int64_t price; /* FH_UNDEFINED_PRICE when the statistic is a quantity. */
  int64_t quantity;
  uint16_t type; /* FH_STAT_* */
  uint16_t reserved0;
  uint32_t reserved1;
} fh_statistic;

typedef struct fh_gap {
  uint64_t first; /* First and last missing message, inclusive; as in `sequence`. */
  uint64_t last;
  uint32_t count; /* Messages (or, for FH_GAP_RING_FULL, updates) missing; saturates. */
  uint16_t cause; /* FH_GAP_* */
  uint16_t reserved;
} fh_gap;

typedef struct fh_session {
  /* The venue's name for the stream, as it stands on the wire and NUL padded (MoldUDP64: 10
   * characters, IEX-TP: session number and channel, binary). All NUL is one too. */
  char session[16];
  uint32_t epoch; /* 0, and one more each time that instrument ids were forgotten and begin anew. */
  uint8_t state;  /* FH_SESSION_* */
  uint8_t reserved0;
  uint16_t reserved1;
} fh_session;

typedef struct fh_trade_detail {
  uint64_t original_id; /* trade.trade_id of the trade that it is about. */
  char conditions[8];   /* The venue's own letters, in its order, NUL padded. */
  uint16_t kind;        /* FH_DETAIL_* */
  uint16_t reserved0;
  uint32_t reserved1;
} fh_trade_detail;

typedef struct fh_update {
  uint8_t record;         /* FH_RECORD_* */
  char action;            /* FH_ACTION_* */
  char side;              /* FH_SIDE_* */
  uint8_t flags;          /* FH_FLAG_* */
  uint32_t instrument_id; /* Stable within a session; FH_RECORD_DEFINITION names it. */
  uint64_t sequence;      /* fh_stream() and the venue's fh_number(); one for all records of a
                             message. */
  int64_t ts_event_ns;    /* The venue's time of the event. */
  int64_t
      ts_recv_ns; /* Kernel, hardware or capture stamp when there is one, else time of dequeue. */
  union {
    fh_order order;
    fh_level level;
    fh_top top;
    fh_trade trade;
    fh_status status;
    fh_definition definition;
    fh_imbalance imbalance;
    fh_statistic statistic;
    fh_gap gap;
    fh_session session;
    fh_trade_detail trade_detail;
  };
  uint16_t channel_id; /* As configured. */
  /* The place of the record among those of its `sequence`, 0 first; from 255 on all are 255. So
   * within its message; where the venue numbers packets, within the packet. */
  uint8_t index;
  /* The venue's own code where the record says so: auction or cross type, condition flags. */
  uint8_t detail;
  /* Low 32 bits of the UNIX ns at which the batch was shown to this reader, to 4 ns: the two lowest
   * bits are the ring's own. Set by the ring on the first record of each batch, 0 elsewhere
   * (decoders write 0). With the time of sight it gives how long a batch waited. */
  uint32_t published_ns32;
} fh_update;

#ifdef __cplusplus
}
#endif

#endif /* FEEDHANDLER_CODECS_UPDATE_ABI_H_ */
