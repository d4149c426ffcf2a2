#include <winsock2.h>
#include <ws2tcpip.h>
// Needs the two above first.
#include <io.h>
#include <iphlpapi.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

std::string Utf8(const wchar_t* wide) {
  const int bytes = WideCharToMultiByte(CP_UTF8, 0, wide, -1, nullptr, 0, nullptr, nullptr);
  if (bytes <= 1) return "";
  std::string text(static_cast<size_t>(bytes) - 1, '\0');
  WideCharToMultiByte(CP_UTF8, 0, wide, -1, text.data(), bytes, nullptr, nullptr);
  return text;
}

// The system's list, in memory that holds it whole.
class AdapterList {
 public:
  AdapterList() {
    ULONG bytes = 16 * 1024;  // What the documentation advises to begin with.
    for (int attempt = 0; attempt < 4; ++attempt) {
      memory_ = std::make_unique<uint64_t[]>(bytes / sizeof(uint64_t) + 1);
      const ULONG result = GetAdaptersAddresses(
          AF_UNSPEC, GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_DNS_SERVER, nullptr, data(), &bytes);
      if (result == NO_ERROR) return;
      if (result != ERROR_BUFFER_OVERFLOW) break;
    }
    memory_.reset();
  }

  const IP_ADAPTER_ADDRESSES* first() { return memory_ == nullptr ? nullptr : data(); }

 private:
  IP_ADAPTER_ADDRESSES* data() { return reinterpret_cast<IP_ADAPTER_ADDRESSES*>(memory_.get()); }

  std::unique_ptr<uint64_t[]> memory_;  // Of 8-byte words, for the alignment.
};

}  // namespace

std::vector<HostInterface> HostInterfaces() {
  std::vector<HostInterface> interfaces;
  AdapterList list;
  for (const IP_ADAPTER_ADDRESSES* adapter = list.first(); adapter != nullptr;
       adapter = adapter->Next) {
    HostInterface& found = interfaces.emplace_back();
    found.name = Utf8(adapter->FriendlyName);
    found.up = adapter->OperStatus == IfOperStatusUp;
    found.multicast = (adapter->Flags & IP_ADAPTER_NO_MULTICAST) == 0;
    for (const IP_ADAPTER_UNICAST_ADDRESS* address = adapter->FirstUnicastAddress;
         address != nullptr; address = address->Next) {
      if (const auto parsed = AddressOf(address->Address.lpSockaddr)) {
        found.addresses.push_back(*parsed);
      }
    }
  }
  return interfaces;
}

NetworkCommands CommandsFor(const std::string& device, const rio::Endpoint& group) {
  const char* version = group.address.is_v4() ? "ipv4" : "ipv6";
  return {.bring_up = absl::StrCat("netsh interface set interface \"", device, "\" enabled"),
          .joins = absl::StrCat("netsh interface ", version, " show joins \"", device, "\""),
          .capture = absl::StrCat("pktmon filter add -t UDP -p ", group.port,
                                  " && pktmon start --capture --comp nics --log-mode real-time"),
          .firewall = "netsh advfirewall show currentprofile",
          .reverse_path = ""};
}

std::string QuotedArgument(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("_-./\\+:@", std::string(1, c));
  });
  return plain ? word : absl::StrCat("\"", word, "\"");  // No file's name has a quote in it here.
}

bool StandardOutputIsTerminal() { return _isatty(1) != 0; }

}  // namespace fh
