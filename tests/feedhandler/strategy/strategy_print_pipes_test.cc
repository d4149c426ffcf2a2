// What `print` does with pipes whose readers are slow, or go: pipes with a name, which POSIX has.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>

#include "feedhandler/strategy/loader.h"
#include "tests/feedhandler/strategy/fake_host.h"
#include "tests/feedhandler/strategy/test_updates.h"

namespace fh {
namespace {

using test::FakeHost;
using test::OneOfEach;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(PrintStrategyPipes, ReaderThatWentIsCountedAndFailsTheStop) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string path = testing::TempDir() + "/pipe_that_ends";
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  FakeHost host;
  auto print = LoadStrategy("print", "output=" + path, host.table);
  ASSERT_TRUE(print.ok());
  print->OnUpdates(OneOfEach());
  print->OnIdle();
  close(reader);
  print->OnUpdates(OneOfEach());
  const absl::Status status = print->OnStop();
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("Broken pipe"), HasSubstr("12 lines were written, 11 are lost")));
}

TEST(PrintStrategyPipes, SlowNonBlockingPipeLosesNothing) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, 0), 0);
  const std::string path = "/dev/fd/" + std::to_string(ends[1]);
  FakeHost host;
  auto print = LoadStrategy("print", "output=" + path, host.table);
  ASSERT_TRUE(print.ok());
  ASSERT_EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  std::string got;
  std::thread reader([&] {
    std::array<char, 1000> piece;
    ssize_t bytes;
    while ((bytes = read(ends[0], piece.data(), piece.size())) > 0) {
      got.append(piece.data(), static_cast<size_t>(bytes));
    }
  });
  for (int i = 0; i < 1000; ++i) print->OnUpdates(OneOfEach());
  EXPECT_TRUE(print->OnStop().ok());
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_EQ(std::count(got.begin(), got.end(), '\n'), 11001);
}

}  // namespace
}  // namespace fh
