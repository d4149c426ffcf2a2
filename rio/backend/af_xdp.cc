#include "rio/backend/af_xdp.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"
#include "rio/af_xdp/bpf.h"
#include "rio/socket/line_options.h"
#include "rio/socket/vlan_interface.h"

namespace fh::rio {
namespace {

// How many frames ahead of the one that is read its first lines are fetched. They were written by
// another core, and each takes some 50 to 100 ns to come from there: as long as several frames take
// to read.
constexpr uint32_t kPrefetchAhead = 16;
// The headers and the payload's beginning, from where the frame starts on a line.
constexpr size_t kPrefetchBytes = 256;
constexpr size_t kLineBytes = 64;

constexpr uint32_t kSlicesBesidesRing = 256;

constexpr char kZeroCopyNote[] =
    "the adapter writes into the slices itself (zero-copy). This path is unproven: no adapter that "
    "can was at hand to test it. Compare what arrives with the lines' numbers, and set copy: COPY "
    "if anything is missing";

// Places in BackendStats::own. The first three are the kernel's, as of the last RefreshStats.
enum OwnPlace : size_t {
  kSlices,
  kFillEmpty,
  kRing,
  kBadFrames,
  kBadChecksums,
  kWrongQueue,
  kOwnCounters
};
constexpr OwnCounter kOwn[kOwnCounters] = {
    {"xdp_slices",
     "no slice was posted when the frame came, or it was longer than one: raise receiver.slices, "
     "or the strategy holds them too long",
     /*is_loss=*/true},
    {"xdp_fill_empty", "Times that no slice was posted; part of the layer xdp_slices."},
    {"xdp_ring",
     "nobody polled for as long as the ring lasts: raise its entries, pin the feed thread",
     /*is_loss=*/true},
    {"bad_frames", "headers or checksums were wrong: look at the sender, cable and optics",
     /*is_loss=*/true},
    {"bad_checksums", "Frames with a wrong checksum; part of the layer bad_frames."},
    {"xdp_queue",
     "on a queue of this thread came lines of another one: steer them to its queues, as "
     "`feedhandler doctor CONFIG` says",
     /*is_loss=*/true},
};
static_assert(kOwnCounters <= BackendStats::kMostOwn);

void PrefetchFrame(const uint8_t* frame) {
  for (size_t at = 0; at < kPrefetchBytes; at += kLineBytes) __builtin_prefetch(frame + at);
}

absl::Status CheckXdpOptions(const XdpOptions& options) {
  if (!std::has_single_bit(options.ring_entries) || options.ring_entries < kLeastXdpRingEntries ||
      options.ring_entries > kMostXdpRingEntries) {
    return absl::InvalidArgumentError(
        absl::StrCat("the XDP ring has ", options.ring_entries, " entries; it must be a power of ",
                     "two from ", kLeastXdpRingEntries, " to ", kMostXdpRingEntries));
  }
  if (XdpAttempts(options).empty()) {
    return absl::InvalidArgumentError(
        "zero-copy is available in native mode only: ask for one of both");
  }
  std::vector<uint32_t> queues = options.queues;
  std::sort(queues.begin(), queues.end());
  if (std::adjacent_find(queues.begin(), queues.end()) != queues.end()) {
    return absl::InvalidArgumentError("an XDP queue is named twice");
  }
  return absl::OkStatus();
}

// The lines' ordinary sockets, which are there for their joins. A join must go out with the tag of
// the line's VLAN, which it does through the VLAN's own interface, and through no other.
struct JoiningSockets {
  ReceiverOptions options;
  std::vector<size_t> unjoined;
  std::vector<std::string> notes;

