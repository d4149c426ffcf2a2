#include "rio/registered/provider.h"

#include <cstdint>
#include <memory>

namespace fh::rio {
namespace {

// The same numbers on every system that has sockets.
constexpr int kInternet = 2;   // AF_INET
constexpr int kDatagrams = 2;  // SOCK_DGRAM
constexpr int kUdp = 17;       // IPPROTO_UDP

// Takes the socket, and gives everything up in the order that RIO asks for.
const char* TryQueues(const Provider& provider, abi::Socket socket, int* error) {
  const abi::Table& table = *provider.table;
  const abi::Cq completions = table.CreateCompletionQueue(2, nullptr);
  const char* failed = nullptr;
  if (completions == abi::kInvalidCq) {
    *error = provider.last_error();
    failed = "RIOCreateCompletionQueue";
  } else if (table.CreateRequestQueue(socket, 1, 1, 1, 1, completions, completions, nullptr) ==
             abi::kInvalidRq) {
    *error = provider.last_error();
    failed = "RIOCreateRequestQueue";
  }
  provider.close_socket(socket);
  if (completions != abi::kInvalidCq) table.CloseCompletionQueue(completions);
  return failed;
}

}  // namespace

const char* FirstFailure(const Provider& provider, int* error) {
  const abi::Socket socket = provider.open_socket(kInternet, kDatagrams, kUdp, error);
  if (socket == kBadSocket) return "a UDP socket";
  if (const char* failed = TryQueues(provider, socket, error)) return failed;
  constexpr uint32_t kBytes = 4096;
  const auto memory = std::make_unique<char[]>(kBytes);
  const abi::BufferId buffer = provider.table->RegisterBuffer(memory.get(), kBytes);
  if (buffer == abi::kInvalidBufferId) {
    *error = provider.last_error();
    return "RIORegisterBuffer";
  }
  provider.table->DeregisterBuffer(buffer);
  return nullptr;
}

}  // namespace fh::rio
