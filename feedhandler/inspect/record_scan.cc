#include "feedhandler/inspect/record_scan.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/instrument_store.h"
#include "codecs/length_prefixed/length_prefixed.h"
#include "codecs/message.h"
#include "codecs/registry.h"
#include "replay/byte_source.h"
#include "replay/record_file_backend.h"
#include "rio/memory/region.h"
#include "rio/packet.h"
#include "rio/receiver.h"

namespace fh {
namespace {

using codecs::LengthPrefixed;

constexpr size_t kGuessBytes = 256 * 1024;
// The longest record fits.
constexpr uint32_t kSliceBytes = 65'600;
constexpr uint32_t kSlices = 64;

// Messages that a codec knows, of those it was shown.
struct Fitting final : codecs::MessageVisitor {
  uint64_t messages = 0;
  uint64_t fitting = 0;
  void BeginMessage(uint64_t, const codecs::MessageInfo* info, std::span<const uint8_t> bytes,
                    const char*) override {
    ++messages;
    fitting += info != nullptr && bytes.size() == info->length;
  }
  void Field(const codecs::FieldInfo&, const codecs::Value&) override {}
  void EndMessage() override {}
};

int Confidence(const codecs::CodecInfo& info, const rio::Packet& packet) {
  codecs::InstrumentStore instruments(1);
  const absl::StatusOr<std::unique_ptr<codecs::Codec>> codec =
      info.make({.instruments = &instruments, .framing = "length_prefixed"});
  if (!codec.ok()) return 0;
  codecs::PacketFrame frame;
  (*codec)->Frame({&packet, 1}, {&frame, 1});
  Fitting fitting;
  (*codec)->Describe(packet, frame, fitting);
  return fitting.messages == 0 ? 0 : static_cast<int>(fitting.fitting * 100 / fitting.messages);
}

void CountRecords(const rio::Packet& packet, RecordScan& scan) {
  const LengthPrefixed::Blocks whole;
  whole.ForEach(
      {packet.data, packet.data + packet.length, UINT32_MAX}, [&](const uint8_t*, uint32_t length) {
        if (length == 0) return;
        scan.least_bytes = scan.records == 0 ? length : std::min(scan.least_bytes, length);
        scan.most_bytes = std::max(scan.most_bytes, length);
        scan.bytes += length;
        ++scan.records;
      });
}

}  // namespace

bool IsRecordFile(const std::string& path) {
  if (replay::CanBeReadOnce(path)) return false;
  const absl::StatusOr<std::vector<uint8_t>> first =
      replay::FirstBytes(path, replay::kRecordFileGuessBytes);
  return first.ok() && replay::LooksLikeRecordFile(*first);
}

RecordGuess GuessRecordCodec(const std::string& path) {
  RecordGuess guess;
  absl::StatusOr<std::vector<uint8_t>> first = replay::FirstBytes(path, kGuessBytes);
  if (!first.ok()) return guess;
  rio::Packet packet{};
  packet.length = static_cast<uint32_t>(first->size());
  first->resize(first->size() + rio::kReadablePastEnd);
  packet.data = first->data();
  for (const codecs::CodecInfo* info : codecs::Codecs()) {
    if (!info->has_file_form) continue;
    const int confidence = Confidence(*info, packet);
    if (confidence <= guess.confidence) continue;
    guess.confidence = confidence;
    guess.codec = confidence >= PayloadGuess::kAccepted ? info : nullptr;
  }
  return guess;
}

RecordScan ScanRecordFile(const std::string& path, uint64_t most_records,
                          const ScanProgress& progress) {
  RecordScan scan;
  scan.path = path;
  absl::StatusOr<rio::RegisteredRegion> region =
      rio::RegisteredRegion::Create({.slice_bytes = kSliceBytes, .slice_count = kSlices});
  if (!region.ok()) {
    scan.status = region.status();
    return scan;
  }
  auto owned_region = std::make_unique<rio::RegisteredRegion>(*std::move(region));
  absl::StatusOr<std::unique_ptr<replay::RecordFileBackend>> backend =
      replay::RecordFileBackend::Open(path, *owned_region);
  if (!backend.ok()) {
    scan.status = backend.status();
    return scan;
  }
  const RecordGuess guess = GuessRecordCodec(path);
  scan.codec = guess.codec;
  scan.confidence = guess.confidence;
  rio::Receiver<replay::RecordFileBackend> receiver(std::move(owned_region), *std::move(backend));
  std::array<rio::Packet, kSlices> burst;
  bool wanted = true;
  while (wanted && !receiver.finished() && scan.records < most_records) {
    const size_t count = receiver.Poll(burst);
    for (const rio::Packet& packet : std::span(burst.data(), count)) CountRecords(packet, scan);
    receiver.Release({burst.data(), count});
    if (progress) {
      wanted = progress(receiver.backend().stored_bytes_read(),
                        receiver.backend().stored_bytes_total(), scan.records);
    }
  }
  scan.status = receiver.backend().status();
  scan.has_end_record = receiver.backend().has_end_record();
  scan.complete = receiver.finished() && scan.status.ok();
  return scan;
}

}  // namespace fh
