#include "latency/files/hdr_encoding.h"

#include <zlib.h>

#include <bit>
#include <cstdint>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace fh::latency::files {
namespace {

// The word size of counts stands in the high nibble of the low byte.
constexpr uint32_t kCookieMask = ~uint32_t{0xF0};
constexpr uint32_t kV2 = 0x1C849303;
constexpr uint32_t kV2Compressed = 0x1C849304;
constexpr uint32_t kV1 = 0x1C849301;
constexpr uint32_t kV1Compressed = 0x1C849302;
constexpr uint32_t kV0 = 0x1C849308;
constexpr uint32_t kV0Compressed = 0x1C849309;
constexpr uint32_t kDouble = 0x0C72124E;
constexpr uint32_t kDoubleCompressed = 0x0C72124F;
constexpr uint32_t kWordSizeOfV2 = 0x10;

constexpr size_t kHeaderBytes = 40;
constexpr size_t kHeaderBytesOfV0 = 32;
constexpr size_t kCompressedHeaderBytes = 8;
// A LEB128 word ends with its ninth byte, which has eight bits.
constexpr int kMostWordBytes = 9;

template <typename T>
void PutBig(T value, std::string& out) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<uint64_t>(value) >> shift & 0xFF));
  }
}

uint64_t GetBig(absl::string_view bytes, size_t offset, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<uint8_t>(bytes[offset + i]);
  return value;
}

uint32_t GetBig32(absl::string_view bytes, size_t offset) {
  return static_cast<uint32_t>(GetBig(bytes, offset, 4));
}

int64_t GetBig64(absl::string_view bytes, size_t offset) {
  return static_cast<int64_t>(GetBig(bytes, offset, 8));
}

void PutWord(int64_t value, std::string& out) {
  uint64_t word = static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
  for (int i = 1; i < kMostWordBytes && word >= 0x80; ++i) {
    out.push_back(static_cast<char>((word & 0x7F) | 0x80));
    word >>= 7;
  }
  out.push_back(static_cast<char>(word));
}

// False when the bytes end within the word.
bool GetWord(absl::string_view bytes, size_t& offset, int64_t& value) {
  uint64_t word = 0;
  for (int i = 0; i < kMostWordBytes; ++i) {
    if (offset >= bytes.size()) return false;
    const auto byte = static_cast<uint8_t>(bytes[offset++]);
    const bool last = i == kMostWordBytes - 1;
    word |= static_cast<uint64_t>(last ? byte : byte & 0x7F) << (7 * i);
    if (last || byte < 0x80) break;
  }
  value = static_cast<int64_t>(word >> 1) ^ -static_cast<int64_t>(word & 1);
  return true;
}

absl::Status At(size_t offset, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("offset ", offset, ": ", what));
}

absl::Status CutAt(size_t offset, size_t needed) {
  return At(offset, absl::StrCat("the histogram ends here, ", needed, " bytes are needed"));
}

absl::Status Fill(absl::string_view bytes, size_t end, size_t offset, size_t word_bytes,
                  HdrHistogram& histogram) {
  const uint32_t most = histogram.layout().most_slots();
  uint64_t index = 0;
  while (offset < end) {
    const size_t at = offset;
    int64_t count = 0;
    if (word_bytes == 1) {
      if (!GetWord(bytes.substr(0, end), offset, count)) {
        return At(at, "the histogram ends within a count");
      }
      if (count < std::numeric_limits<int32_t>::min()) return At(at, "a gap of 2^31 slots or more");
    } else {
      if (end - offset < word_bytes) return At(at, "the histogram ends within a count");
      count = static_cast<int64_t>(GetBig(bytes, offset, word_bytes));
      if (word_bytes < 8) {  // The sign of a shorter word.
        count = count << (64 - 8 * word_bytes) >> (64 - 8 * word_bytes);
      }
      if (count < 0) return At(at, "a negative count");
      offset += word_bytes;
    }
    if (count < 0) {
      index += static_cast<uint64_t>(-count);
      if (index > most) return At(at, "a gap leads beyond the last slot");
      continue;
    }
    if (count > 0 && index >= most) return At(at, "a count beyond the last slot");
    if (!histogram.Add(static_cast<uint32_t>(index), static_cast<uint64_t>(count))) {
      return At(at, "the counts add up to 2^63 or more");
    }
    ++index;
  }
  return absl::OkStatus();
}

absl::StatusOr<HdrHistogram> DecodePlain(absl::string_view bytes) {
  if (bytes.size() < 4) return CutAt(bytes.size(), 4);
  const uint32_t cookie = GetBig32(bytes, 0);
  const uint32_t base = cookie & kCookieMask;
  if (base != kV2 && base != kV1 && base != kV0) {
    return At(0, absl::StrCat("0x", absl::Hex(cookie, absl::kZeroPad8),
                              " is not how a histogram begins"));
  }
  const bool v0 = base == kV0;
  const size_t header = v0 ? kHeaderBytesOfV0 : kHeaderBytes;
  if (bytes.size() < header) return CutAt(bytes.size(), header);
  const size_t word_bytes = base == kV2 ? 1 : (cookie & 0xF0) >> 4;
  if (base != kV2 && word_bytes != 2 && word_bytes != 4 && word_bytes != 8) {
    return At(0, absl::StrCat("counts of ", word_bytes, " bytes; there are 2, 4 and 8"));
  }
  size_t end = bytes.size();
  if (!v0) {
    const uint32_t length = GetBig32(bytes, 4);
    if (length > bytes.size() - header) return CutAt(bytes.size(), header + size_t{length});
    end = header + length;
  }
  const size_t settings_at = v0 ? 4 : 12;
  const auto digits = static_cast<int32_t>(GetBig32(bytes, settings_at));
  const absl::StatusOr<HdrLayout> layout =
      HdrLayout::Make({.lowest = GetBig64(bytes, settings_at + 4),
                       .highest = GetBig64(bytes, settings_at + 12),
                       .digits = digits});
  if (!layout.ok()) return At(settings_at, layout.status().message());
  HdrHistogram histogram(*layout);
  if (absl::Status filled = Fill(bytes, end, header, word_bytes, histogram); !filled.ok()) {
    return filled;
  }
  return histogram;
}

