/* The C table by which a strategy is called, whether it is compiled in or loaded from a shared
 * library. C++ authors want feedhandler/strategy/strategy.h, which fills it in from a class.
 *
 *   static const fh_strategy kTable = {
 *       sizeof(fh_strategy), FH_PLUGIN_ABI_VERSION, sizeof(fh_update), 0,
 *       "my_strategy", "What it does, and its parameters.",
 *       create, on_updates, NULL, NULL, NULL, destroy};
 *   FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) { return &kTable; }
 *
 * Threads. create, summary and destroy are called on the program's main thread; on_updates, on_idle
 * and on_stop on the strategy's own thread (one thread, which may serve several strategies in
 * turn). The calls never overlap, and each happens before the next, so a strategy needs no lock:
 *
 *   create -> { on_updates | on_idle }* -> on_stop -> summary* -> destroy
 *
 * on_stop is left out when the program could not start; destroy is not.
 *
 * Cost. on_updates is one indirect call for a span of updates. While it runs, the ring behind this
 * strategy fills: a strategy that blocks, allocates or writes files loses updates when the ring is
 * full, and is told so by an FH_RECORD_GAP with FH_GAP_RING_FULL. It delays no other thread.
 *
 * Exceptions never cross this boundary. on_updates, on_idle and destroy end the program when they
 * throw; create, on_stop and summary report what they caught when strategy.h is used.
 *
 * Compatibility. Structures only grow at the end; struct_size says which fields there are, and a
 * plugin that was built against fewer fields goes on working. FH_PLUGIN_ABI_VERSION changes when
 * the meaning of anything here or in codecs/update_abi.h changes; then, or when the size of
 * fh_update differs, the loader refuses the plugin and says what to rebuild. The first three fields
 * of fh_strategy stay where they are for ever. */
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_PLUGIN_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_PLUGIN_H_

#include <stddef.h>
#include <stdint.h>

#include "codecs/instrument_abi.h"
#include "codecs/update_abi.h"
#include "feedhandler/strategy/book_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FH_PLUGIN_ABI_VERSION 2
#define FH_PLUGIN_UPDATE_SIZE 64
/* The exported function, as the loader looks it up. */
#define FH_PLUGIN_SYMBOL "fh_plugin"

#if defined(_WIN32)
#define FH_PLUGIN_VISIBLE __declspec(dllexport)
#else
#define FH_PLUGIN_VISIBLE __attribute__((visibility("default")))
#endif
#ifdef __cplusplus
#define FH_PLUGIN_EXPORT extern "C" FH_PLUGIN_VISIBLE
#else
#define FH_PLUGIN_EXPORT FH_PLUGIN_VISIBLE
#endif

/* Severity of a log line. */
enum { FH_LOG_INFO = 0, FH_LOG_WARNING = 1, FH_LOG_ERROR = 2 };

/* What the program offers to a strategy. Valid from create until destroy has returned. The
 * functions may be called from any thread; none is null. */
typedef struct fh_host {
  uint32_t struct_size; /* sizeof(fh_host) of the program; fields beyond it are not there. */
  uint32_t reserved;
  void* context; /* First argument of the functions below. */
  /* Copies the instrument's symbol into `out`, NUL terminated and cut to `bytes`. Returns its whole
   * length, which is at most 24 today; 0, and an empty string, when the id is not known (yet). Wait
   * free, no allocation: fit for the hot path, though a strategy that caches names is faster. */
  size_t (*symbol)(void* context, uint16_t channel_id, uint32_t instrument_id, char* out,
                   size_t bytes);
  /* One line of text into the program's log, with the strategy's name before it. May allocate and
   * block: for rare events, never for every update. `text` is copied. */
  void (*log)(void* context, int severity, const char* text);
  /* Writes what is known of the instrument to `terms`, whose struct_size the caller has set, and
   * all else as not known. Returns 1 when the id has a name, else 0. Wait free, no allocation. What
   * a venue says in definitions is there from the notice in the stream on (FH_RECORD_DEFINITION). */
  int (*terms)(void* context, uint16_t channel_id, uint32_t instrument_id, fh_terms* terms);
  /* The thread's order books (feedhandler/strategy/book_abi.h); null when it keeps none. Older
   * programs have not this field: ask by fh_host_books. */
  const fh_books* books;
} fh_host;

/* The thread's order books; null when its configuration has no books { }, or the program is older. */
static inline const fh_books* fh_host_books(const fh_host* host) {
  return host->struct_size >= offsetof(fh_host, books) + sizeof(host->books) ? host->books : NULL;
}

/* A kind of strategy. The table and its texts live as long as the library stays loaded. */
typedef struct fh_strategy {
  uint32_t struct_size; /* sizeof(fh_strategy) that the plugin was built with. */
  uint32_t abi_version; /* FH_PLUGIN_ABI_VERSION that the plugin was built with. */
  uint32_t update_size; /* sizeof(fh_update) that the plugin was built with. */
  uint32_t reserved;    /* 0 */
  const char* name;     /* For logs and reports. */
  const char* help;     /* One or few lines: what it does, and its parameters. */

  /* Makes a strategy. `parameters` is the text of the configuration, "" when there is none; by
   * convention key=value,key=value. Null refuses: then a sentence with the fix stands in `error`
   * (NUL terminated, at most error_bytes with the NUL). May allocate and block; everything that the
   * other calls need should be allocated here. */
  void* (*create)(const fh_host* host, const char* parameters, char* error, size_t error_bytes);
  /* `count` (at least 1) updates in order. The memory is valid only during the call. */
  void (*on_updates)(void* self, const fh_update* updates, size_t count);
  /* Optional (null). No update is waiting; called again and again until one is. */
  void (*on_idle)(void* self);
  /* Optional (null). After the last update: flush. 0 when all went well; otherwise a sentence in
   * `error`, which the program reports, and a failing exit status. */
  int (*on_stop)(void* self, char* error, size_t error_bytes);
  /* Optional (null). One or few lines for the report at the end, NUL terminated, at most `bytes`
   * (65,536 or more) with the NUL. */
  void (*summary)(void* self, char* out, size_t bytes);
  /* Frees what create made. */
  void (*destroy)(void* self);
} fh_strategy;

/* What a plugin exports: FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) { ... } */
typedef const fh_strategy* (*fh_plugin_function)(void);

#ifdef __cplusplus
} /* extern "C" */
#define FH_PLUGIN_STATIC_ASSERT static_assert
#else
#define FH_PLUGIN_STATIC_ASSERT _Static_assert
#endif

FH_PLUGIN_STATIC_ASSERT(sizeof(fh_update) == FH_PLUGIN_UPDATE_SIZE, "fh_update is 64 bytes");
FH_PLUGIN_STATIC_ASSERT(sizeof(fh_terms) == 120, "no hole in it");
FH_PLUGIN_STATIC_ASSERT(offsetof(fh_strategy, struct_size) == 0, "never moves");
FH_PLUGIN_STATIC_ASSERT(offsetof(fh_strategy, abi_version) == 4, "never moves");
FH_PLUGIN_STATIC_ASSERT(offsetof(fh_strategy, update_size) == 8, "never moves");

#endif /* FEEDHANDLER_FEEDHANDLER_STRATEGY_PLUGIN_H_ */
