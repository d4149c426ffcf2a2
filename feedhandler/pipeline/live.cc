#include "feedhandler/pipeline/live.h"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rio/af_xdp/xdp_options.h"
#include "rio/backends.h"
#include "rio/receiver.h"

namespace fh {

std::vector<std::string> LiveBackendNames() {
  std::vector<std::string> names;
  for (const rio::BackendInfo& backend : rio::SocketBackends()) names.push_back(backend.name);
  return names;
}

namespace {

// Of feed threads on AF_XDP, which may have queues of the same interface.
std::shared_ptr<rio::XdpSharing> SharingOf(const Config& config,
                                           const std::vector<std::string>& backends) {
  auto sharing = std::make_shared<rio::XdpSharing>();
  size_t threads = 0;
  for (size_t i = 0; i < backends.size(); ++i) {
    if (backends[i] != "af_xdp") continue;
    ++threads;
    const rio::ReceiverOptions& options = config.feed_threads[i].receiver.options;
    sharing->lines.insert(sharing->lines.end(), options.subscriptions.begin(),
                          options.subscriptions.end());
    for (const uint32_t queue : rio::XdpOptionsOf(options).queues) {
      sharing->queues = std::max(sharing->queues, queue + 1);
    }
  }
  return threads > 1 ? sharing : nullptr;
}

absl::Status StartThread(FeedThread& thread, const FeedThreadConfig& config,
                         const std::string& backend,
                         const std::shared_ptr<rio::XdpSharing>& sharing) {
  rio::ReceiveSetup setup{.region = config.receiver.region, .receive = config.receiver.options};
  if (sharing != nullptr) rio::XdpOptionsIn(setup.receive).sharing = sharing;
  return rio::WithBackend(backend, [&](auto type) -> absl::Status {
    using B = typename decltype(type)::type;
    return thread.Start([&setup] { return rio::Receiver<B>::Open(setup); });
  });
}

}  // namespace

absl::StatusOr<std::string> StartLive(Pipeline& pipeline, const Config& config) {
  std::vector<std::string> backends;
  for (const FeedThreadConfig& thread : config.feed_threads) {
    absl::StatusOr<rio::BackendChoice> choice = rio::ChooseBackend(thread.receiver.backend);
    if (!choice.ok()) return choice.status();
    backends.emplace_back(choice->name);
  }
  const std::shared_ptr<rio::XdpSharing> sharing = SharingOf(config, backends);
  const absl::Status started = pipeline.Start([&](size_t index, FeedThread& thread) {
    return StartThread(thread, config.feed_threads[index], backends[index], sharing);
  });
  if (!started.ok()) return started;
  if (backends.size() == 1) return backends[0];
  for (size_t i = 0; i < backends.size(); ++i) {
    absl::StrAppend(&backends[i], " (", config.feed_threads[i].name, ")");
  }
  return absl::StrJoin(backends, ", ");
}

}  // namespace fh