  explicit JoiningSockets(const ReceiverOptions& wanted) {
    options.subscriptions = wanted.subscriptions;
    options.burst = wanted.burst;
    options.socket_buffer_bytes = 0;
    const std::vector<VlanDevice> devices = VlanInterfaces();
    for (size_t line = 0; line < options.subscriptions.size(); ++line) {
      Subscription& subscription = options.subscriptions[line];
      subscription.trailer = TrailerFormat::kNone;  // Read from the frames, not by sockets.
      const Vlan vlan = std::exchange(subscription.vlan, {});
      if (vlan.is_untagged()) continue;
      if (const auto name = FindVlanInterface(devices, subscription.interface, vlan)) {
        subscription.interface = *name;
        continue;
      }
      unjoined.push_back(line);
      notes.push_back(absl::StrCat(
          LineName(wanted.subscriptions[line]), " is not joined, since ", subscription.interface,
          " has no interface for the VLAN through which to ask for the group: it arrives only if "
          "the switch sends it here anyway, and if the adapter lets frames of the VLAN in. Make "
          "one: ",
          HowToMakeVlanInterface(subscription.interface, vlan)));
    }
  }
};

int64_t ClockNs(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// How far TAI is ahead of UNIX time: whole seconds, whatever happened between the two readings. It
// changes when a leap second, or the first NTP server, tells the kernel.
int64_t TaiAheadNs(int64_t unix_ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  const int64_t ahead_ns = ClockNs(CLOCK_TAI) - unix_ns;
  return (ahead_ns + kSecond / 2) / kSecond * kSecond;
}

void AddStatistics(const xdp_statistics& more, xdp_statistics& sum) {
  sum.rx_dropped += more.rx_dropped;
  sum.rx_ring_full += more.rx_ring_full;
  sum.rx_fill_ring_empty_descs += more.rx_fill_ring_empty_descs;
  sum.rx_invalid_descs += more.rx_invalid_descs;
}

}  // namespace

ProbeResult AfXdpBackend::Probe() {
  const UniqueFd fd(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) {
    return {false, absl::StrCat("no AF_XDP sockets (", std::strerror(errno),
                                "): it takes CAP_NET_RAW, and Linux 5.9 or later with "
                                "CONFIG_XDP_SOCKETS")};
  }
  BpfAssembler pass;
  pass.MoveNumber(R0, XDP_PASS);
  pass.Exit();
  const absl::StatusOr<UniqueFd> program = LoadXdpProgram("fh_probe", pass);
  if (!program.ok()) return {false, std::string(program.status().message())};
  return {true, ""};
}

absl::StatusOr<std::unique_ptr<AfXdpBackend>> AfXdpBackend::Open(const ReceiverOptions& options,
                                                                 RegisteredRegion& region) {
  if (absl::Status status = CheckReceiverOptions(options); !status.ok()) return status;
  if (absl::Status status = CheckXdpOptions(XdpOptionsOf(options)); !status.ok()) return status;
  const absl::StatusOr<ChunkLayout> layout = ChunkLayout::For(region);
  if (!layout.ok()) return layout.status();
  absl::StatusOr<std::vector<XdpInterface>> interfaces = XdpInterfacesOf(options);
  if (!interfaces.ok()) return interfaces.status();
  for (const Subscription& line : options.subscriptions) {
    if (absl::Status status = CheckVlan(line); !status.ok()) return status;
  }
  const JoiningSockets joining(options);
  absl::StatusOr<LineSockets> sockets = LineSockets::Open(joining.options, joining.unjoined);
  if (!sockets.ok()) return sockets.status();
  sockets->notes.insert(sockets->notes.end(), joining.notes.begin(), joining.notes.end());
  std::unique_ptr<AfXdpBackend> backend(
      new AfXdpBackend(options, region, *std::move(sockets), *std::move(interfaces), *layout));
  if (absl::Status status = backend->ShutSockets(); !status.ok()) return status;
  if (absl::Status status = backend->Bind(options); !status.ok()) return status;
  latency::Clock::Ticks();  // The first call decides its source: not in the first Poll.
  backend->FollowInterfaces(options);
  return backend;
}

AfXdpBackend::AfXdpBackend(const ReceiverOptions& options, RegisteredRegion& region,
                           LineSockets sockets, std::vector<XdpInterface> interfaces,
                           const ChunkLayout& layout)
    : region_(region),
      sockets_(std::move(sockets)),
      interfaces_(std::move(interfaces)),
      follower_(interfaces_, region_),
      spare_(region.slice_count()),
      checks_{.udp_checksum = XdpOptionsOf(options).verify_checksums, .sum = ChooseSum()},
      burst_(options.burst),
      busy_poll_us_(options.busy_poll_us),
      is_shared_(XdpOptionsOf(options).sharing != nullptr),
      numbers_(region.slice_bytes()),
      layout_(layout),
      line_stats_(options.subscriptions.size()),
      notes_(sockets_.notes) {
  std::copy(std::begin(kOwn), std::end(kOwn), stats_.own.begin());
  for (const Subscription& subscription : options.subscriptions) {
    trailers_.push_back(subscription.trailer);
  }
  const auto is_none = [](TrailerFormat format) { return format == TrailerFormat::kNone; };
  if (std::all_of(trailers_.begin(), trailers_.end(), is_none)) trailers_.clear();
}

AfXdpBackend::~AfXdpBackend() { Close(); }

// What the program passes on must not pile up in sockets that nobody reads. A filter that takes
// nothing makes the kernel count each datagram as dropped by the socket.
absl::Status AfXdpBackend::ShutSockets() {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog filter{.len = 1, .filter = &nothing};
  for (size_t line = 0; line < sockets_.size(); ++line) {
    if (setsockopt(sockets_.fd(line), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
      return SocketError(errno, "the lines' ordinary sockets cannot be shut", "see socket(7)");
    }
  }
  return absl::OkStatus();
}

// Adapters write within pages, which they know one by one.
absl::Status AfXdpBackend::CheckZeroCopy(const XdpOptions& options) {
  const bool possible = options.copy != XdpCopy::kCopy && options.mode != XdpMode::kGeneric;
  if (!possible || !layout_.unaligned) return absl::OkStatus();
  const std::string why = absl::StrCat(
      "slices of ", region_.slice_bytes(), " bytes cross pages, into which no adapter ",
      "writes; take slices of ", kLeastChunkBytes, " or ", kMostChunkBytes);
  if (options.copy == XdpCopy::kZeroCopy) {
    return absl::InvalidArgumentError(absl::StrCat("no zero-copy: ", why, ", or copy mode"));
  }
  notes_.push_back(absl::StrCat("zero-copy is not tried: ", why, " for it"));
  return absl::OkStatus();
}

absl::Status AfXdpBackend::Bind(const ReceiverOptions& options) {
  size_t queue_count = 0;
  for (const XdpInterface& interface : interfaces_) queue_count += interface.queues.size();
  const auto slices_each = static_cast<uint32_t>(region_.slice_count() / queue_count);
  if (queue_count > 1) {
    queue_of_.resize(region_.slice_count());
  } else {
    unseen_.resize(region_.slice_count());
  }
  if (slices_each == 0) {
    return absl::InvalidArgumentError(absl::StrCat(region_.slice_count(),
                                                   " slices are too few for ", queue_count,
                                                   " receive queues; ask for more"));
  }
  const XdpOptions xdp = XdpOptionsOf(options);
  if (absl::Status zero_copy = CheckZeroCopy(xdp); !zero_copy.ok()) return zero_copy;
  const uint32_t rx_entries = std::min(xdp.ring_entries, std::bit_ceil(slices_each));
  // The kernel has some more slices than fit into its receive ring: then a slow consumer overflows
  // that ring, which is counted as such, and only one that holds slices runs out of them. Not many
  // more, since it takes them in turn: the fewer go round, the more of them are still in the cache.
  target_ = std::min(slices_each, rx_entries + kSlicesBesidesRing);
  const XdpRingSizes sizes{.rx_entries = rx_entries, .fill_entries = std::bit_ceil(target_)};
  bool native_refused = false;
  absl::Status status;
  const std::vector<XdpAttempt> attempts = XdpAttempts(xdp, /*may_zero_copy=*/!layout_.unaligned);
  for (const XdpAttempt& attempt : attempts) {
    status = Attach(attempt, options, sizes);
    if (status.ok()) {
      mode_ = attempt.name;
      if (attempt.zero_copy) notes_.push_back(kZeroCopyNote);
      follower_.Begin({.attempt = attempt, .sizes = sizes, .layout = layout_, .options = options});
      break;
    }
    attachments_.clear();
    if (!absl::IsUnimplemented(status)) return status;
    native_refused = &attempt != &attempts.back();
    if (native_refused)
      notes_.push_back(absl::StrCat("not in ", attempt.name, ": ", status.message()));
  }
  if (!status.ok()) return status;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    std::vector<int> fds;
    for (const XskSocket& socket : attachments_[i].sockets) fds.push_back(socket.fd());
    follower_.SetSockets(i, std::move(fds));
    const std::vector<std::string>& notes = attachments_[i].metadata.notes;
    notes_.insert(notes_.end(), notes.begin(), notes.end());
    AddQueues(i);
  }
  NoteLimits(options, target_);
  for (const Queue& queue : queues_) {
    if (busy_poll_us_ == 0) break;
    const std::string note = EnableBusyPoll(queue.socket.fd(), busy_poll_us_, options.burst);
    if (note.empty()) continue;
    notes_.push_back(note);
    break;
  }
  return absl::OkStatus();
}

absl::Status AfXdpBackend::Attach(const XdpAttempt& attempt, const ReceiverOptions& options,
                                  const XdpRingSizes& sizes) {
  int umem_owner_fd = -1;
  for (const XdpInterface& interface : interfaces_) {
    absl::StatusOr<XdpAttachment> attachment =
        AttachXdp(interface, attempt, options, sizes, umem_owner_fd, region_, layout_);
    if (!attachment.ok()) return attachment.status();
    attachments_.push_back(*std::move(attachment));
    if (umem_owner_fd < 0) umem_owner_fd = attachments_[0].sockets[0].fd();
  }
  return absl::OkStatus();
}

void AfXdpBackend::AddQueues(size_t interface) {
  const MetadataPlan& metadata = attachments_[interface].metadata;
  for (XskSocket& socket : attachments_[interface].sockets) {
    queues_.push_back({.socket = std::move(socket),
                       .number = NewNumber(),
                       .interface = interface,
                       .lines = &interfaces_[interface].table,
                       .metadata = metadata.features.metadata(),
                       .plain = !metadata.features.metadata() && trailers_.empty(),
                       .expected_stamp = SourceOf(metadata.stamps),
                       .target = target_,
                       .given = 0});
    polled_.push_back({.fd = queues_.back().socket.fd(), .events = POLLIN, .revents = 0});
  }
  attachments_[interface].sockets.clear();
}

void AfXdpBackend::FollowInterfaces(const ReceiverOptions& options) {
  LineKeeper::Options keeper;
  std::vector<size_t> interface_of(options.subscriptions.size());
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    keeper.more_interfaces.push_back(interfaces_[i].name);
    for (const uint16_t line : interfaces_[i].lines) interface_of[line] = i;
  }
  keeper.follow = [this](std::span<const LineKeeper::InterfaceState> states) {
    return follower_.Follow(states);
  };
  keeper.receives = [this, interface_of = std::move(interface_of)](size_t line) {
    return follower_.Receives(interface_of[line]);
  };
  sockets_.KeepJoined(options, std::move(keeper));
}

// What has arrived is delivered first: nothing more is added to it.
bool AfXdpBackend::Detach(size_t interface, XdpAttachment& dead) {
  for (Queue& queue : queues_) {
    if (queue.interface == interface && queue.socket.Available(1) > 0) return false;
  }
  dead = std::move(attachments_[interface]);
  std::vector<Queue> left;
  polled_.clear();
  next_queue_ = 0;
  for (Queue& queue : queues_) {
    if (queue.interface != interface) {
      polled_.push_back({.fd = queue.socket.fd(), .events = POLLIN, .revents = 0});
      left.push_back(std::move(queue));
      continue;
    }
    xdp_statistics counted{};
    if (queue.socket.ReadStatistics(counted)) AddStatistics(counted, gone_);
    TakeBackOf(queue);
    dead.sockets.push_back(std::move(queue.socket));
  }
  queues_ = std::move(left);
  return true;
}

// What the kernel had for a queue that is gone.
void AfXdpBackend::TakeBackOf(const Queue& queue) {
  if (queue_of_.empty()) {
    limbo_ += queue.given;
    LookForSlices();
    return;
  }
  for (uint32_t slice = 0; slice < queue_of_.size(); ++slice) {
    if (queue_of_[slice] != queue.number) continue;
    queue_of_[slice] = 0;
    spare_.Post(slice);
  }
}

// More queues than numbers are never open at a time.
uint16_t AfXdpBackend::NewNumber() {
  const auto is_taken = [this](const Queue& queue) { return queue.number == last_number_; };
  do {
    last_number_ = static_cast<uint16_t>(last_number_ == UINT16_MAX ? 1 : last_number_ + 1);
  } while (std::any_of(queues_.begin(), queues_.end(), is_taken));
  return last_number_;
}

void AfXdpBackend::Give(Queue& queue, std::span<const uint32_t> slices) {
  queue.socket.Give(slices);
  queue.given += static_cast<uint32_t>(slices.size());
  if (queue_of_.empty()) return;
  for (const uint32_t slice : slices) queue_of_[slice] = queue.number;
}

void AfXdpBackend::Adopt(size_t interface, XdpAttachment attachment) {
  attachments_[interface] = std::move(attachment);
  const size_t first = queues_.size();
  AddQueues(interface);
  for (size_t i = first; i < queues_.size(); ++i) {
    GiveFromStack(queues_[i]);
    if (busy_poll_us_ > 0) EnableBusyPoll(queues_[i].socket.fd(), busy_poll_us_, burst_);
  }
}

// Those that are not known to be elsewhere.
void AfXdpBackend::LookForSlices() {
  std::fill(unseen_.begin(), unseen_.end(), uint8_t{1});
  for (const uint32_t slice : spare_.Top(spare_.size())) unseen_[slice] = 0;
  unseen_count_ = region_.slice_count() - spare_.size();
  TakeSlicesBack();
}

void AfXdpBackend::See(uint32_t slice) {
  unseen_count_ -= unseen_[slice];
  unseen_[slice] = 0;
}

// When no others are left that could be them, they are those in limbo.
void AfXdpBackend::TakeSlicesBack() {
  if (limbo_ == 0 || unseen_count_ > limbo_) return;
  for (uint32_t slice = 0; slice < unseen_.size(); ++slice) {
    if (unseen_[slice] != 0) spare_.Post(slice);
  }
  limbo_ = 0;
  for (Queue& queue : queues_) GiveFromStack(queue);
}

void AfXdpBackend::NoteLimits(const ReceiverOptions& options, uint32_t slices_each) {
  const uint32_t ring_entries = XdpOptionsOf(options).ring_entries;
  if (slices_each < ring_entries) {
    notes_.push_back(absl::StrCat("each of ", queues_.size(), " receive queue(s) holds ",
                                  slices_each, " frames instead of ", ring_entries,
                                  ": the region has ", region_.slice_count(), " slices; ask for ",
                                  uint64_t{ring_entries} * queues_.size(), " or more"));
  }
  for (const XdpInterface& interface : interfaces_) {
    if (interface.frame_bytes <= layout_.frame_bytes()) continue;
    notes_.push_back(absl::StrCat(
        interface.name, " may bring frames of ", interface.frame_bytes,
        " bytes, and a slice holds ", layout_.frame_bytes(),
        ": longer ones are dropped and counted (xdp_slices); ",
        layout_.chunk_bytes < kMostChunkBytes ? "slices of 4096 bytes hold 3840, or " : "",
        "set its MTU to what the feed needs"));
  }
  for (const TrailerFormat format : trailers_) {
    if (format != TrailerFormat::kArista) continue;
    notes_.push_back(
        "frames with Arista's stamp header (trailer: \"arista\") are no IP to the redirect program "
        "and go to the kernel, which drops them: have the switch send without it");
    break;
  }
}

size_t AfXdpBackend::Poll(std::span<Packet> packets) {
  if (packets.empty()) return 0;
  if (follower_.has_news()) [[unlikely]] {
    follower_.Settle(
        [this](size_t interface, XdpAttachment& dead) { return Detach(interface, dead); },
        [this](size_t interface, XdpAttachment attachment) {
          Adopt(interface, std::move(attachment));
        });
  }
  for (size_t visited = 0; visited < queues_.size(); ++visited) {
    Queue& queue = queues_[next_queue_];
    next_queue_ = next_queue_ + 1 == queues_.size() ? 0 : next_queue_ + 1;
    if (const size_t count = PollQueue(queue, packets); count > 0) return count;
  }
  return 0;
}

size_t AfXdpBackend::PollQueue(Queue& queue, std::span<Packet> packets) {
  const auto most = static_cast<uint32_t>(std::min<size_t>(packets.size(), burst_));
  const uint32_t count = queue.socket.Available(most);
  if (count == 0) {
    if (queue.given == 0) {
      ++stats_.starved;
    } else if (busy_poll_us_ > 0 || queue.socket.WantsWake()) [[unlikely]] {
      ++stats_.system_calls;
      queue.socket.Wake();
    }
    return 0;
  }
  return queue.plain ? TakeFrames<true>(queue, count, packets.data())
                     : TakeFrames<false>(queue, count, packets.data());
}

// The hot loop: `count` frames wait.
template <bool kPlain>
size_t AfXdpBackend::TakeFrames(Queue& queue, uint32_t count, Packet* packets) {
  // Values, not members: see XskSocket::Frames.
  const XskSocket::Frames frames = queue.socket.Waiting();
  const FrameLines::Finder lines = queue.lines->finder();
  const FrameChecks checks = checks_;
  const SliceNumbers numbers = numbers_;
  LineStats* const line_stats = line_stats_.data();
  const uint8_t* const base = region_.base();
  // With unaligned chunks the upper bits say where in the chunk the frame begins.
  const auto frame_at = [base](const xdp_desc& descriptor) {
    return base + (descriptor.addr & XSK_UNALIGNED_BUF_ADDR_MASK) +
           (descriptor.addr >> XSK_UNALIGNED_BUF_OFFSET_SHIFT);
  };
  const auto prefetch = [&](uint32_t i) {
    PrefetchFrame(frame_at(frames[i]));
    if constexpr (!kPlain) __builtin_prefetch(frame_at(frames[i]) - sizeof(XdpMetadata));
  };
  for (uint32_t i = 0; i < std::min(count, kPrefetchAhead); ++i) prefetch(i);
  const uint64_t ticks = latency::Clock::Ticks();
  Clocks clocks;
  if constexpr (!kPlain) {
    clocks.unix_ns = ClockNs(CLOCK_REALTIME);
    clocks.tai_ahead_ns = TaiAheadNs(clocks.unix_ns);
  }
  Packet* packet = packets;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (i + kPrefetchAhead < count) prefetch(i + kPrefetchAhead);
    const xdp_desc descriptor = frames[i];
    const uint8_t* const frame = frame_at(descriptor);
    const uint32_t slice = numbers.Of(descriptor.addr & XSK_UNALIGNED_BUF_ADDR_MASK);
    XdpMetadata metadata{};
    VlanTags tags;
    if constexpr (!kPlain) {
      if (queue.metadata) metadata = ReadMetadata(frame);
      tags = metadata.tags();
    }
    FrameView view;
    const FrameVerdict verdict = ParseFrame(frame, descriptor.len, checks, view, tags);
    const int32_t line =
        verdict == FrameVerdict::kDatagram ? lines.Find(view) : FrameLines::kNoLine;
    if (line == FrameLines::kNoLine) [[unlikely]] {
      Reject(queue, slice, verdict);
      continue;
    }
    *packet++ = {.data = view.payload,
                 .length = view.payload_bytes,
                 .slice = slice,
                 .stamp_ns = 0,
                 .dequeue_ticks = ticks,
                 .line = static_cast<uint16_t>(line),
                 .stamp_source = StampSource::kNone,
                 .truncated = false};
    if constexpr (!kPlain) {
      Stamp(queue, {frame, descriptor.len}, view, metadata, clocks, packet[-1]);
    }
    LineStats& counts = line_stats[line];
    ++counts.packets;
    counts.bytes += view.payload_bytes;
    bytes += view.payload_bytes;
  }
  queue.socket.Consume(count);
  const auto delivered = static_cast<size_t>(packet - packets);
  if (!queue_of_.empty()) {
    for (size_t i = 0; i < delivered; ++i) queue_of_[packets[i].slice] = 0;
  }
  if (limbo_ > 0) [[unlikely]] {
    for (size_t i = 0; i < delivered; ++i) See(packets[i].slice);
  }
  queue.given -= static_cast<uint32_t>(delivered);
  stats_.packets += delivered;
  stats_.bytes += bytes;
  // Slices usually come back a moment later, by Post, and straight into the ring: those that are
  // spare are for consumers that hold on to them.
  if (queue.target - queue.given > kSlicesBesidesRing / 2 && !spare_.empty()) GiveFromStack(queue);
  return delivered;
}

