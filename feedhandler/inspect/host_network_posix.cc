#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "feedhandler/inspect/host_network.h"

namespace fh {
namespace {

std::optional<rio::IpAddress> AddressOf(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    return rio::IpAddress::V4(reinterpret_cast<const uint8_t*>(&v4.sin_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof(v6));
    return rio::IpAddress::V6(reinterpret_cast<const uint8_t*>(&v6.sin6_addr));
  }
  return std::nullopt;
}

}  // namespace

std::vector<HostInterface> HostInterfaces() {
  std::vector<HostInterface> interfaces;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return interfaces;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    auto at = std::find_if(interfaces.begin(), interfaces.end(), [&](const HostInterface& other) {
      return other.name == entry->ifa_name;
    });
    if (at == interfaces.end()) {
      interfaces.push_back({.name = entry->ifa_name,
                            .up = (entry->ifa_flags & IFF_UP) != 0,
                            .multicast = (entry->ifa_flags & IFF_MULTICAST) != 0,
                            .addresses = {}});
      at = interfaces.end() - 1;
    }
    if (const auto address = AddressOf(entry->ifa_addr)) at->addresses.push_back(*address);
  }
  ::freeifaddrs(list);
  return interfaces;
}

NetworkCommands CommandsFor(const std::string& device, const rio::Endpoint& group) {
  return {.bring_up = absl::StrCat("ip link set ", device, " up"),
          .joins = absl::StrCat("ip maddr show dev ", device),
          .capture = absl::StrCat("tcpdump -ni ", device, " 'dst host ", group.address.ToString(),
                                  " and udp port ", group.port, "'"),
          .firewall = "nft list ruleset",
          .reverse_path = group.address.is_v4()
                              ? absl::StrCat("sysctl net.ipv4.conf.", device, ".rp_filter")
                              : ""};
}

std::string QuotedArgument(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("_-./+,:@%", std::string(1, c));
  });
  return plain ? word : absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

bool StandardOutputIsTerminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace fh
