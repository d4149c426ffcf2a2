// Which line a datagram belongs to: group, port and VLAN (and source, for lines that name one) of
// one interface or one capture, looked up in a table of its own.
//
//   absl::StatusOr<FrameLines> lines = FrameLines::Create(subscriptions, {0, 2});
//   const int32_t line = lines->Find(view);   // 0, 2, or kNoLine.
//
// Of several lines that could have a datagram, that which says most has it: one with its source
// before one for any source, one of its VLAN before one of any.
//
// Create allocates. Find is for the hot path: a multiplication and, as the table is at most a
// quarter full, seldom more than one look. Read only after Create: any thread.
#ifndef FEEDHANDLER_RIO_FRAME_FRAME_LINES_H_
#define FEEDHANDLER_RIO_FRAME_FRAME_LINES_H_

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/frame/frame.h"
#include "rio/vlan.h"

namespace fh::rio {

class FrameLines {
 public:
  static constexpr int32_t kNoLine = -1;

  // `lines`: indices into `subscriptions` of those of the interface. INVALID_ARGUMENT when two ask
  // for the same frames.
  static absl::StatusOr<FrameLines> Create(std::span<const Subscription> subscriptions,
                                           std::span<const uint16_t> lines);

  // All of them, up to kMaxLines; of those that ask for the same, the first in the list has it.
  static FrameLines FirstOf(std::span<const Subscription> subscriptions);

  class Finder;
  // For a loop that stores: what it needs stands in the object itself, so that no store in the loop
  // makes the compiler load it again.
  Finder finder() const;

  int32_t Find(const FrameView& view) const;

  // The same of what another parser found.
  int32_t Find(const Endpoint& destination, const IpAddress& source, const Vlan& vlan) const;

 private:
  // Where a datagram goes and comes from, as the frame has it.
  struct Way {
    const uint8_t* destination;
    const uint8_t* source;
    uint32_t port_and_vlan;  // As in FrameView.
    uint16_t outer_vlan;
    bool is_v6;
  };
  // One of the lines that a key leads to.
  struct Choice {
    bool has_source;
    std::array<uint8_t, 16> source;
    uint16_t outer_vlan;
    uint16_t line;

    bool IsSame(const Choice& other) const {
      return outer_vlan == other.outer_vlan && has_source == other.has_source &&
             source == other.source;
    }
  };
  using Choices = std::vector<Choice>;  // Those with a source first.
  // Group, and port with VLAN.
  using Targets = std::map<std::pair<IpAddress, uint32_t>, Choices>;
  struct Slot4 {
    uint64_t key = 0;  // 0 = empty.
    // The line; or, with kHasChoices, an index of choices.
    uint32_t value = 0;
  };
  struct Slot6 {
    std::array<uint64_t, 2> group{};
    uint32_t port_and_vlan = 0;  // 0 = empty, as no line is on port 0.
    uint32_t value = 0;
  };
  static constexpr uint32_t kHasChoices = 1u << 31;
  // What stands in place of a VLAN for lines of any; above all bits of VlanBits.
  static constexpr uint32_t kAnyVlanBit = 1u << 29;

  // Never 0, whatever the group.
  static uint64_t Key4(const uint8_t* group, uint32_t port_and_vlan) {
    return LoadRaw<uint32_t>(group) | uint64_t{port_and_vlan} << 32 | uint64_t{1} << 63;
  }
  // Fibonacci hashing: the upper bits of a product with the golden ratio.
  static size_t Hash(uint64_t key, int shift) { return (key * 0x9e3779b97f4a7c15) >> shift; }
  size_t Index(uint64_t key) const { return Hash(key, shift_); }
  size_t Index6(const std::array<uint64_t, 2>& group, uint32_t port_and_vlan) const {
    return Index(group[0] ^ std::rotl(group[1], 31) ^ uint64_t{port_and_vlan} << 32);
  }

  static bool Add(const Subscription& subscription, uint16_t line, Targets& targets);
  static FrameLines Of(Targets targets);
  void Insert(const IpAddress& group, uint32_t port_and_vlan, uint32_t value);

  static Way WayOf(const FrameView& view) {
    return {view.destination(), view.source(), view.port_and_vlan, view.outer_vlan, view.is_v6};
  }
  int32_t FindOutOfLine(Way way) const;
  int32_t FindKey(const Way& way) const;
  static int32_t ChooseFrom(const Choices& choices, const Way& way);

  // Powers of two, with room: a search always ends at an empty slot.
  std::vector<Slot4> slots4_;
  std::vector<Slot6> slots6_;
  std::vector<Choices> choices_;
  size_t mask_ = 0;
  int shift_ = 0;
  bool has_any_vlan_ = false;
};

class FrameLines::Finder {
 public:
  explicit Finder(const FrameLines& lines)
      : slots_(lines.slots4_.data()), mask_(lines.mask_), shift_(lines.shift_), lines_(lines) {}

  // The line, or kNoLine.
  int32_t Find(const FrameView& view) const {
    if (!view.is_v6) [[likely]] {
      const uint64_t key = Key4(view.destination(), view.port_and_vlan);
      for (size_t i = Hash(key, shift_);; i = (i + 1) & mask_) {
        const Slot4& slot = slots_[i];
        if (slot.key == key && (slot.value & kHasChoices) == 0) [[likely]] {
          return static_cast<int32_t>(slot.value);
        }
        if (slot.key == key || slot.key == 0) break;
      }
    }
    return lines_.FindOutOfLine(WayOf(view));
  }

 private:
  const Slot4* slots_;
  size_t mask_;
  int shift_;
  const FrameLines& lines_;
};

inline FrameLines::Finder FrameLines::finder() const { return Finder(*this); }
inline int32_t FrameLines::Find(const FrameView& view) const { return finder().Find(view); }

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_FRAME_FRAME_LINES_H_