void AfXdpBackend::Stamp(const Queue& queue, std::span<const uint8_t> frame, const FrameView& view,
                         const XdpMetadata& metadata, const Clocks& clocks, Packet& packet) {
  if (metadata.source == XdpMetadata::kAdapter) {
    packet.stamp_ns = static_cast<int64_t>(metadata.ns);
    packet.stamp_source = StampSource::kHardware;
  } else if (metadata.source == XdpMetadata::kKernel) {
    packet.stamp_ns = static_cast<int64_t>(metadata.ns) - clocks.tai_ahead_ns;
    packet.stamp_source = StampSource::kSoftware;
  }
  const bool wants_trailer = !trailers_.empty() && trailers_[packet.line] != TrailerFormat::kNone;
  const bool as_granted = wants_trailer ? ReadTrailer(frame, view, clocks, packet)
                                        : packet.stamp_source == queue.expected_stamp;
  stats_.unstamped += as_granted ? 0 : 1;
}

bool AfXdpBackend::ReadTrailer(std::span<const uint8_t> frame, const FrameView& view,
                               const Clocks& clocks, Packet& packet) const {
  const size_t ip_bytes = view.is_v6 ? Ipv6Header::kBytes + Ipv6Header{view.ip}.payload_bytes()
                                     : Ipv4Header{view.ip}.total_bytes();
  const size_t tail = static_cast<size_t>(view.ip - frame.data()) + ip_bytes;
  const std::optional<TrailerStamp> stamp =
      ParseTrailer(frame, {.tail = tail}, trailers_[packet.line], clocks.unix_ns);
  if (!stamp.has_value()) return false;
  if (packet.stamp_source == StampSource::kSoftware) {
    packet.kernel_after_ns = KernelAfterNs(stamp->ns, packet.stamp_ns);
  }
  packet.stamp_ns = stamp->ns;
  packet.stamp_source = StampSource::kTrailer;
  return true;
}