absl::StatusOr<std::string> Inflate(absl::string_view packed, size_t& unpacked) {
  z_stream stream{};
  if (::inflateInit(&stream) != Z_OK) return absl::ResourceExhaustedError("zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string bytes;
  int result = Z_OK;
  while (result == Z_OK && bytes.size() <= kMostHdrBytes) {
    const size_t before = bytes.size();
    bytes.resize(before + (size_t{1} << 14));
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + before);
    stream.avail_out = static_cast<uInt>(bytes.size() - before);
    result = ::inflate(&stream, Z_NO_FLUSH);
    bytes.resize(bytes.size() - stream.avail_out);
  }
  const size_t used = packed.size() - stream.avail_in;
  ::inflateEnd(&stream);
  unpacked = bytes.size();
  const size_t offset = kCompressedHeaderBytes + used;
  if (bytes.size() > kMostHdrBytes) {
    return At(offset, absl::StrCat("the histogram unpacks to more than ", kMostHdrBytes, " bytes"));
  }
  if (result == Z_BUF_ERROR) return At(offset, "the packed bytes end too early");
  if (result != Z_STREAM_END) return At(offset, "the packed bytes are damaged");
  return bytes;
}

}  // namespace

std::string Encode(const HdrHistogram& histogram) {
  std::string payload;
  uint32_t next = 0;
  for (const HdrSlot& slot : histogram.slots()) {
    const uint32_t gap = slot.index - next;
    if (gap == 1) PutWord(0, payload);
    if (gap > 1) PutWord(-int64_t{gap}, payload);
    PutWord(static_cast<int64_t>(slot.count), payload);
    next = slot.index + 1;
  }
  if (payload.empty()) PutWord(0, payload);
  const HdrSettings& settings = histogram.layout().settings();
  std::string bytes;
  bytes.reserve(kHeaderBytes + payload.size());
  PutBig(kV2 | kWordSizeOfV2, bytes);
  PutBig(static_cast<uint32_t>(payload.size()), bytes);
  PutBig(uint32_t{0}, bytes);  // Normalizing index offset.
  PutBig(static_cast<uint32_t>(settings.digits), bytes);
  PutBig(settings.lowest, bytes);
  // Readers allocate by it, and refuse a slot beyond.
  PutBig(std::max(settings.highest, histogram.max()), bytes);
  PutBig(std::bit_cast<uint64_t>(1.0), bytes);  // Integer to double ratio.
  return bytes + payload;
}

std::string EncodeCompressed(const HdrHistogram& histogram) {
  const std::string plain = Encode(histogram);
  uLongf length = ::compressBound(plain.size());
  std::string packed(length, '\0');
  // Cannot fail: the room is what zlib asked for.
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &length,
             reinterpret_cast<const Bytef*>(plain.data()), plain.size());
  packed.resize(length);
  std::string bytes;
  bytes.reserve(kCompressedHeaderBytes + packed.size());
  PutBig(kV2Compressed | kWordSizeOfV2, bytes);
  PutBig(static_cast<uint32_t>(packed.size()), bytes);
  return bytes + packed;
}

std::string EncodeBase64(const HdrHistogram& histogram) {
  return absl::Base64Escape(EncodeCompressed(histogram));
}

absl::StatusOr<HdrHistogram> Decode(absl::string_view bytes, uint64_t* unpacked_bytes) {
  if (bytes.size() < 4) return CutAt(bytes.size(), 4);
  const uint32_t cookie = GetBig32(bytes, 0);
  if (cookie == kDouble || cookie == kDoubleCompressed) {
    return At(0,
              "this is a DoubleHistogram, which has no unit to read it in; record integers, "
              "nanoseconds");
  }
  const uint32_t base = cookie & kCookieMask;
  if (base != kV2Compressed && base != kV1Compressed && base != kV0Compressed) {
    return DecodePlain(bytes);
  }
  if (bytes.size() < kCompressedHeaderBytes) return CutAt(bytes.size(), kCompressedHeaderBytes);
  const uint32_t length = GetBig32(bytes, 4);
  if (length > bytes.size() - kCompressedHeaderBytes) {
    return CutAt(bytes.size(), kCompressedHeaderBytes + size_t{length});
  }
  size_t unpacked = 0;
  const absl::StatusOr<std::string> plain =
      Inflate(bytes.substr(kCompressedHeaderBytes, length), unpacked);
  if (unpacked_bytes != nullptr) *unpacked_bytes += unpacked;
  if (!plain.ok()) return plain.status();
  return DecodePlain(*plain);
}

absl::StatusOr<HdrHistogram> DecodeBase64(absl::string_view text, uint64_t* unpacked_bytes) {
  // The decoder takes white space as well, which would hide two lines that ran together.
  const size_t stray =
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
  if (stray != absl::string_view::npos) return At(stray, "this is not base64");
  std::string bytes;
  if (text.size() % 4 != 0 || !absl::Base64Unescape(text, &bytes))
    return At(text.size(), "the base64 text is cut or damaged");
  return Decode(bytes, unpacked_bytes);
}

}  // namespace fh::latency::files
