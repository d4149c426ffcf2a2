// Which line a frame belongs to: group and port (and source, for lines that name one) of one
// interface, looked up in a table of its own.
//
//   absl::StatusOr<FrameLines> lines = FrameLines::Create(subscriptions, {0, 2});
//   const int32_t line = lines->Find(view);   // 0, 2, or kNoLine.
//
// Create allocates. Find is for the hot path: a multiplication and, as the table is at most a
// quarter full, seldom more than one look. Read only after Create: any thread.
#ifndef FEEDHANDLER_RIO_AF_XDP_LINES_H_
#define FEEDHANDLER_RIO_AF_XDP_LINES_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/af_xdp/frame.h"
#include "rio/backend.h"

namespace fh::rio {

class FrameLines {
 public:
  static constexpr int32_t kNoLine = -1;

  // `lines`: indices into `subscriptions` of those of the interface. INVALID_ARGUMENT when two ask
  // for the same frames. Of a line with a source and one for any source, the first has the frames
  // of its source.
  static absl::StatusOr<FrameLines> Create(std::span<const Subscription> subscriptions,
                                           std::span<const uint16_t> lines);

  class Finder;
  // For a loop that stores: what it needs stands in the object itself, so that no store in the loop
  // makes the compiler load it again.
  Finder finder() const;

  int32_t Find(const FrameView& view) const;

 private:
  struct SourceLine {
    std::array<uint8_t, 16> source;  // As IpAddress has it.
    uint16_t line;
  };
  // What a group and port lead to.
  struct Target {
    int32_t any_source = kNoLine;
    std::vector<SourceLine> sources;
  };
  struct Slot4 {
    uint64_t key = 0;  // 0 = empty.
    // The line; or, with kHasSources, the index of a target.
    uint32_t value = 0;
  };
  struct Slot6 {
    std::array<uint64_t, 2> group{};
    uint32_t port_key = 0;  // 0 = empty.
    uint32_t value = 0;
  };
  static constexpr uint32_t kHasSources = 1u << 31;

  // Never 0, whatever the group.
  static uint64_t Key4(const uint8_t* group, uint16_t port) {
    return frame_internal::LoadRaw<uint32_t>(group) | uint64_t{port} << 32 | uint64_t{1} << 63;
  }
  static uint32_t PortKey(uint16_t port) { return port | 1u << 16; }
  // Fibonacci hashing: the upper bits of a product with the golden ratio.
  static size_t Hash(uint64_t key, int shift) { return (key * 0x9e3779b97f4a7c15) >> shift; }
  size_t Index(uint64_t key) const { return Hash(key, shift_); }
  size_t Index6(const std::array<uint64_t, 2>& group, uint32_t port_key) const {
    return Index(group[0] ^ std::rotl(group[1], 31) ^ uint64_t{port_key} << 40);
  }

  int32_t FindV6(const FrameView& view) const;

  int32_t Choose(uint32_t value, const FrameView& view) const {
    if ((value & kHasSources) == 0) [[likely]] {
      return static_cast<int32_t>(value);
    }
    return ChooseBySource(targets_[value & ~kHasSources], view);
  }
  static int32_t ChooseBySource(const Target& target, const FrameView& view);

  void Insert(const Endpoint& group, uint32_t value);

  // Powers of two, with room: a search always ends at an empty slot.
  std::vector<Slot4> slots4_;
  std::vector<Slot6> slots6_;
  std::vector<Target> targets_;
  size_t mask_ = 0;
  int shift_ = 0;
};

class FrameLines::Finder {
 public:
  explicit Finder(const FrameLines& lines)
      : slots_(lines.slots4_.data()), mask_(lines.mask_), shift_(lines.shift_), lines_(lines) {}

  // The line, or kNoLine.
  int32_t Find(const FrameView& view) const {
    if (view.is_v6) [[unlikely]] {
      return lines_.FindV6(view);
    }
    const uint64_t key = Key4(view.destination(), view.port);
    for (size_t i = Hash(key, shift_);; i = (i + 1) & mask_) {
      const Slot4& slot = slots_[i];
      if (slot.key == key) [[likely]] {
        return lines_.Choose(slot.value, view);
      }
      if (slot.key == 0) return kNoLine;
    }
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

#endif  // FEEDHANDLER_RIO_AF_XDP_LINES_H_