// The slice goes back to the queue that it came from.
void AfXdpBackend::Reject(Queue& queue, uint32_t slice, FrameVerdict verdict) {
  // The program takes the lines of all receivers that share the interface.
  const bool is_of_another = verdict == FrameVerdict::kDatagram && is_shared_;
  ++stats_.own[is_of_another ? kWrongQueue : kBadFrames].count;
  stats_.own[kBadChecksums].count += verdict == FrameVerdict::kBadChecksum ? 1 : 0;
  if (limbo_ > 0) See(slice);
  queue.socket.Give({&slice, 1});
}

void AfXdpBackend::GiveFromStack(Queue& queue) {
  const uint32_t count = std::min(queue.target - queue.given, spare_.size());
  Give(queue, spare_.Top(count));
  for (uint32_t i = 0; i < count; ++i) spare_.Take();
}

void AfXdpBackend::Post(std::span<const uint32_t> slices) {
  if (closed_ || slices.empty()) return;
  // One queue that has room for them: the usual case.
  if (queues_.size() == 1 && limbo_ == 0) [[likely]] {
    Queue& only = queues_[0];
    if (slices.size() <= only.target - only.given) {
      Give(only, slices);
      return;
    }
  }
  if (limbo_ > 0) {
    for (const uint32_t slice : slices) See(slice);
  }
  Distribute(slices);
  TakeSlicesBack();
}

