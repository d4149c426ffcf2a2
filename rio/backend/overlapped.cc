#include "rio/backend/overlapped.h"

#include "rio/socket/multicast_windows.h"
// After winsock2.h.
#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"
#include "rio/socket/line_options.h"
#include "rio/stamps/stamps_windows.h"

namespace fh::rio {
namespace {

constexpr uint32_t kMostEntries = 256;  // Completions fetched at a time.
constexpr uint32_t kBurstsArmed = 4;
constexpr int kDrainRounds = 100;  // Of at most 50 ms each.
constexpr uint32_t kDrainRoundMs = 50;

// IP_PKTINFO or IPV6_PKTINFO, and a stamp; with room for one more that was not asked for.
constexpr size_t kControlBytes =
    WSA_CMSG_SPACE(sizeof(IN6_PKTINFO)) + 2 * WSA_CMSG_SPACE(sizeof(uint64_t));

// NTSTATUS values in OVERLAPPED::Internal (ntstatus.h).
constexpr uint32_t kSuccess = 0;
constexpr uint32_t kBufferOverflow = 0x80000005;  // The datagram was longer than the slice.
constexpr uint32_t kHandlesClosed = 0x8000000A;   // Wine's answer to a socket that was closed.
constexpr uint32_t kCancelled = 0xC0000120;

uint32_t StatusOf(const OVERLAPPED& overlapped) {
  return static_cast<uint32_t>(overlapped.Internal);
}

DWORD ToMilliseconds(std::chrono::nanoseconds timeout) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return static_cast<DWORD>(std::clamp<int64_t>(count, 0, INT32_MAX));
}

}  // namespace

struct OverlappedBackend::Line {
  UniqueSocket socket;
  IpAddress group;  // None: every datagram that arrives is the line's.
  uint32_t armed = 0;
  uint32_t cancelling = 0;  // Of those, on their way back.
  ReceiveStamps stamps = ReceiveStamps::kNone;
};

// The slice with the same index as the operation is received into.
struct OverlappedBackend::Operation {
  OVERLAPPED overlapped{};  // First: its address is what the completion port returns.
  WSAMSG message{};
  WSABUF buffer{};
  uint16_t line = 0;
  bool armed = false;
  bool cancelling = false;
  sockaddr_storage from{};
  alignas(8) std::array<char, kControlBytes> control{};
};

struct OverlappedBackend::Kernel {
  static_assert(std::is_standard_layout_v<Operation>);
  explicit Kernel(uint32_t slices) : operations(slices) {}

  std::vector<Line> lines;
  UniqueHandle port;
  LPFN_WSARECVMSG receive_message = nullptr;
  std::vector<Operation> operations;  // By slice.
  std::array<OVERLAPPED_ENTRY, kMostEntries> entries{};
  uint32_t next_entry = 0;
  uint32_t entry_count = 0;
  size_t cancel_cursor = 0;
  StampClock clock;
};

ProbeResult OverlappedBackend::Probe() {
  if (const absl::Status status = StartWinsock(); !status.ok()) {
    return {false, std::string(status.message())};
  }
  UniqueSocket socket = OpenOverlappedSocket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  if (socket.get() == INVALID_SOCKET) {
    socket = OpenOverlappedSocket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
  }
  if (socket.get() == INVALID_SOCKET) {
    return {false, absl::StrCat("no UDP sockets here (", SocketErrorText(WSAGetLastError()),
                                "): is a network protocol installed?")};
  }
  if (FindReceiveMessage(socket.get()) == nullptr) {
    return {false, absl::StrCat("WSARecvMsg is refused (", SocketErrorText(WSAGetLastError()),
                                "): a filter in the network stack hides it (netsh winsock show "
                                "catalog)")};
  }
  UniqueHandle port(CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket.get()), nullptr, 0, 1));
  if (port.get() == nullptr) {
    return {false, absl::StrCat("no completion port over a socket (code ", GetLastError(),
                                "): a filter in the network stack hides the system's sockets "
                                "(netsh winsock show catalog)")};
  }
  return {true, ""};
}

