// Which VLAN a frame is in, and a line's frames are (IEEE 802.1Q and 802.1ad).
//
//   line.vlan = {.id = 100};                      // eth1's VLAN 100
//   line.vlan = {.id = 100, .outer = 200};        // the same inside of service VLAN 200 (QinQ)
//
// Plain values; any thread; no allocation but for VlanName.
#ifndef FEEDHANDLER_RIO_VLAN_H_
#define FEEDHANDLER_RIO_VLAN_H_

#include <compare>
#include <cstdint>
#include <string>

namespace fh::rio {

// VLANs count from 1 to 4094. A tag with the number 0 says a priority alone: the frame is as good
// as untagged, as it is for the kernel.
inline constexpr uint16_t kMostVlan = 4094;

struct Vlan {
  uint16_t id = 0;     // Of the tag next to the packet; 0 = none.
  uint16_t outer = 0;  // Of the tag around it, or of a service tag (0x88a8) alone; 0 = none.
  // Of a line alone: frames of every VLAN, and untagged ones. In captures, when nobody said more of
  // a line than its group.
  bool any = false;

  bool is_untagged() const { return id == 0 && outer == 0 && !any; }

  friend auto operator<=>(const Vlan&, const Vlan&) = default;
};

// "untagged", "VLAN 100", "VLAN 200.100", "VLAN 200.0" for a service tag alone, "any VLAN".
std::string VlanName(const Vlan& vlan);

// What the tags of a frame say, one after the other from the outermost. Frames of a third tag that
// counts are in no VLAN that a line can name.
class VlanTags {
 public:
  // `service`: the tag's EtherType is not 0x8100. `control`: the two bytes behind it.
  constexpr void Push(bool service, uint32_t control) {
    const auto id = static_cast<uint16_t>(control & 0xfff);
    if (id == 0) return;
    too_many_ |= vlan_.outer != 0 && vlan_.id != 0;
    // What was the innermost is around this one.
    if (vlan_.id != 0) vlan_.outer = vlan_.id;
    vlan_.id = id;
    if (service && vlan_.outer == 0) {
      vlan_.outer = id;
      vlan_.id = 0;
    }
  }
  constexpr bool empty() const { return vlan_.id == 0 && vlan_.outer == 0; }
  constexpr Vlan vlan() const {
    return too_many_ ? Vlan{.id = kNowhere, .outer = kNowhere} : vlan_;
  }

 private:
  static constexpr uint16_t kNowhere = 4095;

  Vlan vlan_;
  bool too_many_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_VLAN_H_