// To the queue that lacks most, again and again; what none lacks is kept.
void AfXdpBackend::Distribute(std::span<const uint32_t> slices) {
  const auto lack = [](const Queue& queue) { return queue.target - queue.given; };
  while (!slices.empty() && !queues_.empty()) {
    const auto queue =
        std::max_element(queues_.begin(), queues_.end(),
                         [&](const Queue& a, const Queue& b) { return lack(a) < lack(b); });
    const size_t count = std::min<size_t>(slices.size(), lack(*queue));
    if (count == 0) break;
    Give(*queue, slices.first(count));
    slices = slices.subspan(count);
  }
  spare_.Post(slices);
}

void AfXdpBackend::Wait(std::chrono::nanoseconds timeout) {
  if (closed_) return;
  const int64_t wait_ns = std::max<int64_t>(timeout.count(), 0);
  const timespec spec{.tv_sec = static_cast<time_t>(wait_ns / 1'000'000'000),
                      .tv_nsec = static_cast<long>(wait_ns % 1'000'000'000)};
  if (owned() == 0) {
    // Nothing can come.
    nanosleep(&spec, nullptr);
    return;
  }
  ++stats_.system_calls;
  ppoll(polled_.data(), polled_.size(), &spec, nullptr);
}

void AfXdpBackend::RefreshStats() {
  if (closed_) return;
  sockets_.RefreshStats();
  stats_.kernel_drops = sockets_.stats.kernel_drops;
  stats_.line_losses = sockets_.stats.line_losses;
  stats_.line_returns = sockets_.stats.line_returns;
  stats_.deaf_lines = sockets_.stats.deaf_lines;
  for (size_t line = 0; line < line_stats_.size(); ++line) {
    const LineStats& socket = sockets_.line_stats()[line];
    LineStats& own = line_stats_[line];
    own.kernel_drops = socket.kernel_drops;
    own.losses = socket.losses;
    own.returns = socket.returns;
    own.deaf = socket.deaf;
  }
  xdp_statistics sum = gone_;
  for (const Queue& queue : queues_) {
    xdp_statistics own;
    if (!queue.socket.ReadStatistics(own)) return;
    AddStatistics(own, sum);
  }
  stats_.own[kSlices].count = sum.rx_dropped;
  stats_.own[kFillEmpty].count = sum.rx_fill_ring_empty_descs;
  stats_.own[kRing].count = sum.rx_ring_full;
  stats_.errors = sum.rx_invalid_descs;
}

uint32_t AfXdpBackend::owned() const {
  uint32_t owned = spare_.size() + limbo_;
  for (const Queue& queue : queues_) owned += queue.given;
  return owned;
}

void AfXdpBackend::Close() {
  if (closed_) return;
  sockets_.StopKeeping();
  RefreshStats();
  closed_ = true;
  limbo_ = 0;
  attachments_.clear();  // The programs first: then nothing more comes.
  queues_.clear();
  polled_.clear();
  spare_.Clear();
  next_queue_ = 0;
  sockets_.Close();
}

}  // namespace fh::rio
