#include "replay/byte_source.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "replay/byte_order.h"
#include "replay/input_file.h"

namespace fh::replay {
namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(InputFile file) : file_(std::move(file)) {}

  absl::StatusOr<size_t> Read(std::span<uint8_t> to) override {
    absl::StatusOr<size_t> got = file_.Read(to);
    if (got.ok()) read_ += *got;
    return got;
  }
  uint64_t stored_bytes_read() const override { return read_; }
  std::optional<uint64_t> stored_bytes_total() const override { return file_.size_bytes(); }

 private:
  InputFile file_;
  uint64_t read_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  absl::StatusOr<size_t> Read(std::span<uint8_t> to) override {
    const size_t count = std::min(to.size(), bytes_.size() - read_);
    if (count != 0) std::memcpy(to.data(), bytes_.data() + read_, count);
    read_ += count;
    return count;
  }
  uint64_t stored_bytes_read() const override { return read_; }
  std::optional<uint64_t> stored_bytes_total() const override { return bytes_.size(); }

 private:
  const std::span<const uint8_t> bytes_;
  size_t read_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(absl::string_view path) {
  if (path == "-") return std::make_unique<FileSource>(InputFile::StandardInput());
  absl::StatusOr<InputFile> file = InputFile::Open(std::string(path));
  if (!file.ok()) return file.status();
  return std::make_unique<FileSource>(*std::move(file));
}

bool CanBeReadOnce(absl::string_view path) {
  if (path == "-") return true;
  std::error_code ignored;
  const std::filesystem::file_type type =
      std::filesystem::status(std::string(path), ignored).type();
  return type == std::filesystem::file_type::fifo || type == std::filesystem::file_type::character;
}

std::unique_ptr<ByteSource> MemoryByteSource(std::span<const uint8_t> bytes) {
  return std::make_unique<MemorySource>(bytes);
}

Compression CompressionOf(std::span<const uint8_t> start) {
  constexpr uint16_t kGzipMagic = 0x1f8b;
  constexpr uint32_t kZstdMagic = 0xfd2fb528;
  constexpr uint32_t kZstdSkippableMagic = 0x184d2a50;  // The last four bits are free.
  if (start.size() >= 2 && LoadBe16(start.data()) == kGzipMagic) return Compression::kGzip;
  if (start.size() >= kCompressionMagicBytes) {
    const uint32_t magic = LoadLe32(start.data());
    if (magic == kZstdMagic || (magic & ~0xfu) == kZstdSkippableMagic) return Compression::kZstd;
  }
  return Compression::kNone;
}

}  // namespace fh::replay
