#include <array>

#include "absl/strings/str_cat.h"
#include "rio/registered/emulated_table.h"
#include "rio/registered/providers.h"
#include "rio/registered/pump_engine.h"
#include "rio/registered/queues.h"
#include "rio/registered/uring_engine.h"

namespace fh::rio {
namespace {

template <class E>
ProbeResult ProbeEmulation() {
  if (const ProbeResult engine = E::Probe(); !engine.available) return engine;
  int error = abi::kOk;
  const char* const failure = FirstFailure(EmulatedProvider<E>(), &error);
  if (failure == nullptr) return {true, ""};
  return {false, absl::StrCat(failure, " failed with ", ErrorName(error),
                              error == abi::kNoBuffers
                                  ? ": raise ulimit -n (descriptors) or ulimit -l (locked memory)"
                                  : "")};
}

template <class E>
constexpr ProviderInfo InfoOf() {
  return {E::kName, E::kDescription, &ProbeEmulation<E>, [] { return &EmulatedProvider<E>(); }};
}

constexpr std::array kProviders = {InfoOf<UringEngine>(), InfoOf<PumpEngine>()};

}  // namespace

std::span<const ProviderInfo> Providers() { return kProviders; }

}  // namespace fh::rio
