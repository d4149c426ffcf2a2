// A plugin that is wrong in one way, chosen by the macro BAD_*; without any, a minimal good one.
#include <stdexcept>

#include "feedhandler/strategy/plugin.h"

namespace {

int destroyed = 0;

void* Create(const fh_host*, const char*, [[maybe_unused]] char* error,
             [[maybe_unused]] size_t error_bytes) {
#if defined(BAD_THROWS)
  throw std::runtime_error("thrown on purpose");
#elif defined(BAD_SILENT)
  return nullptr;
#else
  return &destroyed;
#endif
}

[[maybe_unused]] void OnUpdates(void*, const fh_update*, size_t) {}
void Destroy(void*) { ++destroyed; }

const fh_strategy kTable = {
#if defined(BAD_TABLE_SIZE)
    .struct_size = 40,
#else
    .struct_size = sizeof(fh_strategy),
#endif
#if defined(BAD_VERSION)
    .abi_version = 1,  // What was built before version 2.
#else
    .abi_version = FH_PLUGIN_ABI_VERSION,
#endif
#if defined(BAD_UPDATE_SIZE)
    .update_size = sizeof(fh_update) - 8,
#else
    .update_size = sizeof(fh_update),
#endif
    .reserved = 0,
    .name = "bad",
    .help = nullptr,
    .create = Create,
#if defined(BAD_NULL_FUNCTION)
    .on_updates = nullptr,
#else
    .on_updates = OnUpdates,
#endif
    .on_idle = nullptr,
    .on_stop = nullptr,
    .summary = nullptr,
    .destroy = Destroy,
};

}  // namespace

#if defined(BAD_SYMBOL)
FH_PLUGIN_EXPORT const fh_strategy* fh_plugin_misspelt(void) { return &kTable; }
#elif defined(BAD_NULL_TABLE)
FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) {
  (void)kTable;
  return nullptr;
}
#else
FH_PLUGIN_EXPORT const fh_strategy* fh_plugin(void) { return &kTable; }
#endif
