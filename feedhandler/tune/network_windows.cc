#include "feedhandler/tune/network.h"

namespace fh::tune {
namespace {

class WindowsLoopback : public Network {
 public:
  absl::Status EnterSendingEnd() override { return absl::OkStatus(); }
  std::string receive_interface() const override { return "lo"; }
  std::string send_interface() const override { return "lo"; }
  std::string dead_end_interface() const override { return ""; }
  std::string description() const override { return "this host's loopback"; }
  bool is_own() const override { return false; }
};

absl::Status NoNamespaces() {
  return absl::UnavailableError(
      "Windows has no network namespaces and no virtual cables: its loopback is measured");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Network>> Network::Cable() { return NoNamespaces(); }
absl::StatusOr<std::unique_ptr<Network>> Network::Loopback() { return NoNamespaces(); }
std::unique_ptr<Network> Network::HostLoopback() { return std::make_unique<WindowsLoopback>(); }

}  // namespace fh::tune
