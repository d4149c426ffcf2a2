/* What is known of an instrument, as plain C: for strategies (feedhandler/strategy/plugin.h), and for
 * files of updates. Codecs fill it from what a venue's definitions say (codecs/instrument_store.h).
 *
 * Prices are integers of 1e-9; each field has a value that says "not known". */
#ifndef FEEDHANDLER_CODECS_INSTRUMENT_ABI_H_
#define FEEDHANDLER_CODECS_INSTRUMENT_ABI_H_

#include <stdint.h>

#include "codecs/update_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A leg of a spread. */
typedef struct fh_leg {
  uint32_t instrument_id; /* FH_UNKNOWN_INSTRUMENT when nothing has defined it. */
  int32_t ratio;          /* Bought for each unit of the spread that is bought; negative: sold. */
} fh_leg;

#define FH_MOST_LEGS 6

/* What is known of an instrument beside its name. */
typedef struct fh_terms {
  uint32_t struct_size;   /* Set by the caller to sizeof(fh_terms): what lies behind it is not
                             written. */
  uint8_t kind;           /* FH_KIND_*; FH_KIND_UNKNOWN */
  uint8_t size_decimals;  /* As in fh_definition; FH_UNKNOWN_DECIMALS */
  uint8_t price_decimals; /* Decimals that prices are shown with; FH_UNKNOWN_DECIMALS */
  uint8_t book_depth;     /* As in fh_definition; 0 */
  char put_call;          /* 'P' or 'C'; 0 */
  uint8_t leg_count;      /* All of them, also those beyond FH_MOST_LEGS; 0 */
  uint8_t reserved[2];
  char currency[4];       /* Of prices, ISO 4217, NUL padded; all NUL */
  int64_t tick;           /* Least step of prices, in 1e-9; FH_UNDEFINED_PRICE */
  int64_t display_factor; /* What the venue's prices are multiplied with to be shown, in 1e-9;
                             FH_UNDEFINED_PRICE */
  int64_t multiplier;     /* Units of the underlying in one contract, in 1e-9; FH_UNDEFINED_PRICE */
  int64_t strike;         /* In 1e-9; FH_UNDEFINED_PRICE */
  int64_t expiry_ns;  /* Last moment of trading, nanoseconds since 1970 UTC; FH_UNDEFINED_TIME */
  uint64_t round_lot; /* In units of 10 to the minus size_decimals; 0 */
  uint32_t underlying_id; /* FH_UNKNOWN_INSTRUMENT */
  uint32_t reserved1;
  fh_leg legs[FH_MOST_LEGS]; /* The first of them. */
} fh_terms;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* FEEDHANDLER_CODECS_INSTRUMENT_ABI_H_ */
