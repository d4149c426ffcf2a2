#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "rio/af_xdp/metadata.h"
#include "rio/host/ethtool.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

constexpr uint32_t kMostCounters = 4096;

class KernelEthtool final : public Ethtool {
 public:
  KernelEthtool() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  std::vector<std::pair<std::string, uint64_t>> Counters(const std::string& interface) override {
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    if (!Ask(interface, &driver)) return {};
    const uint32_t count = std::min(driver.n_stats, kMostCounters);
    // Each ends in an array without a size, so they are built in plain words.
    const size_t name_bytes = sizeof(ethtool_gstrings) + size_t{count} * ETH_GSTRING_LEN;
    std::vector<uint64_t> name_words(name_bytes / 8 + 1);
    auto* const names = reinterpret_cast<ethtool_gstrings*>(name_words.data());
    names->cmd = ETHTOOL_GSTRINGS;
    names->string_set = ETH_SS_STATS;
    names->len = count;
    std::vector<uint64_t> value_words(sizeof(ethtool_stats) / 8 + count);
    auto* const values = reinterpret_cast<ethtool_stats*>(value_words.data());
    values->cmd = ETHTOOL_GSTATS;
    values->n_stats = count;
    if (count == 0 || !Ask(interface, names) || !Ask(interface, values)) return {};
    std::vector<std::pair<std::string, uint64_t>> counters;
    const auto* const text =
        reinterpret_cast<const char*>(name_words.data()) + sizeof(ethtool_gstrings);
    const uint64_t* const numbers = value_words.data() + sizeof(ethtool_stats) / 8;
    for (uint32_t i = 0; i < count; ++i) {
      const char* const name = text + size_t{i} * ETH_GSTRING_LEN;
      counters.emplace_back(std::string(name, strnlen(name, ETH_GSTRING_LEN)), numbers[i]);
    }
    return counters;
  }

  std::optional<RingSizes> Rings(const std::string& interface) override {
    ethtool_ringparam rings{};
    rings.cmd = ETHTOOL_GRINGPARAM;
    if (!Ask(interface, &rings) || rings.rx_max_pending == 0) return std::nullopt;
    return RingSizes{.rx = rings.rx_pending, .rx_most = rings.rx_max_pending};
  }

  std::optional<Coalescing> GetCoalescing(const std::string& interface) override {
    ethtool_coalesce coalesce{};
    coalesce.cmd = ETHTOOL_GCOALESCE;
    if (!Ask(interface, &coalesce)) return std::nullopt;
    return Coalescing{.rx_us = coalesce.rx_coalesce_usecs,
                      .adaptive_rx = coalesce.use_adaptive_rx_coalesce != 0};
  }

  std::optional<Offloads> GetOffloads(const std::string& interface) override {
    ethtool_value gro{.cmd = ETHTOOL_GGRO, .data = 0};
    ethtool_value flags{.cmd = ETHTOOL_GFLAGS, .data = 0};
    if (!Ask(interface, &gro) || !Ask(interface, &flags)) return std::nullopt;
    return Offloads{.gro = gro.data != 0,
                    .lro = (flags.data & ETH_FLAG_LRO) != 0,
                    .rx_vlan = (flags.data & ETH_FLAG_RXVLAN) != 0};
  }

  std::optional<std::string> Driver(const std::string& interface) override {
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    if (!Ask(interface, &driver)) return std::nullopt;
    return std::string(driver.driver, strnlen(driver.driver, sizeof driver.driver));
  }

  bool TellsVlanTags(const std::string& interface) override {
    const absl::StatusOr<uint32_t> index = InterfaceIndex(fd_.get(), interface);
    return index.ok() && *index != 0 &&
           (DriverMetadata(*index).value_or(0) & kDriverTellsVlanTag) != 0;
  }

 private:
  bool Ask(const std::string& interface, void* question) {
    return AskDriver(fd_.get(), interface, SIOCETHTOOL, question);
  }

  const UniqueFd fd_;
};

}  // namespace

std::unique_ptr<Ethtool> HostEthtool() { return std::make_unique<KernelEthtool>(); }

}  // namespace fh::rio