absl::StatusOr<std::unique_ptr<OverlappedBackend>> OverlappedBackend::Open(
    const ReceiverOptions& options, RegisteredRegion& region) {
  if (absl::Status status = CheckReceiverOptions(options); !status.ok()) return status;
  if (region.slice_count() < options.subscriptions.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "overlapped receives take a slice a line at least: ", options.subscriptions.size(),
        " lines, and slice_count is ", region.slice_count()));
  }
  if (absl::Status status = StartWinsock(); !status.ok()) return status;
  std::unique_ptr<OverlappedBackend> backend(new OverlappedBackend(options, region));
  if (absl::Status status = backend->OpenLines(options); !status.ok()) return status;
  latency::Clock::Ticks();  // The first call decides its source: not in the first Poll.
  return backend;
}

OverlappedBackend::OverlappedBackend(const ReceiverOptions& options, RegisteredRegion& region)
    : region_(region),
      queue_(region.slice_count()),
      kernel_(std::make_unique<Kernel>(region.slice_count())),
      line_stats_(options.subscriptions.size()) {
  const auto lines = static_cast<uint32_t>(options.subscriptions.size());
  most_armed_ = std::clamp(region.slice_count() / lines, 1u, kBurstsArmed * options.burst);
  dry_lines_ = lines;
}

OverlappedBackend::~OverlappedBackend() { Close(); }

