#include "latency/files/report_file.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <zlib.h>

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace fh::latency::files {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr absl::string_view kCopyAgain = "; copy the file again, or measure again";
// "FHLATENCY": what is left when a transfer changed the line end behind it.
constexpr size_t kNameBytes = 9;

uint32_t Crc(absl::string_view bytes) {
  uLong crc = ::crc32(0, nullptr, 0);
  while (!bytes.empty()) {
    const size_t some = std::min<size_t>(bytes.size(), size_t{1} << 30);
    crc = ::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(some));
    bytes.remove_prefix(some);
  }
  return static_cast<uint32_t>(crc);
}

template <typename T>
void PutLittle(T value, std::string& out) {
  for (size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

template <typename T>
T GetLittle(absl::string_view bytes, size_t offset) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<uint8_t>(bytes[offset + i])) << (8 * i);
  }
  return value;
}

// Walks a message as it is on the wire, and counts the messages in it: what parsing allocates, the
// numbers themselves apart. Whether the bytes are right otherwise is the parser's business.
class MessageCounter {
 public:
  // False when there are more than kMostMessages, or the bytes end within a field.
  bool Count(absl::string_view bytes, const Descriptor& type, int depth) {
    while (!bytes.empty()) {
      uint64_t tag = 0;
      if (!Varint(bytes, tag)) return false;
      if (!Field(bytes, tag, type, depth)) return false;
    }
    return true;
  }

  size_t messages() const { return messages_; }

 private:
  static constexpr int kMostDepth = 16;

  static bool Varint(absl::string_view& bytes, uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 70 && !bytes.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes[0]);
      bytes.remove_prefix(1);
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  static bool Skip(absl::string_view& bytes, uint64_t count) {
    if (count > bytes.size()) return false;
    bytes.remove_prefix(count);
    return true;
  }

  bool Field(absl::string_view& bytes, uint64_t tag, const Descriptor& type, int depth) {
    uint64_t length = 0;
    switch (tag & 7) {
      case 0:
        return Varint(bytes, length);
      case 1:
        return Skip(bytes, 8);
      case 5:
        return Skip(bytes, 4);
      case 2:
        break;
      default:
        return false;  // Groups: no report has any.
    }
    if (!Varint(bytes, length) || length > bytes.size()) return false;
    const absl::string_view inside = bytes.substr(0, length);
    bytes.remove_prefix(length);
    const FieldDescriptor* field = tag >> 3 <= uint64_t{std::numeric_limits<int>::max()}
                                       ? type.FindFieldByNumber(static_cast<int>(tag >> 3))
                                       : nullptr;
    if (field == nullptr || (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
                             field->cpp_type() != FieldDescriptor::CPPTYPE_STRING)) {
      return true;
    }
    if (++messages_ > kMostMessages) return false;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
    return depth < kMostDepth && Count(inside, *field->message_type(), depth + 1);
  }

  size_t messages_ = 0;
};

absl::Status Damaged(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, kCopyAgain));
}

