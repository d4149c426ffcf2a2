// A strategy that takes its time: sixty milliseconds for every call, whatever it is given.
#include <chrono>
#include <thread>

#include "feedhandler/strategy/plugin.h"

namespace {

int instance = 0;

void* Create(const fh_host*, const char*, char*, size_t) { return &instance; }

void OnUpdates(void*, const fh_update*, size_t) {
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
}

void Destroy(void*) {}

const fh_strategy kTable = {.struct_size = sizeof(fh_strategy),
                            .abi_version = FH_PLUGIN_ABI_VERSION,
                            .update_size = sizeof(fh_update),
                            .reserved = 0,
                            .name = "slow",
                            .help = nullptr,
                            .create = Create,
                            .on_updates = OnUpdates,
                            .on_idle = nullptr,
                            .on_stop = nullptr,
                            .summary = nullptr,
                            .destroy = Destroy};

}  // namespace

FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) { return &kTable; }