absl::Status OverlappedBackend::OpenLines(const ReceiverOptions& options) {
  kernel_->port = UniqueHandle(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  if (kernel_->port.get() == nullptr) {
    return SocketError(static_cast<int>(GetLastError()), "no completion port",
                       "the system is out of handles or memory: close programs");
  }
  const auto note = [this](const std::string& text) {
    if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(text);
  };
  for (const Subscription& subscription : options.subscriptions) {
    absl::StatusOr<LineSocket> opened = OpenLineSocket(subscription, options);
    if (!opened.ok()) return opened.status();
    for (const std::string& text : opened->notes) note(text);
    if (subscription.trailer != TrailerFormat::kNone) note(kTrailersUnseen);
    Line line;
    line.socket = std::move(opened->socket);
    if (subscription.group.address.IsMulticast()) line.group = subscription.group.address;
    const StampGrant grant = GrantStamps(line.socket.get(), subscription.interface, options.stamps);
    if (!grant.note.empty()) note(grant.note);
    line.stamps = grant.granted;
    if (CreateIoCompletionPort(reinterpret_cast<HANDLE>(line.socket.get()), kernel_->port.get(), 0,
                               0) == nullptr) {
      return SocketError(static_cast<int>(GetLastError()),
                         absl::StrCat("no completion port for ", LineName(subscription)),
                         "a filter in the network stack hides the system's sockets (netsh winsock "
                         "show catalog)");
    }
    kernel_->lines.push_back(std::move(line));
  }
  kernel_->receive_message = FindReceiveMessage(kernel_->lines[0].socket.get());
  if (kernel_->receive_message == nullptr) {
    return SocketError(WSAGetLastError(), "WSARecvMsg is refused",
                       "a filter in the network stack hides it (netsh winsock show catalog)");
  }
  if (options.drops_in_stream) note("Windows does not count what a socket dropped");
  return absl::OkStatus();
}

// Starts a receive into the slice posted last. False when the system refused it; the slice is
// posted again then.
bool OverlappedBackend::Arm(uint16_t line_index) {
  Line& line = kernel_->lines[line_index];
  const uint32_t slice = queue_.Take();
  Operation& operation = kernel_->operations[slice];
  operation.overlapped = {};
  operation.buffer = {.len = region_.slice_bytes(),
                      .buf = reinterpret_cast<char*>(region_.slice(slice))};
  operation.message = {};
  operation.message.name = reinterpret_cast<sockaddr*>(&operation.from);
  operation.message.namelen = sizeof operation.from;
  operation.message.lpBuffers = &operation.buffer;
  operation.message.dwBufferCount = 1;
  operation.message.Control = {.len = static_cast<ULONG>(operation.control.size()),
                               .buf = operation.control.data()};
  operation.line = line_index;
  operation.cancelling = false;
  ++stats_.system_calls;
  if (kernel_->receive_message(line.socket.get(), &operation.message, nullptr,
                               &operation.overlapped, nullptr) != 0) {
    const int error = WSAGetLastError();
    // A truncated datagram is a warning to the system, and warnings complete through the port.
    if (error != WSA_IO_PENDING && error != WSAEMSGSIZE) {
      queue_.Post(slice);
      ++stats_.errors;
      stats_.last_error = error;
      return false;
    }
  }
  operation.armed = true;
  if (line.armed++ == 0) --dry_lines_;
  ++outstanding_;
  return true;
}

// One receive for the next line that may have one more. False when there is no such line.
bool OverlappedBackend::ArmNext(bool only_dry) {
  const size_t count = kernel_->lines.size();
  for (size_t visited = 0; visited < count; ++visited) {
    const uint16_t line = next_line_;
    next_line_ = static_cast<uint16_t>(line + 1u == count ? 0 : line + 1);
    const uint32_t armed = kernel_->lines[line].armed;
    if (only_dry ? armed == 0 : armed < most_armed_) return Arm(line);
  }
  return false;
}

// Lines without a receive come first. A receive that the system refuses ends the round: the next
// Poll tries again.
void OverlappedBackend::ArmLines() {
  while (dry_lines_ > 0 && !queue_.empty()) {
    if (!ArmNext(true)) return;
  }
  const auto wanted = static_cast<uint32_t>(kernel_->lines.size()) * most_armed_;
  while (outstanding_ < wanted && !queue_.empty()) {
    if (!ArmNext(false)) return;
  }
  if (dry_lines_ > 0) RelieveDryLines();
}

// There is no slice left, and some lines have no receive: takes back what others have beyond one.
void OverlappedBackend::RelieveDryLines() {
  while (cancelling_ < dry_lines_) {
    if (CancelOne()) continue;
    if (cancelling_ == 0) ++stats_.starved;
    return;
  }
}

// Cancels one receive of a line that has several. Its slice comes back through the port. A
// completed receive that waits in the port's queue counts as one: then there is nothing to cancel.
bool OverlappedBackend::CancelOne() {
  if (outstanding_ <= kernel_->lines.size() - dry_lines_) return false;  // One each.
  std::vector<Operation>& operations = kernel_->operations;
  for (size_t visited = 0; visited < operations.size(); ++visited) {
    Operation& operation = operations[kernel_->cancel_cursor];
    if (++kernel_->cancel_cursor == operations.size()) kernel_->cancel_cursor = 0;
    if (!operation.armed || operation.cancelling) continue;
    Line& line = kernel_->lines[operation.line];
    if (line.armed - line.cancelling <= 1) continue;
    operation.cancelling = true;
    ++line.cancelling;
    ++cancelling_;
    ++stats_.system_calls;
    CancelIoEx(reinterpret_cast<HANDLE>(line.socket.get()), &operation.overlapped);
    return true;
  }
  return false;
}

void OverlappedBackend::Fetch(uint32_t timeout_ms) {
  ULONG count = 0;
  ++stats_.system_calls;
  const BOOL ok = GetQueuedCompletionStatusEx(kernel_->port.get(), kernel_->entries.data(),
                                              kMostEntries, &count, timeout_ms, FALSE);
  kernel_->next_entry = 0;
  kernel_->entry_count = ok ? count : 0;
}

size_t OverlappedBackend::Poll(std::span<Packet> packets) {
  if (packets.empty() || closed_) return 0;
  ArmLines();
  size_t count = 0;
  // A second round when the first brought nothing but cancelled receives and foreign datagrams.
  for (int round = 0; round < 2 && count == 0 && outstanding_ > 0; ++round) {
    if (kernel_->next_entry == kernel_->entry_count) Fetch(0);
    if (kernel_->next_entry == kernel_->entry_count) break;
    const uint64_t ticks = latency::Clock::Ticks();
    while (count < packets.size() && kernel_->next_entry < kernel_->entry_count) {
      const OVERLAPPED_ENTRY& entry = kernel_->entries[kernel_->next_entry++];
      auto& operation = *reinterpret_cast<Operation*>(entry.lpOverlapped);
      if (Take(operation, packets[count], ticks)) ++count;
    }
  }
  return count;
}

// What a finished receive holds becomes a packet. False when there is none for the caller; the
// slice is posted again then.
bool OverlappedBackend::Take(Operation& operation, Packet& packet, uint64_t ticks) {
  Line& line = kernel_->lines[operation.line];
  const auto slice = static_cast<uint32_t>(&operation - kernel_->operations.data());
  --outstanding_;
  if (--line.armed == 0) ++dry_lines_;
  operation.armed = false;
  if (operation.cancelling) {
    --cancelling_;
    --line.cancelling;
  }
  const uint32_t status = StatusOf(operation.overlapped);
  // Windows and Wine report a full slice, or nothing, of a datagram that was cut; anything between
  // means that control messages were, and the datagram is whole.
  const size_t bytes = operation.overlapped.InternalHigh;
  const bool cut = status == kBufferOverflow;
  const bool truncated = cut && (bytes == 0 || bytes >= region_.slice_bytes());
  if (status != kSuccess && !cut) {
    if (status != kCancelled && status != kHandlesClosed) Fail(operation);
    queue_.Post(slice);
    return false;
  }
  if (!line.group.is_none()) {
    const IpAddress destination = DestinationOf(operation.message);
    if (!destination.is_none() && destination != line.group) {
      ++stats_.foreign;
      queue_.Post(slice);
      return false;
    }
  }
  const uint32_t length =
      truncated ? region_.slice_bytes() : static_cast<uint32_t>(operation.overlapped.InternalHigh);
  packet = {.data = region_.slice(slice),
            .length = length,
            .slice = slice,
            .stamp_ns = 0,
            .dequeue_ticks = ticks,
            .line = operation.line,
            .stamp_source = StampSource::kNone,
            .truncated = truncated};
  if (line.stamps != ReceiveStamps::kNone) {
    packet.stamp_ns = kernel_->clock.UnixNs(StampOf(operation.message));
    packet.stamp_source = packet.stamp_ns == 0 ? StampSource::kNone : StampSource::kSoftware;
    stats_.unstamped += packet.stamp_ns == 0 ? 1 : 0;
  }
  LineStats& counts = line_stats_[operation.line];
  ++counts.packets;
  counts.bytes += length;
  counts.truncated += truncated ? 1 : 0;
  ++stats_.packets;
  stats_.bytes += length;
  stats_.truncated += truncated ? 1 : 0;
  return true;
}

// Counts a receive that failed, under its Winsock code.
void OverlappedBackend::Fail(const Operation& operation) {
  DWORD bytes = 0;
  DWORD flags = 0;
  auto* const overlapped = const_cast<OVERLAPPED*>(&operation.overlapped);
  const SOCKET socket = kernel_->lines[operation.line].socket.get();
  ++stats_.errors;
  if (!WSAGetOverlappedResult(socket, overlapped, &bytes, FALSE, &flags)) {
    stats_.last_error = WSAGetLastError();
  }
}

void OverlappedBackend::Wait(std::chrono::nanoseconds timeout) {
  if (closed_ || kernel_->next_entry < kernel_->entry_count) return;
  ArmLines();
  if (outstanding_ == 0) {
    Sleep(ToMilliseconds(timeout));
  } else {
    Fetch(ToMilliseconds(timeout));
  }
}

void OverlappedBackend::RefreshStats() {
  if (!closed_) kernel_->clock.Adjust();
}

// Until every receive has come back, or for some seconds.
void OverlappedBackend::Drain() {
  for (int round = 0; outstanding_ > 0 && round < kDrainRounds; ++round) {
    outstanding_ -= kernel_->entry_count - kernel_->next_entry;
    kernel_->next_entry = kernel_->entry_count;
    if (outstanding_ > 0) Fetch(kDrainRoundMs);
  }
}

void OverlappedBackend::Close() {
  if (closed_) return;
  closed_ = true;
  for (const Line& line : kernel_->lines) {
    CancelIoEx(reinterpret_cast<HANDLE>(line.socket.get()), nullptr);
  }
  Drain();
  for (Line& line : kernel_->lines) line.socket.Close();
  Drain();
  // The system must not write into what is freed: rather lose it, should a receive never come back.
  if (outstanding_ > 0) [[maybe_unused]]
    Kernel* const lost = kernel_.release();
  outstanding_ = 0;
  queue_.Clear();
}

}  // namespace fh::rio
