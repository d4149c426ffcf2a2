/* Order books as a strategy sees them: those that its thread keeps when the configuration says
 * strategy_thread { books { } }. Reached by fh_host_books (feedhandler/strategy/plugin.h).
 *
 *   const fh_books* books = fh_host_books(host);         // Null: the thread keeps no books.
 *   books->listen(books->context, on_book, self);        // In create.
 *   books->subscribe(books->context, 1, FH_ALL_INSTRUMENTS, FH_BOOK_TOP, 0, 0);
 *
 *   void on_book(void* self, const fh_book_notice* notice) {
 *     fh_book_top top;
 *     books->top(books->context, notice->book, FH_BOOK_DIRECT, &top);
 *   }
 *
 * What a book is when. Notices come at the end of an event (FH_FLAG_LAST) alone, once the strategy was
 * given the event's updates and none behind them: the book is what these made of it. In on_updates the
 * books stand behind the last update of the span. With top records in the stream (books.top_records,
 * the default) FH_RECORD_TOP stands behind the event that changed the best prices, for strategies that
 * want no more than these.
 *
 * Threads. subscribe, unsubscribe, watch and unwatch also in create; everything else in on_updates,
 * on_book, on_idle and on_stop only. A book's number stays as long as the strategy: across sessions too,
 * where the instrument may be another one.
 *
 * Cost. No function allocates, locks or calls the system but subscribe and watch, which may allocate
 * when they are called in create and never do afterwards. find is one look-up in a table; top and
 * state a copy; levels a copy of what is asked for; position walks the orders at one price.
 *
 * Compatibility: as in plugin.h; struct_size says which fields there are. */
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_BOOK_ABI_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_BOOK_ABI_H_

#include <stddef.h>
#include <stdint.h>

#include "codecs/update_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A book of an instrument, by a number that means nothing else; FH_NO_BOOK is none. An instrument has one of each family that the venue sends records
 * of: one of orders, one of price levels, one of best prices. None is made from another. */
typedef uint32_t fh_book;
#define FH_NO_BOOK UINT32_C(0)

enum {
  FH_BOOK_OF_ORDERS = 0,
  FH_BOOK_OF_LEVELS = 1,
  FH_BOOK_OF_TOPS = 2,
  FH_BOOK_OF_ANY = 255 /* The first of them that there is. */
};

/* Parts of a book. */
enum {
  FH_BOOK_DIRECT = 0,      /* What participants have entered. */
  FH_BOOK_IMPLIED = 1,     /* What the venue worked out from other instruments (FH_FLAG_IMPLIED). */
  FH_BOOK_CONSOLIDATED = 2 /* Both, added by price. */
};

/* Levels of FH_BOOK_CONSOLIDATED that one call gives at most. */
#define FH_BOOK_MOST_CONSOLIDATED 256

/* Kinds of notices, a bit each. */
enum {
  FH_BOOK_TOP = 1,      /* The best bid or ask is another, in price or size. */
  FH_BOOK_LEVELS = 2,   /* One of the best `levels` of a side is another. */
  FH_BOOK_EVENT = 4,    /* An event of the instrument has ended, whatever it changed. */
  FH_BOOK_STATE = 8,    /* The book became good or doubtful. */
  FH_BOOK_CLEARED = 16, /* A session starts: the book is empty, what was asked for of it is void. */
  FH_BOOK_QUEUE = 32,   /* A watched order has another place, or is gone. Needs watch alone. */
  FH_BOOK_IMPLIED_TOP = 64,       /* As FH_BOOK_TOP, of the implied part. */
  FH_BOOK_CONSOLIDATED_TOP = 128, /* As FH_BOOK_TOP, of both parts together. */
  /* At most once in each `interval_ns` of receive times, when an event has ended since the last: the
   * state at the end of the interval, so that the last one before the book falls silent is told too. */
  FH_BOOK_TIMED = 256,
  /* No kind: the others are left out while the book is not good, but for FH_BOOK_STATE,
   * FH_BOOK_CLEARED and FH_BOOK_QUEUE. */
  FH_BOOK_GOOD_ONLY = 65536
};

/* fh_book_state.state */
enum {
  FH_BOOK_GOOD = 0,     /* What the venue said, nothing missing. */
  FH_BOOK_DOUBTFUL = 1, /* Something is missing or contradicts; updates are applied all the same. */
  FH_BOOK_RECOVERING = 2 /* A snapshot is being taken over. */
};

/* fh_book_state.cause: why a book is not good; the first cause since it was. */
enum {
  FH_BOOK_CAUSE_NONE = 0,
  FH_BOOK_CAUSE_GAP = 1,             /* Messages are missing (FH_RECORD_GAP). */
  FH_BOOK_CAUSE_FLAG = 2,            /* FH_FLAG_MAYBE_BAD_BOOK of an update. */
  FH_BOOK_CAUSE_UNKNOWN_ORDER = 3,   /* An update of an order that is not there. */
  FH_BOOK_CAUSE_MORE_THAN_LEFT = 4,  /* More taken off than there was. */
  FH_BOOK_CAUSE_DUPLICATE_ORDER = 5, /* An order was added that is there. */
  FH_BOOK_CAUSE_SIDE_UNKNOWN = 6,    /* An order without a side, and none before it that tells. */
  FH_BOOK_CAUSE_CONTRADICTION = 7,   /* A level that is not where the venue says it is. */
  FH_BOOK_CAUSE_ORDERS_FULL = 8,     /* books.orders had no room. */
  FH_BOOK_CAUSE_LEVELS_FULL = 9,     /* books.levels had no room. */
  FH_BOOK_CAUSE_SIZE_OVERFLOW = 10,  /* A size beyond 64 bits; it stays at the most. */
  FH_BOOK_CAUSE_FOLLOWED_LATE = 11,  /* What happened before it was followed is not known. */
  FH_BOOK_CAUSE_MISMATCH = 12        /* The venue's own picture of it differed. */
};

