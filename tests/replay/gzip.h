// Compresses bytes for tests, as the program gzip would.
#ifndef FEEDHANDLER_TESTS_REPLAY_GZIP_H_
#define FEEDHANDLER_TESTS_REPLAY_GZIP_H_

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <span>
#include <vector>

namespace fh::test {

// One gzip member.
inline std::vector<uint8_t> Gzip(std::span<const uint8_t> plain) {
  constexpr int kLevel = 9;
  constexpr int kLargestWindow = 15;
  constexpr int kWriteGzipHeader = 16;
  constexpr int kDefaultMemory = 8;
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, kLevel, Z_DEFLATED, kLargestWindow + kWriteGzipHeader,
                         kDefaultMemory, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::vector<uint8_t> out(deflateBound(&stream, plain.size()));
  stream.next_in = const_cast<Bytef*>(plain.data());  // zlib's interface; it only reads.
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_REPLAY_GZIP_H_
