#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "replay/byte_source.h"

namespace fh::replay {
namespace {

constexpr size_t kInputBytes = 128 * 1024;

// The stored bytes in pieces, and where a piece stands in the file (for messages).
class StoredInput {
 public:
  StoredInput(std::unique_ptr<ByteSource> stored, std::span<const uint8_t> start)
      : stored_(std::move(stored)),
        buffer_(std::max(start.size(), kInputBytes)),
        end_(start.size()) {
    std::copy(start.begin(), start.end(), buffer_.begin());
  }

  // Reads the next piece, once this one is consumed. Nothing at the end of the file.
  absl::Status Refill() {
    const absl::StatusOr<size_t> got = stored_->Read(buffer_);
    if (!got.ok()) return got.status();
    next_ = 0;
    end_ = *got;
    return absl::OkStatus();
  }

  std::span<const uint8_t> bytes() const { return {buffer_.data() + next_, end_ - next_}; }
  void Consume(size_t count) {
    next_ += count;
    consumed_ += count;
  }
  bool empty() const { return next_ == end_; }
  uint64_t consumed() const { return consumed_; }
  const ByteSource& stored() const { return *stored_; }

 private:
  std::unique_ptr<ByteSource> stored_;
  std::vector<uint8_t> buffer_;
  size_t next_ = 0;
  size_t end_;
  uint64_t consumed_ = 0;
};

// What both decompressors share: a Step makes some output; an error waits until the output before
// it has been returned.
class Decompressor : public ByteSource {
 public:
  absl::StatusOr<size_t> Read(std::span<uint8_t> to) final {
    size_t made = 0;
    while (made == 0 && !ended_ && status_.ok()) {
      // A full output may have left more behind, which needs no further input.
      if (input_.empty() && !output_was_full_) {
        status_ = input_.Refill();
        if (status_.ok() && input_.empty()) {
          ended_ = true;
          if (!BetweenFrames()) {
            status_ = Damaged("it is cut short: the compressed stream has no end");
          }
        }
        continue;
      }
      made = Step(input_.bytes(), to);
      output_was_full_ = made == to.size() && !BetweenFrames();
    }
    if (made != 0 || status_.ok()) return made;
    return status_;
  }

  uint64_t stored_bytes_read() const final { return input_.stored().stored_bytes_read(); }
  std::optional<uint64_t> stored_bytes_total() const final {
    return input_.stored().stored_bytes_total();
  }

 protected:
  Decompressor(const char* format, std::unique_ptr<ByteSource> stored,
               std::span<const uint8_t> start)
      : input_(std::move(stored), start), format_(format) {}

  // Consumes some of `in` (empty only within a frame), writes to `to`, returns the bytes written;
  // sets status_ on damage.
  virtual size_t Step(std::span<const uint8_t> in, std::span<uint8_t> to) = 0;

  // Whether the input may end here.
  virtual bool BetweenFrames() const = 0;

  absl::Status Damaged(absl::string_view reason) const {
    return absl::DataLossError(absl::StrCat("the ", format_, " data is damaged at compressed byte ",
                                            input_.consumed(), ": ", reason));
  }

  StoredInput input_;
  absl::Status status_;

 private:
  const char* const format_;
  bool ended_ = false;
  bool output_was_full_ = false;
};

class GzipSource final : public Decompressor {
 public:
  GzipSource(std::unique_ptr<ByteSource> stored, std::span<const uint8_t> start)
      : Decompressor("gzip", std::move(stored), start) {
    constexpr int kLargestWindow = 15;
    constexpr int kExpectGzipHeader = 16;
    if (inflateInit2(&stream_, kLargestWindow + kExpectGzipHeader) != Z_OK) {
      status_ = absl::ResourceExhaustedError("no memory to decompress gzip data");
    }
  }
  ~GzipSource() override { inflateEnd(&stream_); }

 private:
  size_t Step(std::span<const uint8_t> in, std::span<uint8_t> to) override {
    if (between_members_ && any_member_) {
      // Tapes and block devices pad with zeros; gzip ignores them too.
      const auto member = std::find_if(in.begin(), in.end(), [](uint8_t b) { return b != 0; });
      if (member != in.begin()) {
        input_.Consume(static_cast<size_t>(member - in.begin()));
        return 0;
      }
    }
    between_members_ = false;
    stream_.next_in = const_cast<Bytef*>(in.data());  // zlib's interface; it only reads.
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = to.data();
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(to.size(), UINT32_MAX));
    const uInt room = stream_.avail_out;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input_.Consume(in.size() - stream_.avail_in);
    if (result == Z_STREAM_END) {
      inflateReset(&stream_);
      between_members_ = any_member_ = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      status_ = Damaged(stream_.msg != nullptr ? stream_.msg : "it cannot be decompressed");
    }
    return room - stream_.avail_out;
  }

  bool BetweenFrames() const override { return between_members_; }

  z_stream stream_{};
  bool between_members_ = true;
  bool any_member_ = false;
};

class ZstdSource final : public Decompressor {
 public:
  ZstdSource(std::unique_ptr<ByteSource> stored, std::span<const uint8_t> start)
      : Decompressor("zstd", std::move(stored), start), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) {
      status_ = absl::ResourceExhaustedError("no memory to decompress zstd data");
    }
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

 private:
  size_t Step(std::span<const uint8_t> in, std::span<uint8_t> to) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{to.data(), to.size(), 0};
    const size_t result = ZSTD_decompressStream(stream_, &output, &input);
    input_.Consume(input.pos);
    if (ZSTD_isError(result)) {
      status_ = Damaged(ZSTD_getErrorName(result));
    } else {
      between_frames_ = result == 0;
    }
    return output.pos;
  }

  bool BetweenFrames() const override { return between_frames_; }

  ZSTD_DStream* const stream_;
  bool between_frames_ = true;
};

}  // namespace

std::unique_ptr<ByteSource> DecompressingSource(Compression compression,
                                                std::unique_ptr<ByteSource> stored,
                                                std::span<const uint8_t> start) {
  if (compression == Compression::kGzip) {
    return std::make_unique<GzipSource>(std::move(stored), start);
  }
  return std::make_unique<ZstdSource>(std::move(stored), start);
}

}  // namespace fh::replay