absl::Status CheckFrame(absl::string_view bytes) {
  if (!absl::StartsWith(bytes, kReportFirstBytes)) {
    if (absl::StartsWith(bytes, kReportFirstBytes.substr(0, kNameBytes)) &&
        bytes.size() >= kReportFirstBytes.size()) {
      return absl::InvalidArgumentError(
          "offset 9: the line end was changed on the way; copy the file again, as binary");
    }
    if (!bytes.empty() && absl::StartsWith(kReportFirstBytes, bytes)) {
      return Damaged(absl::StrCat("offset ", bytes.size(), ": the file ends within its header of ",
                                  kFrameBytes, " bytes"));
    }
    return absl::InvalidArgumentError("offset 0: this is no latency report");
  }
  if (bytes.size() < kFrameBytes) {
    return Damaged(absl::StrCat("offset ", bytes.size(), ": the file ends within its header of ",
                                kFrameBytes, " bytes"));
  }
  if (GetLittle<uint32_t>(bytes, 28) != Crc(bytes.substr(0, 28))) {
    return Damaged("offset 28: the sum of the header is wrong");
  }
  const auto version = GetLittle<uint32_t>(bytes, 12);
  if (version != kFrameVersion) {
    return absl::InvalidArgumentError(absl::StrCat("offset 12: the file has version ", version,
                                                   ", this program reads ", kFrameVersion,
                                                   "; read it with a newer feedhandler"));
  }
  const auto length = GetLittle<uint64_t>(bytes, 16);
  const size_t there = bytes.size() - kFrameBytes;
  if (there < length) {
    return Damaged(absl::StrCat("offset ", bytes.size(), ": the file is cut: ", there, " of ",
                                length, " bytes are there"));
  }
  if (there > length) {
    return Damaged(absl::StrCat("offset ", kFrameBytes + length, ": ", there - length,
                                " bytes stand behind the report"));
  }
  if (GetLittle<uint32_t>(bytes, 24) != Crc(bytes.substr(kFrameBytes))) {
    return Damaged("offset 32: the sum of the report is wrong");
  }
  return absl::OkStatus();
}

// Keeps the first one.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty())
      text = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }

  std::string text;
};

absl::Status TooLarge(size_t bytes, size_t most) {
  return absl::InvalidArgumentError(absl::StrCat("the report has ", bytes, " bytes, more than the ",
                                                 most,
                                                 " that are read; measure with longer intervals"));
}

}  // namespace

absl::StatusOr<std::string> EncodeReport(const proto::LatencyReport& report) {
  const size_t length = report.ByteSizeLong();
  if (length > kMostFileBytes - kFrameBytes) {
    return TooLarge(length, kMostFileBytes - kFrameBytes);
  }
  std::string message;
  if (!report.SerializeToString(&message)) {
    return absl::InvalidArgumentError("the report cannot be written: a text in it is not UTF-8");
  }
  std::string file(kReportFirstBytes);
  file.reserve(kFrameBytes + message.size());
  PutLittle(kFrameVersion, file);
  PutLittle(static_cast<uint64_t>(message.size()), file);
  PutLittle(Crc(message), file);
  PutLittle(Crc(file), file);
  return file + message;
}

absl::StatusOr<std::string> EncodeReportText(const proto::LatencyReport& report) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseShortRepeatedPrimitives(true);
  if (!printer.PrintToString(report, &text)) {
    return absl::InvalidArgumentError("the report cannot be written as text");
  }
  text = absl::StrCat(kTextFirstBytes, " (message feedhandler.latency.LatencyReport)\n", text);
  if (text.size() > kMostTextBytes) return TooLarge(text.size(), kMostTextBytes);
  return text;
}

absl::StatusOr<proto::LatencyReport> DecodeReport(absl::string_view bytes) {
  if (bytes.size() > kMostFileBytes) return TooLarge(bytes.size(), kMostFileBytes);
  if (absl::Status frame = CheckFrame(bytes); !frame.ok()) return frame;
  const absl::string_view message = bytes.substr(kFrameBytes);
  MessageCounter counter;
  const bool counted = counter.Count(message, *proto::LatencyReport::descriptor(), 0);
  if (counter.messages() > kMostMessages) {
    return absl::InvalidArgumentError(absl::StrCat("the report has more than ", kMostMessages,
                                                   " parts; measure with longer intervals"));
  }
  proto::LatencyReport report;
  if (!counted || !report.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return Damaged("offset 32: what stands behind the header is no report");
  }
  return report;
}

absl::StatusOr<proto::LatencyReport> DecodeReportText(absl::string_view text) {
  if (text.size() > kMostTextBytes) return TooLarge(text.size(), kMostTextBytes);
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(16);
  proto::LatencyReport report;
  if (!parser.ParseFromString(std::string(text), &report)) {
    return absl::InvalidArgumentError(
        absl::StrCat(error.text.empty() ? "it is no Protobuf text" : error.text,
                     "; correct it, or write it again with `feedhandler latency convert`"));
  }
  return report;
}

}  // namespace fh::latency::files
