// The system's own Registered I/O: had and working, or refused with the reason.
#include "rio/registered/windows_table.h"

#include <cstdio>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/registered/abi.h"
#include "rio/registered/providers.h"
#include "tests/conformance/loopback_namespace.h"

namespace fh::rio {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(WindowsTable, IsCompleteOrRefusedWithCodeAndSentence) {
  const auto provider = WindowsTable();
  EXPECT_EQ(ProbeWindowsTable().available, provider.ok());
  if (!provider.ok()) {
    EXPECT_EQ(provider.status().code(), absl::StatusCode::kFailedPrecondition);
    const std::string reason = ProbeWindowsTable().reason;
    EXPECT_THAT(reason, AllOf(HasSubstr("no Registered I/O here"), HasSubstr("fails with code")));
    std::printf("the table used: none (%s)\n", reason.c_str());
    return;
  }
  std::printf("the table used: the system's own\n");
  const abi::Table& table = *(*provider)->table;
  EXPECT_GE(table.size, sizeof table);
  EXPECT_NE(table.Receive, nullptr);
  EXPECT_NE(table.ReceiveEx, nullptr);
  EXPECT_NE(table.Send, nullptr);
  EXPECT_NE(table.SendEx, nullptr);
  EXPECT_NE(table.CloseCompletionQueue, nullptr);
  EXPECT_NE(table.CreateCompletionQueue, nullptr);
  EXPECT_NE(table.CreateRequestQueue, nullptr);
  EXPECT_NE(table.DequeueCompletion, nullptr);
  EXPECT_NE(table.DeregisterBuffer, nullptr);
  EXPECT_NE(table.Notify, nullptr);
  EXPECT_NE(table.RegisterBuffer, nullptr);
  EXPECT_NE(table.ResizeCompletionQueue, nullptr);
  EXPECT_NE(table.ResizeRequestQueue, nullptr);
}

TEST(WindowsTable, WineRefusesTheQuery) {
  if (!test::RunsUnderWine()) GTEST_SKIP() << "skipped: not Wine";
  EXPECT_THAT(ProbeWindowsTable().reason, HasSubstr("code 10045"));
}

TEST(Providers, ThereIsAlwaysOne) {
  const auto choice = ChooseProvider("auto");
  ASSERT_TRUE(choice.ok()) << choice.status();
  const bool own = ProbeWindowsTable().available;
  EXPECT_EQ(std::string(choice->provider->name), own ? "rio" : "overlapped");
  EXPECT_EQ(choice->refusals.empty(), own);
}

}  // namespace
}  // namespace fh::rio
