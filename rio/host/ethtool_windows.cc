#include "rio/host/ethtool.h"

namespace fh::rio {
namespace {

// Windows shows these settings per driver, under names of the vendor's choice
// (Get-NetAdapterAdvancedProperty): nothing here can tell what they mean.
class NoEthtool final : public Ethtool {
 public:
  std::vector<std::pair<std::string, uint64_t>> Counters(const std::string&) override { return {}; }
  std::optional<RingSizes> Rings(const std::string&) override { return std::nullopt; }
  std::optional<Coalescing> GetCoalescing(const std::string&) override { return std::nullopt; }
  std::optional<Offloads> GetOffloads(const std::string&) override { return std::nullopt; }
  std::optional<std::string> Driver(const std::string&) override { return std::nullopt; }
  bool TellsVlanTags(const std::string&) override { return false; }
};

}  // namespace

std::unique_ptr<Ethtool> HostEthtool() { return std::make_unique<NoEthtool>(); }

}  // namespace fh::rio
