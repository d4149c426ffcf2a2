#include "feedhandler/pipeline/live.h"

#include <type_traits>

#include "rio/backends.h"
#include "rio/receiver.h"

namespace fh {

std::vector<std::string> LiveBackendNames() {
  std::vector<std::string> names;
  for (const rio::BackendInfo& backend : rio::SocketBackends()) names.push_back(backend.name);
  return names;
}

absl::StatusOr<std::string> StartLive(Pipeline& pipeline, const Config& config) {
  absl::StatusOr<rio::BackendChoice> choice = rio::ChooseBackend(config.receiver.backend);
  if (!choice.ok()) return choice.status();
  const rio::ReceiveSetup setup{.region = config.receiver.region,
                                .receive = config.receiver.options};
  const absl::Status started = rio::WithBackend(choice->name, [&](auto type) -> absl::Status {
    using B = typename decltype(type)::type;
    return pipeline.Start([&setup] { return rio::Receiver<B>::Open(setup); });
  });
  if (!started.ok()) return started;
  return choice->name;
}

}  // namespace fh
