#include "rio/backend/registered_io.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"
#include "rio/registered/providers.h"
#include "rio/socket/line_options.h"

namespace fh::rio {
namespace {

// Slices given back are posted at once from here on; fewer wait for the next Poll.
constexpr uint32_t kPostAtOnce = 64;

constexpr uint64_t kRarestRetry = 1u << 16;
constexpr std::chrono::milliseconds kSleepWithoutQueue{1};
constexpr std::chrono::seconds kDrainTimeout{5};

// In each slice of the side memory: the local address, then control messages.
constexpr uint32_t kControlAt = 32;
static_assert(kControlAt >= abi::kAddressBytes);

uint32_t LineCount(const ReceiverOptions& options) {
  return static_cast<uint32_t>(std::max<size_t>(options.subscriptions.size(), 1));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RegisteredIoBackend>> RegisteredIoBackend::Open(
    const Provider& provider, const ReceiverOptions& options, RegisteredRegion& region,
    const LineHooks& hooks) {
  std::unique_ptr<RegisteredIoBackend> backend(
      new RegisteredIoBackend(provider, options, region, hooks));
  if (absl::Status status = backend->Start(); !status.ok()) return status;
  return backend;
}

RegisteredIoBackend::RegisteredIoBackend(const Provider& provider, const ReceiverOptions& options,
                                         RegisteredRegion& region, const LineHooks& hooks)
    : provider_(provider),
      hooks_(hooks),
      options_(options),
      region_(region),
      share_(region.slice_count() / LineCount(options)),
      stack_(region.slice_count()),
      slots_(region.slice_count()),
      results_(kMaxBurst),
      line_stats_(options.subscriptions.size()) {
  needy_.reserve(options.subscriptions.size());
}

RegisteredIoBackend::~RegisteredIoBackend() { Close(); }

absl::Status RegisteredIoBackend::Start() {
  if (absl::Status status = CheckReceiverOptions(options_); !status.ok()) return status;
  if (share_ == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        options_.subscriptions.size(), " lines need as many slices at least, and ", "better ",
        1024 * options_.subscriptions.size(), "; there are ", region_.slice_count()));
  }
  if (share_ < kFewPosted) {
    AddNote(absl::StrCat("each line has only ", share_,
                         " receives outstanding, and Registered I/O has no other buffer: raise "
                         "slice_count to at least ",
                         1024 * options_.subscriptions.size()));
  }
  absl::StatusOr<RegisteredBuffer> buffer = RegisteredBuffer::Create(provider_, region_);
  if (!buffer.ok()) return buffer.status();
  buffer_ = *std::move(buffer);
  if (absl::Status status = Build(); !status.ok()) {
    TearDown();
    return status;
  }
  for (const Subscription& subscription : options_.subscriptions) {
    if (subscription.trailer != TrailerFormat::kNone) AddNote(kTrailersUnseen);
  }
  latency::Clock::Ticks();  // The first call decides its source: not in the first Poll.
  return absl::OkStatus();
}

// Queues and lines, at the start and again after a corrupt completion queue.
absl::Status RegisteredIoBackend::Build() {
  const auto line_count = static_cast<uint32_t>(options_.subscriptions.size());
  const uint32_t limit = std::min(share_, kMaxPosted);
  absl::StatusOr<CompletionQueue> completions = CompletionQueue::Create(
      provider_, {.entries = limit * line_count,
                  .wake = provider_.wait == nullptr ? Wake::kEvent : Wake::kPolled});
  if (!completions.ok()) return completions.status();
  completions_ = *std::move(completions);
  if (absl::Status status = OpenLines(); !status.ok()) return status;
  if (absl::Status status = RegisterMemory(); !status.ok()) return status;
  dry_lines_ = line_count;
  running_ = true;
  for (uint32_t line = 0; line < line_count; ++line) MarkNeedy(static_cast<uint16_t>(line));
  return absl::OkStatus();
}

absl::Status RegisteredIoBackend::OpenLines() {
  std::vector<uint32_t> held(options_.subscriptions.size());
  for (size_t i = 0; i < lines_.size(); ++i) held[i] = lines_[i].held;
  lines_.clear();
  lines_.resize(options_.subscriptions.size());
  needy_.clear();
  for (size_t i = 0; i < lines_.size(); ++i) lines_[i].held = held[i];
  for (size_t i = 0; i < lines_.size(); ++i) {
    Line& line = lines_[i];
    absl::StatusOr<RegisteredLine> opened =
        hooks_.open(options_.subscriptions[i], options_, provider_);
    if (!opened.ok()) return opened.status();
    for (const std::string& note : opened->notes) AddNote(note);
    absl::StatusOr<RequestQueue> queue =
        RequestQueue::Create(provider_, opened->socket, *completions_,
                             {.receives = std::min(share_, kMaxPosted), .sends = 0});
    if (!queue.ok()) {
      provider_.close_socket(opened->socket);
      return queue.status();
    }
    line.queue = *std::move(queue);
    line.wants_control = opened->control_bytes > 0;
    line.checks_destination = opened->checks_destination;
    line.expected_stamps = opened->expected_stamps;
    if (line.wants_control || line.checks_destination) {
      const uint32_t bytes = kControlAt + abi::kControlOffset + opened->control_bytes;
      side_bytes_ = std::max(side_bytes_, (bytes + 63) / 64 * 64);
    }
  }
  return absl::OkStatus();
}

absl::Status RegisteredIoBackend::RegisterMemory() {
  if (side_bytes_ == 0 || (side_ && side_->slice_bytes() >= side_bytes_)) return absl::OkStatus();
  absl::StatusOr<RegisteredRegion> side =
      RegisteredRegion::Create({.slice_bytes = side_bytes_, .slice_count = region_.slice_count()});
  if (!side.ok()) return side.status();
  absl::StatusOr<RegisteredBuffer> buffer = RegisteredBuffer::Create(provider_, *side);
  if (!buffer.ok()) return buffer.status();
  side_buffer_ = *std::move(buffer);
  side_ = *std::move(side);
  return absl::OkStatus();
}

void RegisteredIoBackend::AddNote(const std::string& note) {
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
}

void RegisteredIoBackend::CountError(int error) {
  ++stats_.errors;
  stats_.last_error = error;
}

// --- Slices and receives

void RegisteredIoBackend::MarkNeedy(uint16_t line) {
  if (lines_[line].needy) return;
  lines_[line].needy = true;
  needy_.push_back(line);
}

uint32_t RegisteredIoBackend::RoomOf(const Line& line) const {
  const uint32_t charged = line.posted + line.held;
  const uint32_t of_share = share_ > charged ? share_ - charged : 0;
  return std::min(of_share, std::min(share_, kMaxPosted) - line.posted);
}

void RegisteredIoBackend::Post(std::span<const uint32_t> slices) {
  if (closed_) return;
  for (const uint32_t slice : slices) {
    Slot& slot = slots_[slice];
    slot.place = Slot::Place::kStack;
    if (!slot.charged) continue;
    slot.charged = false;
    --lines_[slot.line].held;
    if (running_) MarkNeedy(slot.line);
  }
  stack_.Post(slices);
  given_back_ += static_cast<uint32_t>(slices.size());
  // The system's table has no other buffer than what is posted.
  if (given_back_ >= kPostAtOnce && (started_ || provider_.wait == nullptr)) Replenish();
}

void RegisteredIoBackend::Replenish() {
  given_back_ = 0;
  if (!running_) return;
  size_t kept = 0;
  for (size_t i = 0; i < needy_.size(); ++i) {
    const uint16_t line = needy_[i];
    const uint32_t room = RoomOf(lines_[line]);
    const uint32_t count = std::min(room, stack_.size());
    const bool all_posted = PostTo(line, count);
    if (all_posted && count == room) {
      lines_[line].needy = false;
    } else {
      needy_[kept++] = line;
    }
  }
  needy_.resize(kept);
}

ReceiveRequest RegisteredIoBackend::RequestFor(const Line& line, uint32_t slice) const {
  const uint32_t bytes = region_.slice_bytes();
  ReceiveRequest request{
      .data = buffer_.slice(slice * bytes, bytes), .context = slice, .defer = true};
  if (line.checks_destination) {
    request.local = side_buffer_.slice(slice * side_bytes_, abi::kAddressBytes);
  }
  if (line.wants_control) {
    request.control =
        side_buffer_.slice(slice * side_bytes_ + kControlAt, side_bytes_ - kControlAt);
  }
  return request;
}

// False when something has to be tried again.
bool RegisteredIoBackend::PostTo(uint16_t index, uint32_t count) {
  Line& line = lines_[index];
  bool all_posted = true;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t slice = stack_.Take();
    const abi::Error error = line.queue->Receive(RequestFor(line, slice));
    if (error != abi::kOk) {
      stack_.Post(slice);
      CountError(error);
      all_posted = false;
      break;
    }
    slots_[slice] = {.place = Slot::Place::kPosted, .charged = true, .line = index};
    if (line.posted++ == 0) --dry_lines_;
    ++posted_;
    line.uncommitted = true;
  }
  if (line.uncommitted) {
    ++stats_.system_calls;
    const abi::Error error = line.queue->Commit();
    if (error != abi::kOk) CountError(error);
    line.uncommitted = error != abi::kOk;
  }
  return all_posted && !line.uncommitted;
}

