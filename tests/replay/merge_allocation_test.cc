// Captures are merged in constant memory, however long they are.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "replay/capture_backend.h"
#include "tests/allocation_counter.h"
#include "tests/replay/capture_fixture.h"
#include "tests/replay/file_backend_driver.h"

namespace fh::replay {
namespace {

TEST(CaptureMergeAllocation, MergingTakesNoMemoryHoweverLongTheFilesAre) {
  const test::TempFile first("a.pcap");
  const test::TempFile second("b.pcap");
  std::vector<test::TestDatagram> datagrams;
  for (int i = 0; i < 20'000; ++i) datagrams.push_back({.stamp_ns = i, .payload = "payload"});
  test::WriteCapture(first.path(), datagrams);
  test::WriteCapture(second.path(), datagrams);
  const std::unique_ptr<rio::RegisteredRegion> region = test::MakeRegion(16);
  ASSERT_NE(region, nullptr);
  const rio::ReceiverOptions options{
      .subscriptions = {{.group = test::EndpointOf("239.1.1.1:1000")}}};
  absl::StatusOr<std::unique_ptr<CaptureBackend>> backend =
      CaptureBackend::Open({first.path(), second.path()}, options, *region);
  ASSERT_TRUE(backend.ok()) << backend.status();
  test::PostAll(**backend, 16);

  std::vector<rio::Packet> packets(8);
  ASSERT_EQ((*backend)->Poll(packets), 8u);
  for (const rio::Packet& packet : packets) (*backend)->Post(std::span(&packet.slice, 1));
  const uint64_t before = test::AllocationCount();
  uint64_t delivered = 8;
  while (!(*backend)->finished()) {
    const size_t count = (*backend)->Poll(packets);
    for (size_t i = 0; i < count; ++i) (*backend)->Post(std::span(&packets[i].slice, 1));
    delivered += count;
  }
  EXPECT_EQ(test::AllocationCount(), before);
  EXPECT_EQ(delivered, 40'000u);
}

}  // namespace
}  // namespace fh::replay
