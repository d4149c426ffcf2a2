// A strategy that goes wrong at its first call, as its parameter says: crash, abort, throw,
// overflow (of the stack), hang (until stop is asked of the process), or stop_crash (in OnStop).
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "feedhandler/strategy/plugin.h"

namespace {

std::string how;

void* Create(const fh_host*, const char* parameters, char*, size_t) {
  how = parameters;
  return &how;
}

// Deeper than any stack. That it might end keeps compilers from complaining.
int Recurse(volatile int& depth) {
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  depth = depth + 1;
  if (depth < 0) return 0;
  return Recurse(depth) + room[0];
}

void Crash() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}

void OnUpdates(void*, const fh_update*, size_t) {
  if (how == "crash") Crash();
  if (how == "abort") std::abort();
  if (how == "throw") throw std::runtime_error("unexpected");
  volatile int depth = 0;
  if (how == "overflow") depth = Recurse(depth);
  if (how == "hang") {
    std::this_thread::sleep_for(std::chrono::milliseconds(2500));
    how = "";
  }
}

int OnStop(void*, char*, size_t) {
  if (how == "stop_crash") Crash();
  return 0;
}

void Destroy(void*) {}

const fh_strategy kTable = {.struct_size = sizeof(fh_strategy),
                            .abi_version = FH_PLUGIN_ABI_VERSION,
                            .update_size = sizeof(fh_update),
                            .reserved = 0,
                            .name = "bad",
                            .help = nullptr,
                            .create = Create,
                            .on_updates = OnUpdates,
                            .on_idle = nullptr,
                            .on_stop = OnStop,
                            .summary = nullptr,
                            .destroy = Destroy};

}  // namespace

FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) { return &kTable; }
