#include "replay/capture_writer.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fh::replay {
namespace {

constexpr uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr size_t kGatheredBytes = 256 * 1024;

// draft-ietf-opsawg-pcap, sections 4 and 5.
struct FileHeader {
  uint32_t magic = kMagicNanoseconds;
  uint16_t version_major = 2;
  uint16_t version_minor = 4;
  uint32_t reserved1 = 0;
  uint32_t reserved2 = 0;
  uint32_t snap_length;
  uint32_t link_type;
};
static_assert(sizeof(FileHeader) == 24);

struct RecordHeader {
  uint32_t seconds;
  uint32_t nanoseconds;
  uint32_t captured;
  uint32_t original;
};
static_assert(sizeof(RecordHeader) == 16);

template <typename Header>
std::span<const uint8_t> BytesOf(const Header& header) {
  return {reinterpret_cast<const uint8_t*>(&header), sizeof(header)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaptureWriter>> CaptureWriter::Open(absl::string_view path,
                                                                   CaptureWriterOptions options) {
  const bool is_stdout = path == "-";
  const std::string name(is_stdout ? "standard output" : path);
  std::FILE* file = is_stdout ? stdout : std::fopen(name.c_str(), "wb");
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", name));
  return Over(file, name, options);
}

absl::StatusOr<std::unique_ptr<CaptureWriter>> CaptureWriter::Over(std::FILE* file,
                                                                   absl::string_view name,
                                                                   CaptureWriterOptions options) {
  const bool owned = file != stdout;
  if (owned) std::setvbuf(file, nullptr, _IONBF, 0);  // Gathered here.
  // The constructor is private, which make_unique cannot reach.
  std::unique_ptr<CaptureWriter> writer(new CaptureWriter(file, owned, std::string(name), options));
  const FileHeader header{.snap_length = options.snap_length,
                          .link_type = static_cast<uint32_t>(options.link_type)};
  if (absl::Status written = writer->Append(BytesOf(header)); !written.ok()) return written;
  return writer;
}

CaptureWriter::CaptureWriter(std::FILE* file, bool owned, std::string name,
                             CaptureWriterOptions options)
    : file_(file),
      owned_(owned),
      name_(std::move(name)),
      options_(options),
      frame_(kMaxUdpFramingBytes + kMaxUdpPayloadIpv6) {
  gathered_.reserve(kGatheredBytes);
}

CaptureWriter::~CaptureWriter() { Close().IgnoreError(); }

absl::Status CaptureWriter::Append(std::span<const uint8_t> bytes) {
  if (status_.ok() && gathered_.size() + bytes.size() > kGatheredBytes) WriteGathered();
  if (!status_.ok()) return status_;
  gathered_.insert(gathered_.end(), bytes.begin(), bytes.end());
  bytes_ += bytes.size();
  return absl::OkStatus();
}

void CaptureWriter::WriteGathered() {
  if (std::fwrite(gathered_.data(), 1, gathered_.size(), file_) != gathered_.size()) {
    status_ = absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", name_));
  }
  gathered_.clear();
}

absl::Status CaptureWriter::WriteFrame(int64_t stamp_ns, std::span<const uint8_t> frame,
                                       uint32_t original_length) {
  if (stamp_ns < 0 || stamp_ns / kNsPerSecond > UINT32_MAX) {
    return absl::InvalidArgumentError(
        absl::StrCat("stamp ", stamp_ns, " ns is outside of what pcap can hold, 1970 to 2106"));
  }
  if (frame.size() > options_.snap_length) {
    return absl::InvalidArgumentError(absl::StrCat("a frame of ", frame.size(),
                                                   " bytes is longer than the snap length ",
                                                   options_.snap_length));
  }
  const auto captured = static_cast<uint32_t>(frame.size());
  const RecordHeader header{static_cast<uint32_t>(stamp_ns / kNsPerSecond),
                            static_cast<uint32_t>(stamp_ns % kNsPerSecond), captured,
                            original_length == 0 ? captured : original_length};
  if (absl::Status written = Append(BytesOf(header)); !written.ok()) return written;
  if (absl::Status written = Append(frame); !written.ok()) return written;
  ++frames_;
  return absl::OkStatus();
}

absl::Status CaptureWriter::WriteDatagram(int64_t stamp_ns, const UdpFraming& framing,
                                          std::span<const uint8_t> payload) {
  const absl::StatusOr<size_t> size = BuildUdpFrame(framing, payload, frame_);
  if (!size.ok()) return size.status();
  return WriteFrame(stamp_ns, {frame_.data(), *size});
}

absl::Status CaptureWriter::Flush() {
  if (status_.ok()) WriteGathered();
  if (status_.ok() && std::fflush(file_) != 0) {
    status_ = absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", name_));
  }
  return status_;
}

absl::Status CaptureWriter::Close() {
  if (file_ == nullptr) return closed_status_;
  closed_status_ = Flush();
  const bool closed = !owned_ || std::fclose(file_) == 0;
  if (closed_status_.ok() && !closed) {
    closed_status_ = absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", name_));
  }
  file_ = nullptr;
  status_ = absl::FailedPreconditionError(absl::StrCat(name_, " is closed"));
  return closed_status_;
}

}  // namespace fh::replay