typedef struct fh_book_level {
  int64_t price;
  uint64_t size;
  uint32_t order_count; /* 0 = not known. */
  uint32_t reserved;
} fh_book_level;

/* An order in the queue of a level. */
typedef struct fh_book_order {
  uint64_t order_id;
  uint64_t size;
} fh_book_order;

typedef struct fh_book_top {
  int64_t bid_price; /* FH_UNDEFINED_PRICE, with size 0: that side is empty. */
  int64_t ask_price;
  uint64_t bid_size;
  uint64_t ask_size;
} fh_book_top;

typedef struct fh_book_state {
  uint32_t struct_size; /* Set by the caller. */
  uint8_t state;        /* FH_BOOK_GOOD ... */
  uint8_t cause;        /* FH_BOOK_CAUSE_* */
  uint16_t reserved;
  uint64_t since_sequence; /* When not good: the update that made it so. */
  uint64_t sequence;       /* Of the last update of the book. */
  int64_t ts_event_ns;     /* Its time. */
  uint64_t hash;           /* Of the levels: equal books have equal ones, whatever led to them. */
  uint32_t bid_levels;     /* How many levels each side has. */
  uint32_t ask_levels;
} fh_book_state;

/* An order's place in the queue of its price. */
typedef struct fh_queue_position {
  uint64_t orders_ahead;
  uint64_t size_ahead;
  uint64_t size; /* The order's own. */
  uint64_t level_size;
  int64_t price;
  uint32_t level_orders;
  char side; /* FH_SIDE_* */
  char reserved[3];
} fh_queue_position;

typedef struct fh_book_notice {
  uint32_t struct_size;
  uint32_t kinds;    /* Those that apply, of what was subscribed to. */
  uint64_t sequence; /* Of the update at hand: the event's last one. */
  int64_t ts_event_ns;
  int64_t ts_recv_ns;
  uint64_t order_id; /* FH_BOOK_QUEUE: which order. */
  fh_book book;
  uint32_t instrument_id;
  uint16_t channel_id;
  uint8_t family; /* FH_BOOK_OF_* */
  uint8_t reserved0;
  uint32_t reserved1;
} fh_book_notice;

typedef struct fh_books {
  uint32_t struct_size; /* sizeof(fh_books) of the program; fields beyond it are not there. */
  uint32_t reserved;
  void* context; /* First argument of the functions below; of one strategy. */

  /* Whom to tell: one function a strategy, in place of the one before. */
  void (*listen)(void* context, void (*on_book)(void* self, const fh_book_notice* notice),
                 void* self);

  /* A book of an instrument; FH_NO_BOOK when there is none (yet), or it is not kept. What the functions
   * below say of FH_NO_BOOK is what they say of an empty one. */
  fh_book (*find)(void* context, uint16_t channel_id, uint32_t instrument_id, int family);

  void (*top)(void* context, fh_book book, int part, fh_book_top* top);

  /* Copies the best levels of a side, best first, up to `most`; returns how many. */
  size_t (*levels)(void* context, fh_book book, int part, char side, fh_book_level* levels,
                   size_t most);

  /* Fills in as much of `state` as its struct_size has room for. */
  void (*state)(void* context, fh_book book, fh_book_state* state);

  /* 1, and the place of the order; 0 when the book has no such order. */
  int (*position)(void* context, fh_book book, uint64_t order_id, fh_queue_position* position);

  /* Notices of FH_BOOK_QUEUE of this order from now on, which may come later; 1, also when it is watched
   * already, or 0 when the channel has no books, or there is no room for another watch (4,096 on the
   * thread). Until unwatch, also when the order is gone; a session's start ends it. */
  int (*watch)(void* context, uint16_t channel_id, uint32_t instrument_id, uint64_t order_id);
  void (*unwatch)(void* context, uint16_t channel_id, uint32_t instrument_id, uint64_t order_id);

  /* Notices of these kinds of the instrument from now on, in place of what was asked for before.
   * FH_ALL_INSTRUMENTS: of all of the channel's of which nothing else was asked for. `levels`: of
   * FH_BOOK_LEVELS, 1 to 32. `interval_ns`: of FH_BOOK_TIMED, one for all of the strategy. 0 kinds: no
   * notices. Returns 1, or 0 when an argument is out of bounds, or there is no room (16,384 instruments
   * a strategy). Of an instrument that ids of another session stand for: none any more. */
  int (*subscribe)(void* context, uint16_t channel_id, uint32_t instrument_id, uint32_t kinds,
                   uint32_t levels, int64_t interval_ns);

  /* The same of every book of the thread: what subscribe says of a channel or an instrument comes
   * before it. */
  int (*subscribe_all)(void* context, uint32_t kinds, uint32_t levels, int64_t interval_ns);

  /* Copies the orders of a level of a book of orders, the oldest first, up to `most`; how many. */
  size_t (*orders)(void* context, fh_book book, char side, int64_t price, fh_book_order* orders,
                   size_t most);

  /* What a market order of `size` against this side of the book would cost: the average price in 1e-9,
   * rounded down, and how much of the size there is. Returns 0 when the side is empty. `side`: that
   * of the book, FH_SIDE_ASK for a buyer. */
  int (*vwap)(void* context, fh_book book, char side, uint64_t size, int64_t* price,
              uint64_t* filled);
} fh_books;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* FEEDHANDLER_FEEDHANDLER_STRATEGY_BOOK_ABI_H_ */