// A posted slice is this object's again.
void RegisteredIoBackend::TakeBack(uint32_t slice) {
  Slot& slot = slots_[slice];
  Line& line = lines_[slot.line];
  if (--line.posted == 0) ++dry_lines_;
  --posted_;
  slot.place = Slot::Place::kStack;
  slot.charged = false;
  stack_.Post(slice);
}

// --- Completions

size_t RegisteredIoBackend::Poll(std::span<Packet> packets) {
  if (closed_ || packets.empty()) return 0;
  started_ = true;
  if (!running_ && !Revive()) return 0;
  Replenish();
  const size_t most = std::min(packets.size(), results_.size());
  const Dequeued dequeued = completions_->Dequeue(std::span(results_).first(most));
  if (dequeued.corrupt) {
    Recover();
    return 0;
  }
  size_t count = 0;
  if (dequeued.count > 0) {
    const uint64_t ticks = latency::Clock::Ticks();
    for (uint32_t i = 0; i < dequeued.count; ++i) {
      count += Deliver(results_[i], ticks, packets[count]) ? 1 : 0;
    }
  }
  if (count == 0 && dry_lines_ > 0) ++stats_.starved;
  return count;
}

// Whether the completion became a packet.
bool RegisteredIoBackend::Deliver(const Completion& completion, uint64_t ticks, Packet& packet) {
  const uint64_t context = completion.request_context;
  if (context >= slots_.size() || slots_[context].place != Slot::Place::kPosted) {
    CountError(abi::kUnknown);  // A completion of nothing that was asked for.
    return false;
  }
  const auto slice = static_cast<uint32_t>(context);
  Slot& slot = slots_[slice];
  const uint16_t index = slot.line;
  Line& line = lines_[index];
  const bool truncated = completion.status == abi::kMessageSize;
  MarkNeedy(index);
  if (completion.status != abi::kOk && !truncated) {
    CountError(completion.status);
    TakeBack(slice);
    return false;
  }
  // How much of a datagram that is too long is reported differs between systems.
  const uint32_t room = region_.slice_bytes();
  packet = {.data = region_.slice(slice),
            .length = truncated ? room : std::min(completion.bytes, room),
            .slice = slice,
            .stamp_ns = 0,
            .dequeue_ticks = ticks,
            .line = index,
            .stamp_source = StampSource::kNone,
            .truncated = truncated};
  if ((line.wants_control || line.checks_destination) && !ReadSide(index, slice, packet)) {
    ++stats_.foreign;
    TakeBack(slice);
    return false;
  }
  if (--line.posted == 0) ++dry_lines_;
  --posted_;
  ++line.held;
  slot.place = Slot::Place::kHeld;
  LineStats& counts = line_stats_[index];
  for (uint64_t* packets : {&counts.packets, &stats_.packets}) ++*packets;
  for (uint64_t* bytes : {&counts.bytes, &stats_.bytes}) *bytes += packet.length;
  for (uint64_t* cut : {&counts.truncated, &stats_.truncated}) *cut += truncated ? 1 : 0;
  return true;
}

