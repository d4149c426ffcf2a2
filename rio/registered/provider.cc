#include "rio/registered/provider.h"

#include <array>
#include <cstdint>
#include <memory>

namespace fh::rio {
namespace {

// The same numbers on every system that has sockets.
constexpr int kInternet = 2;   // AF_INET
constexpr int kDatagrams = 2;  // SOCK_DGRAM
constexpr int kUdp = 17;       // IPPROTO_UDP

const char* TryQueues(const Provider& provider, abi::Socket socket, int* error) {
  const abi::Table& table = *provider.table;
  const abi::Cq completions = table.CreateCompletionQueue(2, nullptr);
  if (completions == abi::kInvalidCq) {
    *error = provider.last_error();
    return "RIOCreateCompletionQueue";
  }
  const char* failed = nullptr;
  const abi::Rq requests =
      table.CreateRequestQueue(socket, 1, 1, 1, 1, completions, completions, nullptr);
  if (requests == abi::kInvalidRq) {
    *error = provider.last_error();
    failed = "RIOCreateRequestQueue";
  }
  table.CloseCompletionQueue(completions);
  return failed;
}

}  // namespace

const char* FirstFailure(const Provider& provider, int* error) {
  const abi::Socket socket = provider.open_socket(kInternet, kDatagrams, kUdp, error);
  if (socket == kBadSocket) return "a UDP socket";
  const char* failed = TryQueues(provider, socket, error);
  provider.close_socket(socket);
  if (failed != nullptr) return failed;
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
