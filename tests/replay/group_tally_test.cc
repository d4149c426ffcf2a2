// Which groups a capture holds, however many.
#include "replay/group_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace fh::replay {
namespace {

using testing::HasSubstr;
using testing::Not;

rio::Endpoint Group(int number) {
  return *rio::ParseEndpoint(absl::StrCat("239.1.", number / 200, ".", number % 200, ":5000"));
}

TEST(GroupTally, ListsTheBusiestFirst) {
  GroupTally groups;
  for (int i = 0; i < 12; ++i) {
    for (int k = 0; k <= i; ++k) groups.Note(Group(i));
  }
  const std::string text = GroupText(groups);
  EXPECT_THAT(text, HasSubstr("it holds:\n  239.1.0.11:5000  12 datagrams\n"));
  EXPECT_THAT(text, HasSubstr("239.1.0.2:5000  3 datagrams\n  and 2 more groups\n"));
  EXPECT_THAT(text, Not(HasSubstr("239.1.0.1:")));
  EXPECT_THAT(text, HasSubstr("feedhandler inspect"));
}

TEST(GroupTally, CountsMoreGroupsThanItHolds) {
  GroupTally groups;
  constexpr int kMore = 44;
  const int most = static_cast<int>(GroupTally::kMostGroups);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < most + kMore; ++i) groups.Note(Group(i));
  }
  EXPECT_EQ(groups.groups(), GroupTally::kMostGroups);
  EXPECT_EQ(groups.in_further_groups(), 2U * kMore);
  EXPECT_EQ(groups.Busiest(1)[0].datagrams, 2U);
  EXPECT_THAT(GroupText(groups), HasSubstr("and more than 246 more groups"));
}

TEST(GroupTally, SaysThatThereIsNone) {
  EXPECT_THAT(GroupText(GroupTally()), HasSubstr("no whole UDP datagram"));
}

}  // namespace
}  // namespace fh::replay