// False when the datagram was not for this line.
bool RegisteredIoBackend::ReadSide(uint16_t index, uint32_t slice, Packet& packet) {
  const Line& line = lines_[index];
  const uint8_t* const side = side_->slice(slice);
  if (line.checks_destination && !hooks_.is_for_line(side, options_.subscriptions[index])) {
    return false;
  }
  if (!line.wants_control) return true;
  abi::ControlHeader header{};
  std::memcpy(&header, side + kControlAt, sizeof header);
  const uint32_t length = std::min(header.total_length, side_bytes_ - kControlAt);
  ControlFacts facts;
  if (length > abi::kControlOffset) {
    hooks_.read_control({side + kControlAt + abi::kControlOffset, length - abi::kControlOffset},
                        facts);
  }
  packet.stamp_ns = facts.stamp_ns;
  packet.stamp_source = facts.stamp_source;
  packet.kernel_after_ns = facts.kernel_after_ns;
  if (facts.drops) SetDrops(index, *facts.drops);
  stats_.unstamped += facts.stamp_source != line.expected_stamps ? 1 : 0;
  return true;
}

void RegisteredIoBackend::SetDrops(uint16_t line, uint32_t drops) {
  // A datagram carries the count of when it was queued, which may be older than what we know.
  const int32_t more = static_cast<int32_t>(drops - lines_[line].drops_seen);
  if (more <= 0) return;
  lines_[line].drops_seen = drops;
  line_stats_[line].kernel_drops += static_cast<uint32_t>(more);
  stats_.kernel_drops += static_cast<uint32_t>(more);
}

