// Which groups a capture holds, for the message that says why nothing of it was taken.
//
//   GroupTally others;
//   others.Note(datagram.destination_endpoint());
//   ...
//   Print(GroupText(others));                  // The busiest, a line each.
//
// One thread. Note looks through at most kMostGroups entries (the last one first) and allocates
// nothing; datagrams of groups beyond these are counted together.
#ifndef FEEDHANDLER_REPLAY_GROUP_TALLY_H_
#define FEEDHANDLER_REPLAY_GROUP_TALLY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rio/endpoint.h"

namespace fh::replay {

class GroupTally {
 public:
  static constexpr size_t kMostGroups = 256;

  struct Group {
    rio::Endpoint endpoint;
    uint64_t datagrams = 0;
  };

  void Note(const rio::Endpoint& endpoint) {
    if (last_ < count_ && groups_[last_].endpoint == endpoint) {
      ++groups_[last_].datagrams;
    } else {
      NoteOther(endpoint);
    }
  }

  // The busiest first, at most `most`.
  std::vector<Group> Busiest(size_t most) const;

  size_t groups() const { return count_; }
  uint64_t in_further_groups() const { return in_further_groups_; }  // Beyond kMostGroups.

 private:
  void NoteOther(const rio::Endpoint& endpoint);

  std::array<Group, kMostGroups> groups_;
  size_t count_ = 0;
  size_t last_ = 0;
  uint64_t in_further_groups_ = 0;
};

// "  239.255.1.1:26400  3,000 datagrams", the ten busiest, how many more there are, and which
// command tells more of them; every line behind a newline. Says so when there is none.
std::string GroupText(const GroupTally& groups);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_GROUP_TALLY_H_
