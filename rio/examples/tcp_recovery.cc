// A recovery session over TCP whose data lands in registered slices: a client asks a server for the
// messages that it missed. Both ends live here and share one completion queue, so that the whole
// model fits on a page.
//
//   rio_tcp_recovery [auto | io_uring | pump | ...]
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "rio/registered/providers.h"
#include "rio/registered/queues.h"
#include "rio/socket/socket.h"

namespace fh::rio {
namespace {

constexpr uint32_t kSliceBytes = 2048;
constexpr uint32_t kReceives = 8;    // Slices 0 to 7: the client receives into them.
constexpr uint32_t kQuestion = 8;    // The client's question goes out from here,
constexpr uint32_t kQuestionIn = 9;  // and comes in here.
constexpr uint32_t kAnswer = 10;     // The answer goes out from these slices.
constexpr uint32_t kAnswerSlices = 8;
constexpr uint64_t kMessages = kAnswerSlices * kSliceBytes / sizeof(uint64_t);
constexpr std::chrono::seconds kPatience{10};

class Recovery {
 public:
  absl::Status Open(const Provider& provider);
  absl::Status Run(uint64_t first);

 private:
  // A slice is named by its index, which is the context of its request.
  abi::Buf Slice(uint32_t index, uint32_t bytes = kSliceBytes) {
    return memory_.slice(index * kSliceBytes, bytes);
  }
  absl::Status Take(const Completion& completion);
  absl::Status Answer();
  absl::Status Check(abi::Error error) {
    return error == abi::kOk ? absl::OkStatus() : absl::InternalError(ErrorName(error));
  }

  // Destroyed from the last to the first, which is the order that RIO wants.
  std::optional<RegisteredRegion> region_;
  RegisteredBuffer memory_;
  std::optional<CompletionQueue> done_;
  std::optional<RequestQueue> client_;
  std::optional<RequestQueue> server_;
  uint64_t next_ = 0;          // The message that is expected.
  std::string half_received_;  // A stream has no borders: a message may begin in one slice only.
};

absl::Status Recovery::Open(const Provider& provider) {
  auto region = RegisteredRegion::Create({.slice_bytes = kSliceBytes, .slice_count = 32});
  if (!region.ok()) return region.status();
  region_ = *std::move(region);
  auto memory = RegisteredBuffer::Create(provider, *region_);
  if (!memory.ok()) return memory.status();
  memory_ = *std::move(memory);
  auto done = CompletionQueue::Create(provider, {.entries = 64, .wake = Wake::kEvent});
  if (!done.ok()) return done.status();
  done_ = *std::move(done);

  auto listener = Socket::Open(Socket::Kind::kTcp, Socket::Family::kV4, &provider);
  if (!listener.ok()) return listener.status();
  auto client = Socket::Open(Socket::Kind::kTcp, Socket::Family::kV4, &provider);
  if (!client.ok()) return client.status();
  if (auto s = listener->Bind({*IpAddress::Parse("127.0.0.1"), 0}); !s.ok()) return s;
  if (auto s = listener->Listen(1); !s.ok()) return s;
  if (auto s = client->Connect(*listener->LocalEndpoint(), kPatience); !s.ok()) return s;
  auto server = listener->Accept(kPatience);
  if (!server.ok()) return server.status();
  for (auto [socket, queue] : {std::pair(&*client, &client_), std::pair(&*server, &server_)}) {
    auto made = RequestQueue::Create(provider, socket->handle(), *done_,
                                     {.receives = kReceives, .sends = kAnswerSlices});
    if (!made.ok()) return made.status();
    socket->Release();  // The queue closes it.
    *queue = *std::move(made);
  }
  return absl::OkStatus();
}

absl::Status Recovery::Run(uint64_t first) {
  next_ = first;
  // All receives are posted, then started together.
  for (uint32_t i = 0; i < kReceives; ++i) {
    const auto error = client_->Receive({.data = Slice(i), .context = i, .defer = true});
    if (auto s = Check(error); !s.ok()) return s;
  }
  if (auto s = Check(client_->Commit()); !s.ok()) return s;
  const auto in = Slice(kQuestionIn, sizeof first);
  const auto waits = server_->Receive({.data = in, .context = kQuestionIn, .wait_all = true});
  if (auto s = Check(waits); !s.ok()) return s;
  std::memcpy(region_->slice(kQuestion), &first, sizeof first);
  const auto asks = client_->Send({.data = Slice(kQuestion, sizeof first), .context = kQuestion});
  if (auto s = Check(asks); !s.ok()) return s;

  while (next_ < first + kMessages) {
    std::array<Completion, 16> burst;
    const Dequeued dequeued = done_->Dequeue(burst);
    if (dequeued.corrupt) return absl::DataLossError("the completion queue is corrupt");
    if (dequeued.count == 0) done_->Wait(kPatience);
    for (uint32_t i = 0; i < dequeued.count; ++i) {
      if (auto s = Take(burst[i]); !s.ok()) return s;
    }
  }
  return absl::OkStatus();
}

absl::Status Recovery::Take(const Completion& completion) {
  if (completion.status != abi::kOk) return absl::InternalError(ErrorName(completion.status));
  const auto index = static_cast<uint32_t>(completion.request_context);
  if (index == kQuestionIn) return Answer();
  if (index >= kReceives) return absl::OkStatus();  // Something was sent.
  if (completion.bytes == 0) return absl::DataLossError("the server hung up");
  half_received_.append(reinterpret_cast<const char*>(region_->slice(index)), completion.bytes);
  size_t used = 0;
  for (uint64_t number = 0; half_received_.size() - used >= sizeof number; used += sizeof number) {
    std::memcpy(&number, half_received_.data() + used, sizeof number);
    if (number != next_++) return absl::DataLossError("a message is missing");
  }
  half_received_.erase(0, used);
  return Check(client_->Receive({.data = Slice(index), .context = index}));
}

absl::Status Recovery::Answer() {
  uint64_t number = 0;
  std::memcpy(&number, region_->slice(kQuestionIn), sizeof number);
  for (uint32_t i = kAnswer; i < kAnswer + kAnswerSlices; ++i) {
    for (uint32_t offset = 0; offset < kSliceBytes; offset += sizeof number, ++number) {
      std::memcpy(region_->slice(i) + offset, &number, sizeof number);
    }
    const auto error = server_->Send({.data = Slice(i), .context = i, .defer = true});
    if (auto s = Check(error); !s.ok()) return s;
  }
  return Check(server_->Commit());
}

int Main(int argc, char** argv) {
  const auto choice = ChooseProvider(argc > 1 ? argv[1] : "auto");
  absl::Status status = choice.status();
  Recovery recovery;
  if (status.ok()) status = recovery.Open(*choice->provider);
  if (status.ok()) status = recovery.Run(1000);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    return 1;
  }
  std::printf("recovered messages 1000 to %d over %s\n", static_cast<int>(999 + kMessages),
              choice->provider->name);
  return 0;
}

}  // namespace
}  // namespace fh::rio

int main(int argc, char** argv) { return fh::rio::Main(argc, argv); }