void RegisteredIoBackend::RefreshStats() {
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (!lines_[i].queue || lines_[i].queue->socket() == kBadSocket) continue;
    if (const auto drops = hooks_.drops(lines_[i].queue->socket())) {
      SetDrops(static_cast<uint16_t>(i), *drops);
    }
  }
}

void RegisteredIoBackend::Wait(std::chrono::nanoseconds timeout) {
  if (closed_) return;
  started_ = true;
  Replenish();
  if (running_) {
    ++stats_.system_calls;
    if (completions_->Wait(timeout) == abi::kOk) return;
  }
  std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(timeout, kSleepWithoutQueue));
}

// --- The end, and a new beginning

// In the order of RIO's documents: sockets, what is outstanding, completion queue. The buffers stay
// registered. Afterwards nothing is posted.
void RegisteredIoBackend::TearDown() {
  running_ = false;
  for (Line& line : lines_) {
    if (line.queue) line.queue->CloseSocket();
  }
  for (Line& line : lines_) {
    if (line.queue) line.queue->Close([](const Completion&) {}, kDrainTimeout).IgnoreError();
  }
  // A corrupt queue reports nothing any more, and a late completion belongs to nobody.
  if (completions_) completions_->Close();
  for (Line& line : lines_) {
    line.queue.reset();
    line.posted = 0;
  }
  completions_.reset();
  for (uint32_t slice = 0; slice < slots_.size(); ++slice) {
    Slot& slot = slots_[slice];
    if (slot.place != Slot::Place::kPosted) continue;
    slot.place = Slot::Place::kStack;
    slot.charged = false;
    stack_.Post(slice);
  }
  posted_ = 0;
}

void RegisteredIoBackend::Recover() {
  ++stats_.ring_overflows;
  CountError(abi::kUnknown);
  AddNote(
      "the completion queue was corrupt (RIO_CORRUPT_CQ) and was built anew with all its sockets; "
      "datagrams were lost (ring_overflows counts it)");
  RefreshStats();
  TearDown();
  polls_left_ = 0;
  Revive();
}

// Whether the queues work again.
bool RegisteredIoBackend::Revive() {
  if (polls_left_ > 0) {
    --polls_left_;
    return false;
  }
  const absl::Status status = Build();
  if (status.ok()) {
    retry_after_ = 1;
    return true;
  }
  CountError(provider_.last_error());
  AddNote(absl::StrCat("after a corrupt completion queue: ",
                       std::string(status.message().data(), status.message().size())));
  TearDown();
  polls_left_ = retry_after_;
  retry_after_ = std::min(2 * retry_after_, kRarestRetry);
  return false;
}

void RegisteredIoBackend::Close() {
  if (closed_) return;
  closed_ = true;
  RefreshStats();
  TearDown();
  buffer_ = RegisteredBuffer();
  side_buffer_ = RegisteredBuffer();
  stack_.Clear();
}

ProbeResult ProbeProvider(absl::string_view name) {
  for (const ProviderInfo& info : Providers()) {
    if (name == info.name) return info.probe();
  }
  return {false, absl::StrCat("there are no request queues '", name, "' on this system")};
}

const Provider* FindProvider(absl::string_view name) {
  for (const ProviderInfo& info : Providers()) {
    if (name == info.name) return info.get();
  }
  return nullptr;
}

}  // namespace fh::rio
