/* A plugin in C11: proves that the headers are C, and what a table written by hand looks like. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feedhandler/strategy/plugin.h"

_Static_assert(sizeof(fh_update) == 64, "one cache line");
_Static_assert(offsetof(fh_update, order) == 32, "the union is where C++ has it");
_Static_assert(offsetof(fh_update, channel_id) == 56, "behind the union");
_Static_assert(offsetof(fh_strategy, name) == 16, "pointers follow the four numbers");

typedef struct {
  const fh_host* host;
  unsigned long updates;
  unsigned long idles;
  int fail_at_stop;
  char first_symbol[32];
} counter;

static void* create(const fh_host* host, const char* parameters, char* error, size_t error_bytes) {
  if (strcmp(parameters, "refuse") == 0) {
    snprintf(error, error_bytes, "told to refuse; leave it out");
    return NULL;
  }
  counter* self = calloc(1, sizeof(*self));
  self->host = host;
  self->fail_at_stop = strcmp(parameters, "fail_at_stop") == 0;
  host->log(host->context, FH_LOG_WARNING, "created");
  return self;
}

static void on_updates(void* self, const fh_update* updates, size_t count) {
  counter* me = self;
  if (me->updates == 0) {
    me->host->symbol(me->host->context, updates[0].channel_id, updates[0].instrument_id,
                     me->first_symbol, sizeof(me->first_symbol));
  }
  me->updates += count;
}

static void on_idle(void* self) { ((counter*)self)->idles++; }

static int on_stop(void* self, char* error, size_t error_bytes) {
  if (!((counter*)self)->fail_at_stop) return 0;
  snprintf(error, error_bytes, "could not flush");
  return 1;
}

static void summary(void* self, char* out, size_t bytes) {
  counter* me = self;
  snprintf(out, bytes, "updates=%lu idles=%lu first=%s\n", me->updates, me->idles,
           me->first_symbol);
}

static void destroy(void* self) { free(self); }

static const fh_strategy kTable = {sizeof(fh_strategy),
                                   FH_PLUGIN_ABI_VERSION,
                                   sizeof(fh_update),
                                   0,
                                   "c_counter",
                                   "Counts. No help.",
                                   create,
                                   on_updates,
                                   on_idle,
                                   on_stop,
                                   summary,
                                   destroy};

FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void);
const fh_strategy* fh_plugin(void) { return &kTable; }
