#include "feedhandler/inspect/sequence_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "codecs/iex/iex_tp.h"
#include "codecs/message.h"
#include "codecs/moldudp64/moldudp64.h"

namespace fh {
namespace {

using codecs::FrameKind;
using codecs::PacketFrame;

class CodecReader final : public SequenceReader {
 public:
  CodecReader(std::unique_ptr<codecs::Codec> codec, const char* framing)
      : codec_(std::move(codec)), framing_(framing) {}

  PacketFrame Frame(const rio::Packet& packet) override {
    PacketFrame frame;
    codec_->Frame({&packet, 1}, {&frame, 1});
    return frame;
  }

  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame,
                      MessageFunction function) const override {
    struct Visitor final : codecs::MessageVisitor {
      explicit Visitor(MessageFunction to) : on_message(to) {}
      void BeginMessage(uint64_t sequence, const codecs::MessageInfo*,
                        std::span<const uint8_t> bytes, const char*) override {
        on_message(sequence, bytes);
      }
      void Field(const codecs::FieldInfo&, const codecs::Value&) override {}
      void EndMessage() override {}
      MessageFunction on_message;
    };
    Visitor visitor(function);
    codec_->Describe(packet, frame, visitor);
  }

  std::string framing() const override { return framing_; }

 private:
  std::unique_ptr<codecs::Codec> codec_;
  const char* framing_;
};

// IEX-TP whatever its message protocol.
struct AnyIexTp {
  PacketFrame Parse(const rio::Packet& packet) const { return Of(packet).Parse(packet); }
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    Of(packet).ForEachMessage(packet, frame, skip, take, std::forward<Function>(function));
  }
  static codecs::iex::IexTp Of(const rio::Packet& packet) {
    const bool whole = packet.length >= codecs::iex::kSegmentHeaderBytes;
    return codecs::iex::IexTp(whole ? codecs::iex::kMessageProtocolId(packet.data) : uint16_t{0});
  }
};

// The packet as one message behind its header.
struct SbePackets {
  static constexpr codecs::LittleEndian<uint32_t> kSequence{"message_sequence_number", 0};
  static constexpr codecs::LittleEndian<int64_t> kSendingTime{"sending_time", 4};

  PacketFrame Parse(const rio::Packet& packet) const {
    PacketFrame frame;
    if (packet.length < kSbePacketHeaderBytes) {
      frame.reject = codecs::RejectReason::kTooShort;
      return frame;
    }
    frame.kind = FrameKind::kMessages;
    frame.first_sequence = kSequence(packet.data);
    frame.send_time_ns = kSendingTime(packet.data);
    frame.message_count = 1;
    frame.number_count = 1;
    frame.stream_start = frame.first_sequence == 1;
    return frame;
  }
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame&, uint32_t, uint32_t,
                      Function&& function) const {
    function(packet.data + kSbePacketHeaderBytes, packet.length - kSbePacketHeaderBytes);
  }
};

template <typename Framing>
class FramingReader final : public SequenceReader {
 public:
  explicit FramingReader(FramingFamily family) : family_(family) {}

  PacketFrame Frame(const rio::Packet& packet) override { return framing_.Parse(packet); }

  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame,
                      MessageFunction function) const override {
    uint64_t sequence = frame.first_sequence;
    framing_.ForEachMessage(packet, frame, 0, frame.message_count,
                            [&](const uint8_t* message, uint32_t length) {
                              function(sequence++, {message, length});
                            });
  }

  std::string framing() const override { return FramingFamilyName(family_); }

 private:
  Framing framing_;
  FramingFamily family_;
};

}  // namespace

std::unique_ptr<SequenceReader> MakeSequenceReader(const codecs::CodecInfo* codec,
                                                   FramingFamily family,
                                                   codecs::InstrumentStore& instruments) {
  if (codec != nullptr) {
    // Time zones and the like may be missing here; numbers can be read all the same.
    absl::StatusOr<std::unique_ptr<codecs::Codec>> made =
        codec->make({.instruments = &instruments});
    if (made.ok()) return std::make_unique<CodecReader>(*std::move(made), codec->framing);
  }
  switch (family) {
    case FramingFamily::kMoldUdp64:
      return std::make_unique<FramingReader<codecs::MoldUdp64>>(family);
    case FramingFamily::kIexTp:
      return std::make_unique<FramingReader<AnyIexTp>>(family);
    case FramingFamily::kSbe:
      return std::make_unique<FramingReader<SbePackets>>(family);
    case FramingFamily::kUnknown:
    case FramingFamily::kLengthPrefixedBig:
    case FramingFamily::kLengthPrefixedLittle:
      break;
  }
  return nullptr;
}

std::string SessionText(const std::string& framing, const codecs::SessionId& session) {
  const auto& bytes = session.bytes;
  if (framing == "iex_tp") {
    const auto* wire = reinterpret_cast<const uint8_t*>(bytes.data());
    constexpr codecs::LittleEndian<uint32_t> kSession{"session", 0};
    constexpr codecs::LittleEndian<uint32_t> kChannel{"channel", 4};
    return absl::StrCat(kSession(wire), "/", kChannel(wire));
  }
  size_t size = bytes.size();
  while (size > 0 && bytes[size - 1] == 0) --size;
  if (size == 0) return "-";
  const bool printable =
      std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size),
                  [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable) {
    std::string text = "0x";
    for (size_t i = 0; i < size; ++i) {
      absl::StrAppendFormat(&text, "%02x", static_cast<uint8_t>(bytes[i]));
    }
    return text;
  }
  std::string text(bytes.data(), size);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  text.erase(text.find_last_not_of(' ') + 1);
  return text.empty() ? "(blank)" : text;
}

}  // namespace fh
